"""Entering an offer on the coordinator's phone: six questions, then a draft to look over and publish."""

from collections.abc import Awaitable, Callable, Mapping

from agreements import rules
from bot.dialogue import begin, current
from bot.handlers.coordinator import review
from bot.handlers.coordinator.editing import mine
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_place
from bot.turn import Screens, Turn
from bot.views import coordinator_editing
from bot.views import coordinator_new_offer as views
from i18n.languages import SOURCE
from i18n.messages import words
from offers import editing, kinds, places, series
from offers.beginning import NewOffer
from offers.belonging import keeps_all
from offers.errors import CellError, FieldError
from offers.types import Topic
from people.errors import NotFoundError
from people.types import Draft, Permission

KIND = "offer"
_PROVIDERS_SHOWN = 6


async def new(turn: Turn) -> Screen:
    """What is it about?"""
    await begin(turn, KIND, "topic")
    return views.topics_screen(turn.words)


async def topic(turn: Turn, chosen: str) -> Screen:
    """Then: what is it?"""
    _at(turn, "topic", "kind")
    if chosen not in set(Topic):
        raise NotFoundError
    await turn.draft(KIND, "kind")
    return views.kinds_screen(turn.words, [kind for kind in kinds.load().values() if kind.topic == chosen])


async def kind(turn: Turn, chosen: str) -> Screen:
    """Then: what is it called?"""
    _at(turn, "kind")
    if chosen not in kinds.load():
        raise NotFoundError
    await turn.draft(KIND, "name", kind_id=chosen)
    return views.name_screen(turn.words)


async def typed_name(turn: Turn) -> Screen:
    """Then: who offers it?"""
    draft = _at(turn, "name")
    try:
        name = editing.checked_text("name", turn.text)
    except FieldError as error:
        return views.name_screen(turn.words, error.message)
    await turn.draft(KIND, "provider", **draft.data, name=name)
    if keeps_all(turn.actor):
        return views.provider_screen(turn.words)
    own = await turn.services.editing.belonging.providers(turn.tx, turn.actor)
    return views.own_providers_screen(turn.words, own)


async def typed_provider(turn: Turn) -> Screen:
    """Is it one of those that are known?"""
    draft = _at(turn, "provider")
    try:
        typed = editing.checked_text("name", turn.text)
    except FieldError as error:
        return views.provider_screen(turn.words, error.message)
    if not keeps_all(turn.actor):
        own = await turn.services.editing.belonging.providers(turn.tx, turn.actor)
        return views.own_providers_screen(turn.words, own)
    found = await turn.services.editing.providers(turn.tx, turn.actor, typed, _PROVIDERS_SHOWN)
    await turn.draft(KIND, "provider", **{**draft.data, "provider_name": typed})
    return views.providers_screen(turn.words, typed, found)


async def provider(turn: Turn, provider_id: str) -> Screen:
    """A known provider; then: where?"""
    draft = _at(turn, "provider")
    await turn.draft(KIND, "place", **{**draft.data, "provider": provider_id})
    return views.place_screen(turn.words, places.load().names)


async def new_provider(turn: Turn) -> Screen:
    """A new provider under the name that was typed; then: where?"""
    if not _at(turn, "provider").data.get("provider_name"):
        raise NotFoundError
    return await provider(turn, "")


async def place(turn: Turn, number: str) -> Screen:
    """Then: when?"""
    draft = _at(turn, "place")
    await turn.draft(KIND, "when", **draft.data, place=tapped_place(number))
    return views.when_screen(turn.words)


async def typed_when(turn: Turn) -> Screen:
    """Then: which telephone?"""
    draft = _at(turn, "when")
    try:
        found = series.parse(turn.text, rules.today(turn.now))
    except CellError as error:
        return views.when_screen(turn.words, error.message)
    await turn.draft(KIND, "phone", **draft.data, when=series.text(found))
    return views.phone_screen(turn.words)


async def by_appointment(turn: Turn) -> Screen:
    """No dates of its own; then: which telephone?"""
    draft = _at(turn, "when")
    await turn.draft(KIND, "phone", **draft.data, when="")
    return views.phone_screen(turn.words)


async def typed_phone(turn: Turn) -> Screen:
    """The last answer: the draft is kept."""
    _at(turn, "phone")
    try:
        return await _keep(turn, editing.checked_text("phone", turn.text))
    except FieldError as error:
        return views.phone_screen(turn.words, error.message)


async def no_phone(turn: Turn) -> Screen:
    """The telephone comes later: the draft is kept."""
    _at(turn, "phone")
    return await _keep(turn, "")


async def stop(turn: Turn) -> Screen:
    """Out of the questions, with nothing kept."""
    await turn.end_draft(KIND)
    return await review.every(turn) if keeps_all(turn.actor) else await mine(turn)


async def _keep(turn: Turn, phone: str) -> Screen:
    data = current(turn, KIND).data
    when = str(data["when"])
    offer = await turn.services.editing.create(
        turn.tx,
        turn.actor,
        NewOffer(
            kind=str(data["kind_id"]),
            name=str(data["name"]),
            provider_id=str(data["provider"]),
            provider_name=str(data.get("provider_name", "")),
            place=str(data["place"]),
            schedules=series.parse(when, rules.today(turn.now)) if when else (),
            phone=phone,
            source=words(SOURCE).plain("ed.source"),
        ),
        turn.now,
    )
    await turn.end_draft(KIND)
    keeper = keeps_all(turn.actor)
    if not keeper:
        await turn.services.circle.suggesting.tell(turn.tx, offer, turn.now)
    kept = turn.words("ed.new_kept" if keeper else "ed.new_waits")
    return coordinator_editing.offer_screen(turn.words, offer, note=kept, keeper=keeper)


def _at(turn: Turn, *steps: str) -> Draft:
    """The dialogue, when it is at one of these steps; a button of another step does nothing. Raises DialogueOverError, NotFoundError."""
    draft = current(turn, KIND)
    if draft.step not in steps:
        raise NotFoundError
    return draft


_TAP, _EDIT = RouteKind.TAP, Permission.EDIT_OFFERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ed.new", new, _EDIT, "enter an offer: what it is about"),
    Route(_TAP, "ed.topic", topic, _EDIT, "enter an offer: what it is", args=1),
    Route(_TAP, "ed.kind", kind, _EDIT, "enter an offer: its name", args=1),
    Route(_TAP, "ed.by", provider, _EDIT, "enter an offer: a known provider", args=1),
    Route(_TAP, "ed.by.new", new_provider, _EDIT, "enter an offer: a new provider"),
    Route(_TAP, "ed.at", place, _EDIT, "enter an offer: its place", args=1),
    Route(_TAP, "ed.when.none", by_appointment, _EDIT, "enter an offer: by appointment"),
    Route(_TAP, "ed.phone.none", no_phone, _EDIT, "enter an offer: keep it without a telephone number"),
    Route(_TAP, "ed.stop", stop, _EDIT, "stop entering an offer"),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "name"): typed_name,
    (KIND, "provider"): typed_provider,
    (KIND, "when"): typed_when,
    (KIND, "phone"): typed_phone,
}
