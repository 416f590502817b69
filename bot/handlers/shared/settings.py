"""Pause, reminders, what is stored, delete, and a human being."""

from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import shared as views
from bot.views.emergency import emergency_screen
from bot.views.parts import lines
from people.errors import NotFoundError
from people.types import Consent


async def settings(turn: Turn) -> Screen:
    """The settings as they are."""
    client = await turn.services.agreements.own_client(turn.tx, turn.actor)
    return views.settings_screen(
        turn.words,
        paused=turn.actor.person.paused,
        linked=client is not None,
        reminders=client is not None and client.reminders,
    )


async def pause(turn: Turn, state: str) -> Screen:
    """Stop every push, or let them come again."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.people.pause(turn.tx, turn.actor, paused=state == "on")
    return views.said(turn.words, "settings.paused" if state == "on" else "settings.resumed")


async def stop(turn: Turn) -> Screen:
    """/stop and "no more messages"."""
    return await pause(turn, "on")


async def remind(turn: Turn, state: str) -> Screen:
    """Switch reminders of goals and appointments on or off."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.agreements.set_reminders(turn.tx, turn.actor, state == "on", turn.now)
    await _keep(turn, Consent.REMINDERS, given=state == "on")
    return views.said(
        turn.words, "settings.reminders_are_on" if state == "on" else "settings.reminders_are_off"
    )


async def unlink(turn: Turn) -> Screen:
    """End the link to the coordinator; the chat and all else stay."""
    await turn.services.agreements.leave(turn.tx, turn.actor, turn.now)
    await _keep(turn, Consent.LINK, given=False)
    return views.said(turn.words, "settings.unlinked")


async def _keep(turn: Turn, what: Consent, *, given: bool) -> None:
    await turn.services.people.keep_consent(
        turn.tx, turn.actor, what, views.NOTICE_VERSION, turn.language, turn.now, given=given
    )


async def privacy(turn: Turn) -> Screen:
    """What is stored about the person who asks."""
    client = await turn.services.agreements.own_client(turn.tx, turn.actor)
    return views.privacy_screen(turn.words, turn.services.house, linked=client is not None)


async def forget(turn: Turn) -> Screen:
    """Ask once before everything goes."""
    return views.forget_screen(
        turn.words, await turn.services.privacy.own_hold(turn.tx, turn.actor, turn.now)
    )


async def forget_now(turn: Turn) -> Screens:
    """Forget the chat; the case stays with the coordinator, unlinked."""
    hold = await turn.services.privacy.own_hold(turn.tx, turn.actor, turn.now)
    await turn.services.privacy.forget(turn.tx, turn.actor, turn.now)
    stays = [views.held(turn.words, hold)] if hold else []
    turn.farewell = Screen(lines(turn.words("forget.done"), *stays))
    return []


async def sos(turn: Turn) -> Screen:
    """The emergency numbers, asked for by a button."""
    return emergency_screen(turn.words, "other")


async def media(turn: Turn) -> Screen:
    """Voice, photo, sticker, file: what can be tapped instead."""
    return views.media_screen(turn.words, turn.services.house)
