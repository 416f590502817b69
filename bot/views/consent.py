"""The consent to hand a case over, as a client reads it."""

from markupsafe import Markup

from agreements import rules
from agreements.handover.rules import SAID
from agreements.handover.types import OwnConsent, State
from bot.screens import Button, Screen, closing, tap
from bot.views.parts import bold, lines, with_home
from i18n import dates
from i18n.messages import Words

_SAID = {State.REFUSED: "consent.refused", State.LAPSED: "consent.lapsed", State.OLD: "consent.lapsed"}


def consent_screen(words: Words, found: OwnConsent) -> Screen:
    """What would go, what was said of it, and what can be said now."""
    consent = found.consent
    what = [Markup("• {}").format(words(SAID[part])) for part in consent.parts]
    text: list[Markup | str | None] = [bold(words("consent.ask")), *what, ""]
    rows: list[list[Button]] = []
    if found.state is State.ASKED:
        text += [words("consent.why"), words("consent.free")]
        rows = [
            [
                tap(words.plain("own.reply.yes"), "consent.is", consent.id, "yes"),
                tap(words.plain("own.reply.no"), "consent.is", consent.id, "no"),
            ]
        ]
    elif found.state is State.VALID and consent.answered_at is not None:
        day = dates.day(rules.today(consent.answered_at), words.language)
        text.append(words("consent.given", day=day))
        rows = [[tap(words.plain("consent.revoke"), "consent.off", consent.id)]]
    elif found.state is State.REVOKED:
        text.append(words("consent.revoked"))
    else:
        text.append(words(_SAID[found.state]))
    if found.handed_at is not None:
        handed = dates.day(rules.today(found.handed_at), words.language)
        text.append(words("consent.handed", day=handed))
    return closing(Screen(lines(*text), with_home(words, rows), edit=True), "consent", consent.id)


def button(words: Words, found: OwnConsent) -> Button:
    """The way to a consent from what is said about stored data."""
    return tap(words.plain("consent.ask"), "consent", found.consent.id)
