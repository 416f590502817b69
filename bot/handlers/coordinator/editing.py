"""Changing an offer on the coordinator's phone, one field or date at a time; every change is saved at once and can be taken back."""

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup

from bot import date_stamp
from bot.dialogue import begin, current
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number, tapped_place
from bot.turn import Screens, Turn
from bot.views import coordinator_editing as views
from bot.views.coordinator_invitations import role_invitation
from bot.views.parts import lines
from offers import dates, editing, exceptions, places
from offers.belonging import keeps_all
from offers.coming import ComingDate
from offers.errors import CellError, FieldError
from offers.types import Edited, Offer
from people.errors import NotFoundError
from people.types import Permission, Role

KIND = "edit"
_DATES_SHOWN = 10


async def show(turn: Turn, offer_id: str) -> Screen:
    """Everything that can be changed."""
    offer = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    await turn.end_draft(KIND)
    return await _screen(turn, offer)


async def field(turn: Turn, offer_id: str, name: str) -> Screen:
    """The question for one field."""
    offer = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    if name in editing.ONE:
        return views.choose_screen(turn.words, offer, name)
    if name in editing.SEVERAL:
        return views.toggle_screen(turn.words, offer, name)
    if name == editing.PLACE:
        return views.place_screen(turn.words, offer, places.load().names)
    if name not in editing.FIELDS:
        raise NotFoundError
    await begin(turn, KIND, "field", offer=offer.id, field=name)
    return views.ask_screen(turn.words, offer, name)


async def typed(turn: Turn) -> Screen:
    """The field as it was typed."""
    data = current(turn, KIND).data
    offer_id, name = str(data["offer"]), str(data["field"])
    try:
        before = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
        edited = await turn.services.editing.change(turn.tx, turn.actor, offer_id, name, turn.text, turn.now)
    except CellError as error:
        return views.ask_screen(turn.words, before, name, error.message)
    await turn.end_draft(KIND)
    return await _changed(turn, before, edited, name)


async def set_code(turn: Turn, offer_id: str, name: str, code: str) -> Screen:
    """One of a few answers was tapped."""
    if code not in editing.ONE.get(name, ()):
        raise NotFoundError
    return await _write(turn, offer_id, name, code)


async def place(turn: Turn, offer_id: str, number: str) -> Screen:
    """The place was tapped."""
    return await _write(turn, offer_id, editing.PLACE, tapped_place(number))


async def clear(turn: Turn, offer_id: str, name: str) -> Screen:
    """The field stays empty."""
    if name not in editing.FIELDS or name in editing.EMPTY_NEVER:
        raise NotFoundError
    await turn.end_draft(KIND)
    return await _write(turn, offer_id, name, "")


async def flip(turn: Turn, offer_id: str, name: str, code: str) -> Screen:
    """One of several answers was tapped: it holds now, or no longer."""
    edited = await turn.services.editing.toggle(turn.tx, turn.actor, offer_id, name, code, turn.now)
    return views.toggle_screen(turn.words, edited.offer, name)


async def publish(turn: Turn, offer_id: str) -> Screen:
    """From now on people find it."""
    before = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    edited = await turn.services.reviews.publish(turn.tx, turn.actor, offer_id, turn.now)
    note = lines(turn.words("ed.published"), await told(turn, before, edited.offer))
    return await _screen(turn, edited.offer, note=note, undo=edited.version_id)


async def discard(turn: Turn, offer_id: str) -> Screen:
    """Nobody needs this draft."""
    edited = await turn.services.editing.discard(turn.tx, turn.actor, offer_id, turn.now)
    return await _screen(turn, edited.offer, note=turn.words("fr.now_ended"), undo=edited.version_id)


async def undo(turn: Turn, offer_id: str, version_id: str) -> Screen:
    """As it was before the last change."""
    before = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    offer = await turn.services.reviews.undo(turn.tx, turn.actor, offer_id, version_id, turn.now)
    note = lines(turn.words("ed.undone"), await told(turn, before, offer))
    return await _screen(turn, offer, note=note)


async def drafts(turn: Turn) -> Screen:
    """Offers that nobody finds yet."""
    return await drafts_page(turn, "0")


async def drafts_page(turn: Turn, number: str) -> Screen:
    """One page of them."""
    wanted = tapped_number(number, editing.MOST_DRAFTS)
    found = await turn.services.editing.drafts(turn.tx, turn.actor)
    return views.drafts_screen(turn.words, found, wanted)


async def mine(turn: Turn) -> Screen:
    """A provider's own offers."""
    return views.own_screen(turn.words, await turn.services.editing.belonging.offers(turn.tx, turn.actor))


async def invite(turn: Turn, offer_id: str) -> Screens:
    """A link, a code and a picture for whoever offers this: they change their own offers themselves."""
    offer = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    services = turn.services
    new = await services.people.invite(
        turn.tx, turn.actor, Role.PROVIDER, turn.now, client_id=offer.provider.id
    )
    return role_invitation(turn.words, services.house, Role.PROVIDER, new)


async def coming(turn: Turn, offer_id: str) -> Screen:
    """The dates that are coming."""
    await turn.end_draft(KIND)
    offer, found = await _coming(turn, offer_id)
    return views.dates_screen(turn.words, offer, found)


async def one_date(turn: Turn, offer_id: str, stamp: str) -> Screen:
    """One date: cancel, move, or as planned after all."""
    await turn.end_draft(KIND)
    return views.date_screen(turn.words, *await _date(turn, offer_id, stamp))


async def cancel_date(turn: Turn, offer_id: str, stamp: str) -> Screen:
    """The date does not take place; whom it concerns is told."""
    before, _ = await _date(turn, offer_id, stamp)
    which = date_stamp.read(stamp)
    edited = await turn.services.editing.cancel_date(turn.tx, turn.actor, offer_id, *which, turn.now)
    return await _told(turn, stamp, before, edited.offer)


async def move_date(turn: Turn, offer_id: str, stamp: str) -> Screen:
    """To when?"""
    offer, found = await _date(turn, offer_id, stamp)
    await begin(turn, KIND, "date", offer=offer.id, stamp=stamp)
    return views.ask_move_screen(turn.words, offer, found.planned)


async def typed_date(turn: Turn) -> Screen:
    """The new time was typed; whom it concerns is told."""
    data = current(turn, KIND).data
    offer_id, stamp = str(data["offer"]), str(data["stamp"])
    offer, found = await _date(turn, offer_id, stamp)
    try:
        edited = await turn.services.editing.move_date(
            turn.tx, turn.actor, offer_id, *date_stamp.read(stamp), turn.text, turn.now
        )
    except CellError as error:
        return views.ask_move_screen(turn.words, offer, found.planned, error.message)
    await turn.end_draft(KIND)
    return await _told(turn, stamp, offer, edited.offer)


async def restore_date(turn: Turn, offer_id: str, stamp: str) -> Screen:
    """The date takes place as planned after all; whom it concerns is told."""
    before, _ = await _date(turn, offer_id, stamp)
    which = date_stamp.read(stamp)
    edited = await turn.services.editing.restore_date(turn.tx, turn.actor, offer_id, *which, turn.now)
    return await _told(turn, stamp, before, edited.offer)


async def _write(turn: Turn, offer_id: str, name: str, text: str) -> Screen:
    before = await turn.services.editing.look(turn.tx, turn.actor, offer_id)
    try:
        edited = await turn.services.editing.change(turn.tx, turn.actor, offer_id, name, text, turn.now)
    except FieldError as error:
        message = turn.words.render(error.message)
        said = turn.words("ed.wrong", field=views.label(turn.words, error.field), message=message)
        return await _screen(turn, before, note=said)
    return await _changed(turn, before, edited, name)


async def _changed(turn: Turn, before: Offer, edited: Edited, name: str) -> Screen:
    changed = turn.words("ed.changed", field=views.label(turn.words, name))
    note = lines(changed, await told(turn, before, edited.offer))
    return await _screen(turn, edited.offer, note=note, undo=edited.version_id)


async def _screen(turn: Turn, offer: Offer, *, note: Markup | None = None, undo: str = "") -> Screen:
    keeper = keeps_all(turn.actor)
    reports = await turn.services.offers.open_reports(turn.tx, offer.id) if keeper else []
    return views.offer_screen(turn.words, offer, note=note, undo=undo, keeper=keeper, reports=reports)


async def told(turn: Turn, before: Offer, after: Offer) -> Markup | None:
    """Tell whoever meant to come that it pauses, has ended, goes on or is at other times; how many are told, where somebody is."""
    changed = [(after.id, found) for found in exceptions.news(before, after, turn.now)]
    count = await turn.services.agreements.offers_changed(turn.tx, turn.actor, changed, turn.now)
    # How many people wished for it is nothing of a provider's.
    return turn.words("ed.told", count=count) if count and keeps_all(turn.actor) else None


async def _coming(turn: Turn, offer_id: str) -> tuple[Offer, list[ComingDate]]:
    return await turn.services.editing.coming(turn.tx, turn.actor, offer_id, turn.now, _DATES_SHOWN)


async def _date(turn: Turn, offer_id: str, stamp: str) -> tuple[Offer, ComingDate]:
    date_stamp.read(stamp)
    offer, found = await _coming(turn, offer_id)
    chosen = next((one for one in found if views.stamp(one.planned) == stamp), None)
    if chosen is None:
        raise NotFoundError
    return offer, chosen


async def _told(turn: Turn, stamp: str, before: Offer, after: Offer) -> Screen:
    last = dates.last_use(*date_stamp.read(stamp), before, after)
    count = await turn.services.agreements.offer_date_changed(
        turn.tx, turn.actor, after.id, f"{after.id}.{stamp}", last, turn.now
    )
    offer, found = await _coming(turn, after.id)
    if not keeps_all(turn.actor):
        # How many people wished for it is nothing of a provider's.
        return views.dates_screen(turn.words, offer, found)
    note = turn.words("ed.told", count=count) if count else turn.words("ed.told_nobody")
    return views.dates_screen(turn.words, offer, found, note)


_TAP, _EDIT, _KEEP = RouteKind.TAP, Permission.EDIT_OFFERS, Permission.KEEP_CATALOGUE
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ed", show, _EDIT, "everything of an offer that can be changed", args=1),
    Route(_TAP, "ed.field", field, _EDIT, "change an offer: the question for a field", args=2),
    Route(_TAP, "ed.set", set_code, _EDIT, "change an offer: one of a few answers", args=3),
    Route(_TAP, "ed.flip", flip, _EDIT, "change an offer: one of several answers on or off", args=3),
    Route(_TAP, "ed.place", place, _EDIT, "change an offer: its place", args=2),
    Route(_TAP, "ed.clear", clear, _EDIT, "change an offer: leave a field empty", args=2),
    Route(_TAP, "ed.publish", publish, _EDIT, "an offer is found from now on", args=1),
    Route(_TAP, "ed.discard", discard, _KEEP, "nobody needs this draft", args=1),
    Route(_TAP, "ed.undo", undo, _EDIT, "an offer as it was before its last change", args=2),
    Route(_TAP, "ed.drafts", drafts, _KEEP, "offers that nobody finds yet"),
    Route(_TAP, "ed.drafts.page", drafts_page, _KEEP, "a page of offers that nobody finds yet", args=1),
    Route(_TAP, "ed.mine", mine, _EDIT, "a provider's own offers"),
    Route(_TAP, "ed.invite", invite, _KEEP, "invite whoever offers this", args=1),
    Route(_TAP, "ed.dates", coming, _EDIT, "the coming dates of an offer", args=1),
    Route(_TAP, "ed.date", one_date, _EDIT, "one date of an offer", args=2),
    Route(_TAP, "ed.date.off", cancel_date, _EDIT, "cancel one date of an offer", args=2),
    Route(_TAP, "ed.date.move", move_date, _EDIT, "move one date of an offer", args=2),
    Route(_TAP, "ed.date.on", restore_date, _EDIT, "one date of an offer as planned after all", args=2),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "field"): typed,
    (KIND, "date"): typed_date,
}
