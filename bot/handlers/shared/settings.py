"""Pause, reminders, what is stored, delete, emergency numbers, and what cannot be read."""

from markupsafe import Markup

from agreements.goals.rules import erasure_due_on
from agreements.rules import today
from bot import notice
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import restriction, times
from bot.views import shared as views
from bot.views.emergency import emergency_screen
from bot.views.parts import lines
from people.errors import NotFoundError
from people.types import Consent


async def settings(turn: Turn) -> Screen:
    """The settings as they are."""
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    feedback = await turn.services.cases.feedback.wants(turn.tx, turn.actor)
    screen = views.settings_screen(turn.words, own, paused=turn.actor.person.paused, feedback=feedback)
    return times.beside(turn.words, screen)


async def pause(turn: Turn, state: str) -> Screen:
    """Stop every push, or let them come again."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.people.pause(turn.tx, turn.actor, paused=state == "on")
    if state == "on":
        return views.paused_screen(turn.words)
    await turn.services.agreements.is_back(turn.tx, turn.actor, turn.now)
    return views.said(turn.words, "settings.resumed")


async def stop(turn: Turn) -> Screen:
    """/stop and "no more messages"."""
    return await pause(turn, "on")


async def hide(turn: Turn) -> Screen:
    """Take the bot's last messages off the phone."""
    await turn.services.delivery.tidying.delete_newest(turn.tx, turn.actor.id, turn.now)
    return views.said(turn.words, "settings.hidden")


async def remind(turn: Turn, state: str, client_id: str | None = None) -> Screen:
    """Switch reminders of goals and appointments on or off, without an id for the only case of the chat."""
    if state not in ("on", "off"):
        raise NotFoundError
    client = await turn.services.agreements.set_reminders(
        turn.tx, turn.actor, state == "on", turn.now, client_id=client_id
    )
    await notice.keep(turn, Consent.REMINDERS, given=state == "on")
    turn.about(client)
    if state == "on" and client.restricted_at is not None:
        return restriction.restriction_screen(turn.words, client)
    return views.said(
        turn.words, "settings.reminders_are_on" if state == "on" else "settings.reminders_are_off"
    )


async def unlink(turn: Turn) -> Screen:
    """End the link to the coordinator of the only case; the chat and all else stay."""
    await turn.services.agreements.leave(turn.tx, turn.actor, None, turn.now)
    await notice.keep(turn, Consent.LINK, given=False)
    return views.unlinked_screen(turn.words)


async def privacy(turn: Turn) -> Screen:
    """What is stored about the person who asks."""
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    consents = await turn.services.cases.handover.own_open(turn.tx, turn.actor, turn.now)
    left = not own and await turn.services.people.answered(turn.tx, turn.actor, Consent.LINK)
    return views.privacy_screen(turn.words, turn.services.house, consents, own, left=left)


async def forget(turn: Turn) -> Screen:
    """Ask once before everything goes. Raises StillCoordinatesError."""
    await turn.services.agreements.check_forgettable(turn.tx, turn.actor)
    return views.forget_screen(turn.words, await _stays(turn))


async def forget_now(turn: Turn) -> Screens:
    """Forget the chat; the case stays with the coordinator, unlinked. Until when it is decided on is said, but for what must be kept longer."""
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    stays = await _stays(turn)
    await turn.services.privacy.forget(turn.tx, turn.actor, turn.now)
    if len(own) > len(stays):
        until = erasure_due_on(today(turn.now))
        stays = [*stays, views.decides(turn.words, until, turn.services.house)]
    turn.farewell = Screen(lines(turn.words("forget.done"), *stays))
    return []


async def _stays(turn: Turn) -> list[Markup]:
    holds = await turn.services.privacy.own_holds(turn.tx, turn.actor, turn.now)
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    return [views.held(turn.words, hold, client if len(own) > 1 else None) for client, hold in holds]


async def sos(turn: Turn) -> Screen:
    """The emergency numbers, asked for by a button."""
    return emergency_screen(turn.words, "other")


async def media(turn: Turn) -> Screen:
    """Voice, photo, sticker, file: what can be tapped instead."""
    return views.media_screen(turn.words, turn.services.house)
