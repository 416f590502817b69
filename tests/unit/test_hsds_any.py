"""Any catalogue of ours is the same after it was HSDS, as JSON and as a data package, and what stands there names its zone and its first date."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers import dates, kinds, places, rules
from offers.hsds import reading, services, tabular
from offers.responsible import matters
from offers.responsible.types import DISTRICT, Responsibility
from offers.types import (
    AUDIENCES,
    BARRIER_FREE,
    BRING,
    CHILDCARE,
    DISTRICT_FINANCED,
    FIELDS_OF_ACTION,
    LANGUAGE_CODES,
    LEVELS,
    REGISTRATION,
    RESIDENCE,
    SKIP_HOLIDAYS,
    WEEKDAYS,
    Offer,
    Provider,
    Schedule,
    Status,
)
from tests import catalogue

_TEXT = st.text("abcäöüß,;|/\"'<&0 ابتІґ😀", max_size=20).map(lambda text: " ".join(text.split()))
_SAID = _TEXT.filter(bool)
_DAY = st.dates(date(2020, 1, 1), date(2040, 1, 1))
_PHONE = st.sampled_from(["", "089 99998 001", "+49 89 99998-002"])
_EMAIL = st.sampled_from(["", "kurs@verein.example"])
_URL = st.sampled_from(["", "https://verein.example/kurs?a=1&b=2"])
_PLACE = st.sampled_from([place.name for place in places.load()])
_CODE = st.sampled_from(["", "85540", "82008"])


def _some(codes: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(codes)), unique=True, max_size=3).map(tuple)


def _one(codes: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(codes))


@st.composite
def _schedules(draw: st.DrawFn) -> Schedule:
    start = draw(st.integers(0, 23 * 60 + 58))
    end = draw(st.none() | st.integers(start + 1, 23 * 60 + 59))
    hours = [f"{minute // 60:02}:{minute % 60:02}" if minute is not None else "" for minute in (start, end)]
    first, note, skip = draw(_DAY), draw(_TEXT), draw(_one(SKIP_HOLIDAYS))
    freq = draw(st.sampled_from(["ONCE", "WEEKLY", "MONTHLY"]))
    if freq == "ONCE":
        return Schedule(first, first, freq, 1, "", *hours, skip, note)
    days = sorted(draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1)), key=WEEKDAYS.index)
    number = draw(st.sampled_from([1, 2, 5, -1])) if freq == "MONTHLY" else ""
    last = draw(st.none() | st.integers(0, 900).map(lambda more: first + timedelta(days=more)))
    interval = draw(st.sampled_from([1, 1, 2, 3, 52]))
    return Schedule(
        first, last, freq, interval, ",".join(f"{number}{day}" for day in days), *hours, skip, note
    )


def _provider(draw: st.DrawFn, external_id: str) -> Provider:
    return Provider(
        rules.stable_id("organization", external_id), external_id, draw(_SAID), draw(_TEXT), draw(_PLACE | st.just("")),
        draw(_TEXT), draw(_CODE), draw(_PHONE), draw(_EMAIL), draw(_URL),
    )  # fmt: skip


@st.composite
def _offers(draw: st.DrawFn, external_id: str, provider: Provider) -> Offer:
    kind = draw(st.sampled_from(list(kinds.load().values())))
    low, high = sorted(draw(st.tuples(_one(LEVELS), _one(LEVELS))), key=LEVELS.index)
    free, more = draw(st.none() | st.integers(0, 30)), draw(st.none() | st.integers(0, 30))
    cost = draw(st.sampled_from(["free", "reduced", "fee"]))
    amount = st.none() | st.decimals("0.01", "999", places=2)
    return catalogue.offer(
        rules.stable_id("service", external_id),
        external_id=external_id,
        provider=provider,
        topic=kind.topic,
        kind=kind.id,
        field_of_action=draw(_one(FIELDS_OF_ACTION)),
        name=draw(_SAID),
        summary=draw(_TEXT),
        description=draw(st.lists(_SAID, max_size=3).map("\n".join)),
        keywords=draw(st.lists(st.sampled_from(["Lesen", "Hilfe bei Schulden"]), unique=True).map(tuple)),
        place=draw(_PLACE),
        location_name=draw(_TEXT),
        transportation=draw(_TEXT),
        address_1=draw(_TEXT),
        postal_code=draw(_CODE),
        level_min=draw(st.sampled_from([None, low])),
        level_max=draw(st.sampled_from([None, high])),
        audience=draw(_some(AUDIENCES)),
        childcare=draw(_one(CHILDCARE)),
        languages=draw(_some(LANGUAGE_CODES)),
        cost=cost,
        cost_amount=draw(amount) if cost != "free" else None,
        residence_status=draw(_some(RESIDENCE)),
        registration=draw(_one(REGISTRATION)),
        registration_deadline=draw(st.none() | _DAY),
        capacity=more if free is None or more is None else free + more,
        free_places=free,
        barrier_free=draw(_one(BARRIER_FREE)),
        phone=draw(_PHONE),
        email=draw(_EMAIL),
        url=draw(_URL),
        bring=draw(_some(BRING)),
        source=draw(_SAID),
        owner=draw(_TEXT),
        district_financed=draw(_one(DISTRICT_FINANCED)),
        cooperation_until=draw(st.none() | _DAY),
        assured_date=draw(st.none() | _DAY),
        status=draw(st.sampled_from([status.value for status in Status])),
        schedules=tuple(draw(st.lists(_schedules(), max_size=3))),
    )


@st.composite
def _catalogues(draw: st.DrawFn) -> tuple[list[Offer], list[Responsibility]]:
    providers = [_provider(draw, "verein"), _provider(draw, "13d37eb9-b088-545c-946f-6d61db8bba82")]
    ids = ["kurs", "ccea2bf0-6ec4-5f74-b983-28df235baae3", "treff.2"][: draw(st.integers(1, 3))]
    offers = [draw(_offers(id_, draw(st.sampled_from(providers)))) for id_ in ids]
    where = _some([DISTRICT]) | _some([place.name for place in places.load()])
    duties = [
        Responsibility(rules.stable_id("responsibility", f"d{offer.external_id}"), f"d{offer.external_id}", offer.id,
                       draw(_one(matters.load())), draw(_some(RESIDENCE)), draw(where))
        for offer in offers
    ]  # fmt: skip
    return offers, duties[: draw(st.integers(0, len(duties)))]


@pytest.mark.parametrize("form", ["json", "datapackage"])
@settings(max_examples=40, deadline=None)
@given(made=_catalogues())
def test_any_catalogue_comes_back(form: str, made: tuple[list[Offer], list[Responsibility]]) -> None:
    offers, duties = made
    written = services.export(offers, duties)
    if form == "json":
        found = reading.parse_json(json.dumps(written).encode())
    else:
        found = reading.parse_datapackage(tabular.export_datapackage(written))
    assert found.errors == ()
    assert list(found.offers) == offers
    assert list(found.responsibilities or ()) == duties
    assert services.export(found.offers, found.responsibilities or ()) == written


def _written(schedule: Schedule) -> dict[str, Any]:
    (service,) = services.export([catalogue.offer(schedules=(schedule,))])
    found: dict[str, Any] = service["service_at_locations"][0]["schedules"][0]
    return found


@settings(max_examples=60, deadline=None)
@given(_schedules())
def test_hours_say_the_zone_that_holds_on_the_first_date(schedule: Schedule) -> None:
    written = _written(schedule)
    first = next(dates.days(schedule, schedule.valid_from, date(2060, 1, 1)), schedule.valid_from)
    noon = datetime.combine(first, time(12), dates.BERLIN).utcoffset()
    if schedule.opens_at >= "04:00":
        assert timedelta(hours=written["timezone"]) == noon
    if schedule.interval > 1:
        assert written["dtstart"] == first.isoformat()


@pytest.mark.parametrize(("first", "offset"), [(date(2026, 7, 6), 2), (date(2026, 12, 7), 1)])
def test_summer_and_winter_have_zones_of_their_own(first: date, offset: int) -> None:
    assert _written(catalogue.schedule(valid_from=first))["timezone"] == offset


def test_every_other_week_counts_from_a_date_of_the_series() -> None:
    written = _written(catalogue.schedule(valid_from=date(2026, 9, 2), byday="MO", interval=2))
    assert (written["valid_from"], written["dtstart"]) == ("2026-09-02", "2026-09-14")
    assert "dtstart" not in _written(catalogue.schedule(valid_from=date(2026, 9, 2), byday="MO"))
