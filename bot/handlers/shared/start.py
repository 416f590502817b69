"""First contact: language, notice, menu; and coming back."""

from bot import notice
from bot.handlers.shared.invitation import show_invitation
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import shared as views
from i18n.languages import from_telegram, known
from i18n.messages import words
from people.errors import NotFoundError


async def start(turn: Turn) -> Screens:
    """/start: whoever has not chosen a language chooses, then reads the notice, then comes to the menu."""
    if not turn.actor.person.language_chosen:
        user = turn.update.effective_user
        return views.language_screen(from_telegram(user.language_code if user else None))
    if turn.actor.person.notice_version != views.NOTICE_VERSION:
        return await notice.show(turn, turn.words)
    return await menu(turn)


async def menu(turn: Turn) -> Screen:
    """Everything there is."""
    client = await turn.services.agreements.own_client(turn.tx, turn.actor)
    return views.menu_screen(turn.words, turn.actor.roles, linked=client is not None)


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
    client = await turn.services.agreements.own_client(turn.tx, turn.actor)
    confirmed = Screen(spoken("language.set"), edit=True)
    return [confirmed, views.menu_screen(spoken, turn.actor.roles, linked=client is not None)]


async def accept_notice(turn: Turn, version: str) -> Screens:
    """The notice was read: keep which one; an invitation that waits is taken up now."""
    await turn.services.people.accept_notice(turn.tx, turn.actor, version[:20], turn.now)
    waiting = turn.drafts.get("invitation")
    if waiting is not None:
        return await show_invitation(turn, str(waiting.data["code"]))
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
    return []
