"""What is found for a question, in which order, and what a hit says it lacks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import kinds, places
from offers.search import OfferIndex
from offers.types import DAYTIMES, LEVELS, Offer, Query, SearchResult, Topic
from tests.catalogue import UNCONFIRMED_FOR, offer, sample, schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def index(*offers: Offer) -> OfferIndex:
    names = {k: tuple(words(tag).plain(f"kind.{k}") for tag in LANGUAGES) for k in kinds.load()}
    return OfferIndex(offers, places.load(), kinds.load(), names, unconfirmed_for=UNCONFIRMED_FOR)


SAMPLE = index(*(found for found in sample() if found.status == "published"))


def ask(text: str = "", limit: int = 3, **filters: Any) -> SearchResult:
    return SAMPLE.search(Query(text=text, **filters), NOW, limit)


def ids(result: SearchResult) -> list[str]:
    return [hit.offer.external_id for hit in result.hits]


def kinds_of(result: SearchResult) -> list[str]:
    return [hit.offer.kind for hit in result.hits]


def only(offers: Sequence[Offer], limit: int = 3, **query: Any) -> list[str]:
    found = index(*offers).search(Query(**{"topic": "german_course", **query}), NOW, limit)
    return [hit.offer.id for hit in found.hits]


def test_a_course_with_childcare_asked_for_in_arabic() -> None:
    found = ask("اريد كورس الماني في هار مع حضانة اطفال", topic="german_course", place="Haar", childcare=True)
    assert found.hits[0].offer.place == "Haar"
    assert found.hits[0].offer.childcare == "yes"
    assert all(hit.offer.childcare != "no" for hit in found.hits)
    assert found.hits[0].misses == ()
    assert found.hits[0].near == "same"


def test_level_evening_and_place() -> None:
    found = ask(
        "Deutschkurs B1 abends in Unterschleißheim",
        topic="german_course",
        place="Unterschleißheim",
        level="B1",
        daytime="evening",
    )
    assert ids(found)[0] == "deutsch-b1-abend-unterschleissheim"
    assert found.hits[0].misses == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Deutshkurs", "german_course"),
        ("Kurs für Deutsch", "german_course"),
        ("Fussball", "football"),
        ("Fußbal spielen", "football"),
        ("where can I play football", "football"),
        ("Nähkurs", "sewing"),
        ("schuldnerberatungsstelle", "debt_advice"),
        ("Schuldenberatung", "debt_advice"),
        ("Fahrad reparieren", "bicycle_workshop"),
        ("Mieterfuehrerschein", "tenants_licence"),
        ("Mieterführerscheine", "tenants_licence"),
        ("Auslaenderbehoerde", "foreigners_office"),
        ("Jobcenter Termin", "jobcenter"),
        ("Hausaufgabenhlfe", "homework_help"),
        ("Rückkehrberatung", "return_advice"),
    ],
)
def test_words_alone_find_the_kind(text: str, kind: str) -> None:
    assert kinds_of(ask(text))[0] == kind


@pytest.mark.parametrize(
    "text", ["", "   ", "asdfgh qwertz", "???", "ich möchte bitte", "🦄" * 100, "x" * 4000]
)
def test_without_topic_and_sense_nothing_is_found(text: str) -> None:
    found = ask(text)
    assert found.hits == ()
    assert found.total == 0


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("childcare", [None, True])
def test_a_topic_never_leaves_empty_hands(topic: Topic, childcare: bool | None) -> None:
    for level in (None, *LEVELS):
        for daytime in (None, *DAYTIMES):
            found = ask(
                topic=topic.value,
                place="Aying",
                level=level,
                daytime=daytime,
                childcare=childcare,
                audience="men",
            )
            assert found.hits
            assert found.total >= len(found.hits)
            assert {hit.offer.topic for hit in found.hits} == {topic.value}


def test_what_is_missed_is_said() -> None:
    found = ask(
        topic="german_course", place="Garching", childcare=True, level="B2", daytime="evening", text="B2 Kurs"
    )
    for hit in found.hits:
        assert hit.offer.childcare != "no"
        assert "level" in hit.misses or "B2" in (hit.offer.level_min, hit.offer.level_max)
        assert ("place" in hit.misses) == (hit.near == "far")


def test_one_filter_after_the_other_is_given_up_childcare_last() -> None:
    evening = (schedule(opens_at="18:00", closes_at="20:00"),)
    morning = (schedule(),)
    offers = [
        offer(
            "childcare", childcare="yes", schedules=morning, place="Sauerlach", level_min="A1", level_max="A1"
        ),
        offer("level", schedules=evening, level_min="B1", level_max="B1"),
        offer("daytime", schedules=morning, level_min="B1", level_max="B1"),
    ]
    query: dict[str, Any] = {"place": "Haar", "level": "B1", "daytime": "evening", "childcare": True}
    assert only(offers, **query)[0] == "childcare"
    query["childcare"] = None
    assert only(offers, **query) == ["level", "daytime"]


def test_offers_that_miss_much_are_not_mixed_with_ones_that_fit() -> None:
    offers = [offer("fits", level_min="A1", level_max="A1"), offer("other", level_min="C1", level_max="C1")]
    assert only(offers, level="A1") == ["fits"]


def test_a_level_close_by_comes_before_one_far_off() -> None:
    offers = [offer("a1", level_min="A1", level_max="A1"), offer("b1", level_min="B1", level_max="B1")]
    assert only(offers, level="B2") == ["b1", "a1"]


def test_same_place_then_neighbour_then_line_then_far() -> None:
    wanted = ["Haar", "Putzbrunn", "Gräfelfing", "Sauerlach"]
    offers = [offer(place, place=place) for place in reversed(wanted)]
    found = index(*offers).search(Query(topic="german_course", place="Haar"), NOW, 4)
    assert [hit.offer.place for hit in found.hits] == wanted
    assert [hit.near for hit in found.hits] == ["same", "neighbour", "line", "far"]
    assert [hit.misses for hit in found.hits] == [(), (), (), ("place",)]
    assert [hit.distance_km is not None for hit in found.hits] == [False, False, False, True]


def test_from_a_location_the_nearest_comes_first_with_its_distance() -> None:
    offers = [offer(place, place=place) for place in ("Garching", "Ottobrunn", "Haar")]
    found = index(*offers).search(Query(topic="german_course", location=(48.107, 11.73)), NOW)
    assert [hit.offer.place for hit in found.hits] == ["Haar", "Ottobrunn", "Garching"]
    distances = [hit.distance_km or 0.0 for hit in found.hits]
    assert distances == sorted(distances)
    assert distances[-1] > 10
    assert all("place" not in hit.misses for hit in found.hits)


def test_full_offers_come_after_free_ones_and_a_past_deadline_counts_as_full() -> None:
    offers = [
        offer("full", free_places=0),
        offer("late", place="Garching", registration_deadline=date(2026, 11, 1)),
        offer("free", place="Ottobrunn", free_places=1),
    ]
    assert only(offers, place="Haar")[0] == "free"
    assert set(only(offers, limit=5)) == {"free", "full", "late"}


def test_audience() -> None:
    offers = [offer("men", audience=("men",)), offer("all"), offer("women", audience=("women", "seniors"))]
    assert only(offers, audience="women") == ["women", "all"]
    found = index(offers[0]).search(Query(topic="german_course", audience="women"), NOW)
    assert found.hits[0].misses == ("audience",)


def test_childcare_on_request_comes_after_childcare() -> None:
    offers = [offer("request", childcare="on_request"), offer("no"), offer("yes", childcare="yes")]
    assert only(offers, childcare=True) == ["yes", "request"]


def test_by_appointment_comes_after_the_time_that_was_asked_for() -> None:
    offers = [
        offer("appointment"),
        offer("evening", schedules=(schedule(opens_at="18:00", closes_at="19:00"),)),
    ]
    assert only(offers, daytime="evening") == ["evening", "appointment"]


def test_ended_series_are_left_out_unless_there_is_nothing_else() -> None:
    over = offer("over", schedules=(schedule(valid_to=date(2026, 10, 1)),))
    assert only([over, offer("runs", schedules=(schedule(),))]) == ["runs"]
    found = index(over).search(Query(topic="german_course"), NOW)
    assert found.hits[0].misses == ("dates",)


def test_a_series_ends_while_the_index_lives() -> None:
    last = date(2026, 11, 30)
    both = index(offer("soon", schedules=(schedule(valid_to=last),)), offer("runs", place="Garching"))
    query = Query(topic="german_course", place="Haar")
    assert both.search(query, NOW).hits[0].offer.id == "soon"
    assert both.search(query, NOW + timedelta(days=7)).hits[0].offer.id == "runs"
    assert both.search(query, NOW).hits[0].offer.id == "soon"


def test_what_the_words_name_comes_before_what_is_near() -> None:
    found = ask("Gitarre spielen in Haar", topic="leisure", place="Haar")
    assert kinds_of(found)[0] == "music"
    assert all("topic" in hit.misses for hit in found.hits if hit.offer.kind != "music")


def test_another_topic_is_shown_when_only_it_goes_by_the_word() -> None:
    found = ask("Fahrradwerkstatt", topic="leisure")
    assert found.hits[-1].offer.kind == "bicycle_workshop"
    assert "topic" in found.hits[-1].misses


DELICATE = {kind.id for kind in kinds.load().values() if kind.unasked == "never"}


@pytest.mark.parametrize(
    "query",
    [
        Query("ich brauche einen Arzt", "health"),
        Query("mein Mann ist krank", "health"),
        Query("Beratung für Frauen", "health", audience="women"),
        Query("Hilfe", "health", "Ottobrunn"),
        Query("Wohnung sicher", "housing"),
        Query("", "health"),
        Query("", "housing"),
        Query("", place="Haar"),
        Query("Beratung Heimat"),
        Query("psst"),
    ],
)
def test_delicate_offers_never_come_unasked(query: Query) -> None:
    found = SAMPLE.search(query, NOW, 200)
    assert not {hit.offer.kind for hit in found.hits} & DELICATE


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (Query("mein Mann schlägt mich", "health"), "violence_help"),
        (Query("Frauenhaus", "housing"), "violence_help"),
        (Query("زوجي يضربني", "health"), "violence_help"),
        (Query("чоловік б'є мене", "legal_advice"), "violence_help"),
        (Query("شوهرم خشونت می‌کند", "health"), "violence_help"),
        (Query("ich habe Albträume", "health"), "trauma_therapy"),
        (Query("psychologist", "health"), "trauma_therapy"),
        (Query("Beratung für Schwule", "health"), "lgbt_help"),
        (Query("", "return_advice"), "return_advice"),
        (Query("I want to go back home"), "return_advice"),
    ],
)
def test_delicate_offers_are_found_when_asked_for(query: Query, kind: str) -> None:
    assert SAMPLE.search(query, NOW).hits[0].offer.kind == kind


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Bewerbungshilfe", "application_help"), ("Schwangerenberatung", "pregnancy_advice"), ("Fahrradwerkstatt", "bicycle_workshop"),
        ("Schuldnerberatung", "debt_advice"), ("Integrationskurs", "integration_course"), ("Hausaufgabenhilfe", "homework_help"),
        ("Führerscheinstelle", "driving_licence_office"), ("Sprachcafé", "language_cafe"), ("Einwohnermeldeamt", "registry_office"),
    ],
)  # fmt: skip
def test_one_slip_of_the_finger_changes_nothing(written: str, kind: str) -> None:
    slips = [written[:i] + written[i + 1 :] for i in range(1, len(written))]
    slips += [
        written[:i] + written[i + 1] + written[i] + written[i + 2 :] for i in range(1, len(written) - 1)
    ]
    slips += [written[:i] + "x" + written[i + 1 :] for i in range(1, len(written))]
    found = [kind in kinds_of(ask(slip)) for slip in slips]
    assert sum(found) / len(found) >= 0.96, [
        slip for slip, good in zip(slips, found, strict=True) if not good
    ]


def test_unknown_filters_do_no_harm() -> None:
    found = ask(
        "Deutschkurs", topic="german_course", place="Hamburg", level="Z9", daytime="midnight", audience="cats"
    )
    assert found.hits


def test_an_empty_catalogue() -> None:
    assert index().search(Query("Deutschkurs", "german_course", "Haar"), NOW).hits == ()


def test_translations_are_searched() -> None:
    translated = offer("t", name="Nachbarschaftstreff", texts=("ملتقى الجيران والموسيقى",))
    found = index(translated, *(offer(str(n)) for n in range(30))).search(Query("الجيران"), NOW)
    assert [hit.offer.id for hit in found.hits] == ["t"]


def test_what_nobody_confirms_ranks_behind_what_somebody_did() -> None:
    day = NOW.date()
    fresh = offer("fresh", name="Kurs", assured_date=day - timedelta(days=10))
    late = offer("a-late", name="Kurs", assured_date=day - timedelta(days=120))
    stale = offer("a-stale", name="Kurs", assured_date=day - timedelta(days=160))
    never = offer("a-never", name="Kurs")
    assert only([never, fresh]) == [fresh.id, never.id]
    assert only([stale, fresh]) == [fresh.id, stale.id]
    assert only([late, fresh]) == [late.id, fresh.id]


def test_what_nobody_confirms_is_no_first_card_because_it_is_nearest() -> None:
    neighbour = offer("fresh", name="Kurs", place="Grasbrunn", assured_date=NOW.date())
    far = offer("far", name="Kurs", place="Unterschleißheim", assured_date=NOW.date())
    for assured in (None, NOW.date() - timedelta(days=160)):
        near = offer("near", name="Kurs", place="Haar", assured_date=assured)
        here: dict[str, Any]
        for here in ({"place": "Haar"}, {"location": (48.108, 11.729)}):
            found = index(near, far, neighbour).search(Query("", "german_course", **here), NOW)
            assert [hit.offer.id for hit in found.hits] == ["fresh", "near", "far"], here


def test_one_and_the_same_series_meets_weekday_and_daytime() -> None:
    mornings, tuesday = (
        schedule(byday="MO,WE", opens_at="10:00", closes_at="13:00"),
        schedule(byday="TU", opens_at="16:00", closes_at="18:00"),
    )
    both = offer("both", schedules=(mornings, tuesday))
    built = index(both)
    query = Query(topic="german_course", weekday="MO", daytime="afternoon")
    [hit] = built.search(query, NOW).hits
    assert hit.misses == ("daytime",)
    assert built.fitting(query, NOW) == []
    for weekday, daytime in (("MO", "morning"), ("TU", "afternoon")):
        [fits] = built.fitting(Query(topic="german_course", weekday=weekday, daytime=daytime), NOW)
        assert fits.misses == ()
    [hit] = built.search(Query(topic="german_course", weekday="FR", daytime="afternoon"), NOW).hits
    assert hit.misses == ("weekday",)
