"""The card of an offer, and what its buttons do: dates for the calendar, a wish, a report, another language."""

from dataclasses import replace

from agreements.types import Client
from bot import date_stamp, profiles
from bot.handlers.client.family import about
from bot.screens import Document, Screen
from bot.turn import Turn
from bot.views import cards, family, offer_dates
from i18n.languages import known
from i18n.messages import Words, words
from offers import facts, kinds
from offers.translations.types import UNSPOKEN
from offers.types import Offer
from people.errors import NotFoundError
from people.rules import allows
from people.types import Permission


async def more(turn: Turn, offer_id: str, client: Client | None = None) -> Screen:
    """Everything about one offer; the `client` is the case that it was suggested to."""
    offer = await turn.services.offers.get(turn.tx, offer_id)
    kept = offer.id in await turn.services.circle.saved.kept_ids(turn.tx, turn.actor)
    return await _whole(
        turn,
        turn.words,
        offer,
        edit=turn.tapped_message is not None,
        wanted_by=client.id if client else "",
        keeper=allows(turn.actor, Permission.KEEP_CATALOGUE),
        kept=kept if kinds.load()[offer.kind].unasked != "never" else None,
    )


async def listed(turn: Turn, offer_id: str) -> Screen:
    """The same from a list, which stays for the next one."""
    return replace(await more(turn, offer_id), edit=False)


async def calendar(turn: Turn, offer_id: str) -> Screen:
    """The next dates as a file for the phone's calendar."""
    offer = await turn.services.offers.get(turn.tx, offer_id)
    dates = turn.services.offers.next_dates(offer, turn.now, 3)
    if not dates:
        return cards.no_dates(turn.words, offer)
    content = turn.services.offers.calendar(offer, turn.now)
    return Screen(cards.dates_text(turn.words, offer, dates), document=Document("lotse.ics", content))


async def date_news(turn: Turn, ref: str) -> Screen:
    """What became of one date, by the `<offer>.<day and hour>` that a push carries; without these, the offer as it is now."""
    offer_id, _, stamp = ref.partition(".")
    if not stamp:
        return await more(turn, offer_id)
    offer = await turn.services.offers.get(turn.tx, offer_id)
    day, opens_at = date_stamp.read(stamp)
    return offer_dates.news_screen(turn.words, offer, day, opens_at)


async def want(turn: Turn, offer_id: str) -> Screen:
    """A linked client's wish reaches the coordinator; anyone else gets the German sentence and the telephone.

    From an old card of an offer that pauses or has ended, the card as it is now.
    """
    offer = await turn.services.offers.get(turn.tx, offer_id)
    if not facts.is_open(offer):
        return await more(turn, offer_id)
    for_other = profiles.for_somebody_else(turn.drafts)
    own = [] if for_other else await turn.services.agreements.own_clients(turn.tx, turn.actor)
    if not own:
        return cards.how_to_ask(turn.words, offer, turn.now)
    if len(own) > 1:
        return family.whose_screen(turn.words, own, "want.for", offer.id)
    return await want_for(turn, offer_id, own[0].id)


async def want_for(turn: Turn, offer_id: str, client_id: str) -> Screen:
    """The wish of one case."""
    client = await about(turn, client_id)
    offer = await turn.services.offers.get(turn.tx, offer_id)
    if not facts.is_open(offer):
        return await more(turn, offer_id)
    await turn.services.agreements.wish(turn.tx, turn.actor, offer.id, turn.now, client_id=client.id)
    return cards.wish_kept(turn.words, offer)


async def wrong(turn: Turn, offer_id: str) -> Screen:
    """What is wrong with the entry?"""
    offer = await turn.services.offers.get(turn.tx, offer_id)
    return cards.what_is_wrong(turn.words, offer)


async def report(turn: Turn, offer_id: str, reason: str) -> Screen:
    """Keep the report for whoever looks after the entry."""
    offer = await turn.services.offers.report(turn.tx, turn.actor, offer_id, reason, turn.now)
    if offer is not None:
        await turn.services.reviews.reported(turn.tx, offer, turn.now)
    return cards.report_kept(turn.words)


async def languages(turn: Turn, offer_id: str) -> Screen:
    """In which language shall the card be shown to somebody else?"""
    offer = await turn.services.offers.get(turn.tx, offer_id)
    return cards.choose_card_language(turn.words, offer)


async def in_language(turn: Turn, offer_id: str, tag: str) -> Screen:
    """The whole card in another person's language."""
    if not known(tag):
        raise NotFoundError
    offer = await turn.services.offers.get(turn.tx, offer_id)
    return await _whole(turn, words(tag), offer)


async def _whole(
    turn: Turn,
    spoken: Words,
    offer: Offer,
    *,
    edit: bool = False,
    wanted_by: str = "",
    keeper: bool = False,
    kept: bool | None = None,
) -> Screen:
    """The whole card in these words, whoever reads it; the names are those of `full_card`."""
    house, language = turn.services.house, spoken.language
    said = await turn.services.translations.spoken(turn.tx, [offer], language)
    return cards.full_card(
        spoken,
        offer,
        turn.services.offers.next_dates(offer, turn.now, 3),
        turn.now,
        edit=edit,
        review_days=turn.review_days,
        wanted_by=wanted_by,
        keeper=keeper,
        share=house.deep_link(f"offer_{offer.id}") if house.bot_username else "",
        page=house.page(language, offer.id),
        kept=kept,
        said=said.get(offer.id, UNSPOKEN),
    )
