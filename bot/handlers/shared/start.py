"""First contact: language, notice, menu; and coming back."""

from bot import notice
from bot.handlers.client import sharing
from bot.handlers.shared.invitation import show_invitation
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import shared as views
from i18n.languages import known
from i18n.messages import Words, words
from people.errors import NotFoundError


async def start(turn: Turn) -> Screens:
    """/start: whoever has not chosen a language chooses, then reads the notice, then comes to the menu."""
    if not turn.actor.person.language_chosen:
        return notice.languages(turn)
    return await tapped_menu(turn)


async def tapped_menu(turn: Turn) -> Screen:
    """The menu. What stands under the notice, such as "no, keep", leads past it no more than /start does; whoever asked first has it above the answer."""
    if not turn.actor.person.language_chosen and notice.seen(turn):
        return await menu(turn)
    return await notice.first(turn) or await menu(turn)


async def menu(turn: Turn, title: str = "menu.title") -> Screen:
    """Everything there is."""
    return await _menu_in(turn, turn.words, title)


async def _menu_in(turn: Turn, spoken: Words, title: str = "menu.title") -> Screen:
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    kept = bool(await turn.services.circle.saved.kept_ids(turn.tx, turn.actor))
    return views.menu_screen(spoken, turn.actor.roles, linked=bool(own), kept=kept, title=title)


async def languages(turn: Turn) -> Screen:
    """Choose another language."""
    return views.language_screen(turn.language)


async def choose_language(turn: Turn, tag: str) -> Screens:
    """Speak this language from now on."""
    if not known(tag):
        raise NotFoundError
    await turn.services.people.choose_language(turn.tx, turn.actor, tag)
    spoken = words(tag)
    if turn.actor.person.notice_version != views.NOTICE_VERSION:
        return await notice.show(turn, spoken)
    return [Screen(spoken("language.set"), edit=True), await _menu_in(turn, spoken)]


async def accept_notice(turn: Turn, version: str) -> Screens:
    """The notice was read: keep which one; an invitation or shared appointment that waits comes now."""
    await turn.services.people.accept_notice(turn.tx, turn.actor, version[:20], turn.now)
    waiting = turn.drafts.get("invitation")
    if waiting is not None:
        return await show_invitation(turn, str(waiting.data["code"]))
    shown = turn.drafts.get(sharing.WAITS)
    if shown is not None:
        await turn.end_draft(sharing.WAITS)
        return await sharing.first_look(turn, str(shown.data["code"]))
    return await menu(turn)


async def show_help(turn: Turn) -> Screen:
    """What the bot can do."""
    return views.said(turn.words, "help.text")


async def membership(turn: Turn) -> Screens:
    """The chat was blocked or opened again."""
    change = turn.update.my_chat_member
    blocked = change is not None and change.new_chat_member.status == "kicked"
    await turn.services.people.mark_reachable(turn.tx, turn.actor.id, reachable=not blocked)
    if blocked:
        await turn.services.delivery.cancel_pushes(turn.tx, turn.actor.id, "unreachable", turn.now)
        await turn.services.agreements.went_away(turn.tx, turn.actor, turn.now)
    else:
        await turn.services.agreements.is_back(turn.tx, turn.actor, turn.now)
    return []
