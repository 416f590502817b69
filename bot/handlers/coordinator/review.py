"""Keeping the catalogue true: one tap confirms, pauses or ends an offer, and one takes it back."""

from datetime import date, datetime

from bot import date_stamp
from bot.handlers.coordinator.editing import told
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import coordinator_review as views
from bot.views.parts import PAGE, page_of
from offers.types import DueOffer
from people.errors import NotFoundError
from people.types import Permission

_MANY_PAGES = 1000


async def every(turn: Turn) -> Screen:
    """What should be looked at."""
    return await page(turn, "0")


async def page(turn: Turn, number: str) -> Screen:
    """One page of it."""
    count = await turn.services.freshness.due_count(turn.tx, turn.actor, turn.now)
    _, wanted, pages = page_of(range(count), tapped_number(number, _MANY_PAGES))
    span = range(wanted * PAGE, (wanted + 1) * PAGE)
    shown = await turn.services.reviews.waiting(turn.tx, turn.actor, span, turn.now)
    ids = [each.offer_id for each in shown]
    found = await turn.services.freshness.several(turn.tx, turn.actor, ids)
    names = await turn.services.accounts.shown_names(turn.tx)
    whose = [views.whose(turn.words, each.owner, each.person_id, turn.actor.id, names) for each in shown]
    drafts = await turn.services.editing.draft_count(turn.tx, turn.actor)
    listed = list(zip(whose, found, strict=True))
    return views.list_screen(
        turn.words, listed, wanted, pages, count=count, drafts=drafts, review_days=turn.review_days
    )


async def one(turn: Turn, offer_id: str) -> Screen:
    """One offer with what people say of it."""
    return await _shown(turn, await turn.services.freshness.look(turn.tx, turn.actor, offer_id))


async def look_after(turn: Turn, offer_id: str, on: str) -> Screen:
    """Be asked about every offer of the same owner from now on, or no longer."""
    await turn.services.reviews.look_after(turn.tx, turn.actor, offer_id, on=on == "on")
    return await one(turn, offer_id)


async def answer(turn: Turn, offer_id: str, said: str) -> Screen:
    """Still right, pauses, has ended."""
    found = await turn.services.reviews.answer(turn.tx, turn.actor, offer_id, said, turn.now)
    return views.answered_screen(turn.words, found, await told(turn, found.before, found.offer))


async def undo(turn: Turn, offer_id: str, status: str, assured: str, moment: str) -> Screen:
    """As it was before the last tap, unless something came after it."""
    at = date_stamp.read_moment(moment)
    before = await turn.services.freshness.look(turn.tx, turn.actor, offer_id)
    found = await turn.services.reviews.take_back(
        turn.tx, turn.actor, offer_id, status, _day(assured), at, turn.now
    )
    await told(turn, before.offer, found.offer)
    return await _shown(turn, found)


async def gaps(turn: Turn) -> Screen:
    """What people ask for and the catalogue has not."""
    return views.gaps_screen(turn.words, await turn.services.freshness.gaps(turn.tx, turn.actor))


async def _shown(turn: Turn, due: DueOffer) -> Screen:
    keeper = await turn.services.reviews.keeper(turn.tx, due.offer)
    names = await turn.services.accounts.shown_names(turn.tx)
    whose = views.whose(turn.words, due.offer.owner, keeper, turn.actor.id, names)
    counts = await turn.services.cases.feedback.counts(turn.tx, turn.actor, due.offer.id)
    duties = await turn.services.responsible.of(turn.tx, due.offer.id)
    mine = keeper == turn.actor.id
    return views.offer_screen(turn.words, due, duties, whose=whose, mine=mine, counts=counts)


def _day(tapped: str) -> date | None:
    if tapped == "0":
        return None
    try:
        return datetime.strptime(tapped, "%Y%m%d").date()  # noqa: DTZ007 -- a day on the calendar has no time zone
    except ValueError:
        raise NotFoundError from None


_TAP, _KEEP = RouteKind.TAP, Permission.KEEP_CATALOGUE
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "fr", one, _KEEP, "an offer to check, with what people say of it", args=1),
    Route(_TAP, "fr.list", every, _KEEP, "offers that should be checked"),
    Route(_TAP, "fr.page", page, _KEEP, "a page of offers that should be checked", args=1),
    Route(_TAP, "fr.mine", look_after, _KEEP, "be asked about the offers of an owner, or no longer", args=2),
    Route(_TAP, "fr.gaps", gaps, _KEEP, "what people ask for and the catalogue has not"),
    Route(_TAP, "fr.is", answer, _KEEP, "an offer is still right, pauses or has ended", args=2),
    Route(_TAP, "fr.undo", undo, _KEEP, "an offer as it was before the last tap", args=4),
)
