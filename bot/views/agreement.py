"""Views of the agreement on the client's phone: goals by field, who does what, and whether the client agrees."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from agreements.goals.types import AgreedStep, Content, Version
from agreements.replies.types import Standing
from agreements.rules import today
from agreements.types import HelpReason
from bot.screens import Button, Screen, closing, tap
from bot.views.family import sheet_button
from bot.views.own import REASON_ICONS, STATUS_ICONS
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates as spoken
from i18n import phrases
from i18n.bidi import isolate
from i18n.messages import Words

FIELD_ICONS = {"housing": "🏠", "education": "🎓", "participation": "👥", "work": "💼", "public": "🏛"}


def agreement_screen(
    words: Words, found: Standing, *, number: int | None = None, edit: bool = False
) -> Screen:
    """The newest signed version, or the one with this number; before any was signed, what was agreed so far."""
    versions = found.view.versions
    if not versions:
        text = lines(_title(words), words("agree.unsigned"), *_content(words, found.view.content, found))
        sheet = [[sheet_button(words, "agreement", found.client)]]
        return closing(Screen(text, with_home(words, sheet), edit=edit), "agree", found.client.id)
    version = next((each for each in versions if each.number == number), versions[0])
    newest = version is versions[0]
    text = lines(
        _title(words),
        words("agree.version", number=version.number, day=spoken.day(version.signed_on, words.language)),
        *_content(words, version.content, found),
        *(_said(words, found) if newest else []),
    )
    rows = [
        *(_answers(words, found, version) if newest else []),
        _older(found, version),
        [sheet_button(words, "agreement", found.client)],
    ]
    return closing(Screen(text, with_home(words, rows), edit=edit), "agree", found.client.id)


def why_change_screen(words: Words, found: Standing, number: int) -> Screen:
    """Why should something be different? By pictures."""
    buttons = [
        tap(
            f"{REASON_ICONS[reason]} {words.plain('help.' + reason.value)}",
            "agree.why", found.client.id, str(number), reason.value,
        )
        for reason in HelpReason
    ]  # fmt: skip
    return Screen(bold(words("agree.why")), with_home(words, in_rows(buttons, 2)), edit=True)


def _title(words: Words) -> Markup:
    return Markup("📜 {}").format(bold(words("sheet.agreement")))


def _content(words: Words, content: Content, found: Standing) -> list[Markup | str]:
    states = {milestone.id: STATUS_ICONS[milestone.status] for milestone in found.milestones}
    done = {task.id for task in found.tasks if task.done_on}
    goals = sorted(content.goals, key=lambda goal: list(FIELD_ICONS).index(goal.field))
    said: list[Markup | str] = [""] if goals else []
    for goal in goals:
        own = Markup(" <i>{}</i>").format(isolate(goal.words)) if goal.words else ""
        said.append(
            Markup("{} <b>{}</b>{}").format(FIELD_ICONS[goal.field], _phrase(words, goal.phrase), own)
        )
    if content.steps:
        said += ["", bold(words("sheet.you_do"))]
        said += [_step(words, step, states.get(step.id, "🎯")) for step in content.steps]
    if content.tasks:
        said += ["", bold(words("sheet.we_do"))]
    for task in content.tasks:
        until = words("own.until", day=spoken.day(task.due_on, words.language))
        icon = "✅" if task.id in done else "✍️"
        said.append(Markup("{} {} · {}").format(icon, _phrase(words, task.phrase), until))
    return said


def _step(words: Words, step: AgreedStep, icon: str) -> Markup:
    title = words.render(phrases.message(step.phrase, step.slots, words.language))
    until = words("own.until", day=spoken.day(step.due_on, words.language))
    return Markup("{} {} · {}").format(icon, title, until)


def _phrase(words: Words, phrase: str) -> Markup:
    return words.render(phrases.message(phrase, {}, words.language))


def _said(words: Words, found: Standing) -> list[Markup | str]:
    reply, said = found.reply, list[Markup | str]()
    if found.view.changed:
        said += ["", Markup("🆕 {}").format(words("agree.newer"))]
    if reply is not None and reply.changing and reply.change_at is not None:
        said += ["", Markup("✏️ {}").format(words("agree.wished", day=_day(words, reply.change_at)))]
    elif reply is not None and reply.confirmed_at is not None:
        said += ["", Markup("✅ {}").format(words("agree.confirmed", day=_day(words, reply.confirmed_at)))]
        if found.reworded:
            said += [Markup("🔁 {}").format(words("agree.reworded"))]
    return said


def _day(words: Words, moment: datetime) -> str:
    return spoken.day(today(moment), words.language)


def _answers(words: Words, found: Standing, version: Version) -> list[list[Button]]:
    ids = found.client.id, str(version.number)
    yes = [tap(words.plain("agree.yes"), "agree.yes", *ids)]
    change = [tap(words.plain("agree.change"), "agree.no", *ids)]
    agreed = found.reply is not None and found.reply.confirmed and not found.reworded
    return [change] if agreed else [yes, change]


def _older(found: Standing, shown: Version) -> Sequence[Button]:
    """The versions before and after, by number."""
    others = [version for version in found.view.versions if version is not shown]
    return [
        tap(f"📜 {version.number}", "agree.at", found.client.id, str(version.number))
        for version in sorted(others, key=lambda version: version.number)[-6:]
    ]
