"""What a profile adds to a question, and what of a question is kept."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.turn import House
from bot.views import cards
from bot.views.saved import MARKS, kept_screen, said_filters
from i18n.messages import words
from offers.saved import rules
from offers.saved.types import MOST, MOST_OFFERS
from offers.types import AUDIENCES, LEVELS, WEEKDAYS, Query, Status
from tests.catalogue import REVIEW_DAYS, sample

QUERIES = st.builds(
    Query,
    text=st.text(max_size=20),
    topic=st.sampled_from((None, "work", "health")),
    place=st.sampled_from((None, "Haar", "Garching")),
    level=st.sampled_from((None, *LEVELS)),
    audience=st.sampled_from((None, *AUDIENCES)),
    childcare=st.sampled_from((None, True)),
    weekday=st.sampled_from((None, *WEEKDAYS)),
    free=st.sampled_from((None, True)),
)
MOTHER = {"place": "Haar", "level": "A1", "audience": "parents", "childcare": True}


def test_a_profile_fills_what_was_not_asked_for() -> None:
    asked = rules.with_profile(Query(text="Deutsch", topic="german_course", level="B1"), MOTHER)
    assert (asked.place, asked.level, asked.audience, asked.childcare) == ("Haar", "B1", "parents", True)
    assert (asked.text, asked.topic) == ("Deutsch", "german_course")


def test_a_sent_location_is_nearer_than_the_place_of_a_profile() -> None:
    assert rules.with_profile(Query(location=(48.1, 11.7)), MOTHER).place is None


def test_topic_and_words_never_belong_to_a_profile() -> None:
    assert rules.profile_of(Query(text="Frau Muster sucht", topic="health", place="Haar")) == {
        "place": "Haar"
    }
    assert rules.profile_of(Query(text="Frau Muster")) == {}


@given(QUERIES)
def test_a_kept_question_asks_the_same_again(query: Query) -> None:
    assert rules.asked(rules.kept(query)) == query
    assert rules.with_profile(query, rules.profile_of(query)) == query


def test_a_place_in_a_kindergarten_needs_no_childcare_beside_it() -> None:
    mother = {"place": "Haar", "childcare": True}
    assert rules.with_profile(Query(topic="school"), mother) == Query(topic="school", place="Haar")
    course = Query(topic="german_course")
    assert rules.with_profile(course, mother) == replace(course, place="Haar", childcare=True)


def test_every_colour_is_another_and_the_first_free_one_is_taken() -> None:
    assert len(set(MARKS)) == MOST
    assert rules.free_mark({0, 1, 3}, MOST) == 2
    assert rules.free_mark(set(range(MOST)), MOST) is None


def test_a_card_leads_to_the_published_page_in_the_readers_language_where_there_is_one() -> None:
    nowhere = House("Landkreis", "Beratung", "089 1", "lotse_bot")
    offer, now = sample()[0], datetime(2026, 12, 1, 9, tzinfo=UTC)
    house = replace(
        nowhere, public_url="https://lotse.example/katalog/", has_page={"abc", offer.id}.__contains__
    )
    assert nowhere.page("ar", "abc") == ""
    assert house.page("ar", "abc") == "https://lotse.example/katalog/ar/offer-abc.html"
    assert house.page("ar", "entered-since-then") == ""
    for page in ("", house.page("ar", offer.id)):
        card = cards.full_card(
            words("ar"),
            offer,
            (),
            now,
            edit=False,
            share="https://t.me/x",
            page=page,
            review_days=REVIEW_DAYS,
        )
        links = [button.url for row in card.rows for button in row if button.url]
        assert links[1:] == ([page] if page else [])
        assert links[0].startswith("https://t.me/share/url?")
    for status in ("paused", "ended"):
        closed = replace(offer, status=status)
        card = cards.full_card(
            words("ar"), closed, (), now, edit=False, page="https://x.example/1", review_days=REVIEW_DAYS
        )
        assert not [button for row in card.rows for button in row if button.url], "no page is written of it"


def test_a_profile_is_said_by_its_filters() -> None:
    assert said_filters(words("en"), MOTHER) == "Haar · A1 · parents · Childcare"


def test_every_remembered_offer_has_a_page_and_a_draft_shows_nothing_but_its_kind() -> None:
    course = next(offer for offer in sample() if offer.kind == "integration_course")
    many = [replace(course, id=f"offer{number}") for number in range(MOST_OFFERS)]
    many[-1] = replace(many[-1], name="Noch geheim", status=Status.DRAFT)
    screens = [kept_screen(words("de"), many, page, feedback=False) for page in range(4)]
    taps = [button.data for screen in screens for row in screen.rows for button in row]
    assert [data for data in taps if data.startswith("card:")] == [f"card:{o.id}" for o in many[:-1]]
    assert f"kept:{many[-1].id}:off" in taps
    assert {"kept.page:0", "kept.page:3"} <= set(taps)
    assert "Noch geheim" not in str(screens[-1])
