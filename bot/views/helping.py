"""Views for those who help others: what there is for them, the codes by which others join."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.screens import Button, Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n import dates as spoken
from i18n.messages import Words
from people.types import Invitation, Permission


def hub_screen(words: Words, may: frozenset[Permission]) -> Screen:
    """What there is, by what the person may do."""
    buttons = [
        tap(words.plain("filter.menu"), "filter.none"),
        tap(words.plain("saved.profile.menu"), "pr.list"),
        tap(words.plain("saved.search.menu"), "ss.list"),
        tap(words.plain("meeting.menu"), "mt.list", "0"),
        tap(words.plain("suggest.menu"), "sg.new"),
        tap(words.plain("volunteer.place"), "vol.places"),
    ]
    if Permission.WRITE_TO_VOLUNTEERS in may:
        buttons.append(tap(words.plain("cw.many.button"), "cm"))
    if Permission.INVITE_VOLUNTEER in may:
        buttons.append(tap(words.plain("menu.invite_volunteer"), "iv.role", "volunteer"))
        buttons.append(tap(words.plain("helper.codes"), "iv.mine"))
    return Screen(bold(words("helper.menu")), with_home(words, in_rows(buttons, 2)), edit=True)


def codes_screen(words: Words, found: Sequence[Invitation]) -> Screen:
    """Open codes by number, each with its way out; the code itself is stored nowhere."""
    said = [
        Markup("{}. {}").format(
            number,
            words(
                "helper.code",
                moment=spoken.moment(each.expires_at, words.language),
                uses=str(each.uses),
                most=str(each.max_uses),
            ),
        )
        for number, each in enumerate(found, 1)
    ]
    rows: list[Sequence[Button]] = [
        [tap(f"{number}. {words.plain('helper.code_off')}", "iv.off", each.id)]
        for number, each in enumerate(found, 1)
    ]
    rows += [
        [tap(words.plain("menu.invite_volunteer"), "iv.role", "volunteer")],
        [tap(words.plain("button.back"), "vo")],
    ]
    text = lines(bold(words("helper.codes")), *(said or [words("helper.codes_none")]))
    return Screen(text, with_home(words, rows), edit=True)
