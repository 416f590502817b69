"""Who is responsible for what: the entries with their offices, where they are missing, and new entries of the catalogue."""

from desk.pages.catalogue import duty_choices, refusing
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.languages import SOURCE
from i18n.messages import words
from offers import kinds, places
from offers.beginning import NewOffer
from offers.responsible import matters, rules
from people.errors import NotFoundError
from people.types import Permission as May

_PROVIDERS = 100_000


async def every(turn: Turn) -> Answer:
    """Which office answers for what, for whom and where."""
    found = await turn.services.responsible.overview(turn.tx, turn.actor)
    matter, place = turn.query("matter"), places.load().find(turn.query("place"))
    shown = [
        entry
        for entry in found.entries
        if (entry.matter == matter or matter not in matters.load())
        and (place is None or rules.covers(entry, place.name, center=place.is_center))
    ]
    gaps = [gap for gap in found.uncovered if gap.matter == matter or matter not in matters.load()]
    values = {
        "found": found,
        "entries": shown,
        "gaps": [gap for gap in gaps if place is None or place.name in gap.places],
        "matter": matter,
        "place": place.name if place else "",
        **duty_choices(),
    }
    return Page("offices.html", values)


async def change(turn: Turn) -> Answer:
    """The office answers for one matter more, or for one less."""
    offer_id, service = turn.part("offer_id"), turn.services.responsible
    match turn.typed("do"):
        case "add":
            where, papers = turn.chosen("places"), turn.chosen("residence_status")
            await service.add(turn.tx, turn.actor, offer_id, turn.typed("matter"), papers, where)
        case "remove":
            await service.remove(turn.tx, turn.actor, offer_id, turn.typed("entry"))
        case _:
            raise NotFoundError
    return Go(f"/offers/{offer_id}#responsible", "offer_saved")


async def new(turn: Turn) -> Answer:
    """What a new entry needs to begin with."""
    providers = await turn.services.editing.providers(turn.tx, turn.actor, "", _PROVIDERS)
    values = {
        "kinds": sorted(kinds.load().values(), key=lambda kind: turn.words.plain(f"kind.{kind.id}")),
        "kind": turn.query("kind"),
        "providers": providers,
        "places": places.load().names,
    }
    return Page("offer_new.html", values)


async def begin(turn: Turn) -> Answer:
    """A draft with what was typed; the rest is filled in on its page."""
    wanted = NewOffer(
        kind=turn.typed("kind"),
        name=turn.typed("name").strip(),
        provider_id=turn.typed("provider"),
        provider_name=turn.typed("provider_name").strip(),
        place=turn.typed("place"),
        schedules=(),
        phone=turn.typed("phone").strip(),
        source=words(SOURCE).plain("ed.source"),
    )
    with refusing():
        offer = await turn.services.editing.create(turn.tx, turn.actor, wanted, turn.now)
    return Go(f"/offers/{offer.id}", "offer_begun")


_MAY = May.KEEP_CATALOGUE
ROUTES = (
    DeskRoute("GET", "/catalogue/offices", every, _MAY, "who is responsible for what"),
    DeskRoute("GET", "/catalogue/new", new, _MAY, "begin an entry"),
    DeskRoute("POST", "/catalogue/new", begin, _MAY, "keep it as a draft"),
    DeskRoute("POST", "/offers/{offer_id}/responsible", change, _MAY, "what an office is responsible for"),
)
