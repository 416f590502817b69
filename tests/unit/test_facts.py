"""When an offer takes place, as its card says it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.views import cards
from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import dates, facts
from offers.types import DateException, Hit, Offer, Schedule, Status
from tests.catalogue import REVIEW_DAYS, sample

NOW = datetime(2027, 2, 5, 9, tzinfo=UTC)
MONDAY = Schedule(date(2027, 1, 11), None, "WEEKLY", 1, "MO", "18:00", "19:30", "public", "")


def offer(*exceptions: DateException) -> Offer:
    return replace(sample()[0], schedules=(MONDAY,), exceptions=exceptions)


def said(found: Offer, language: str) -> list[str]:
    coming = dates.next_dates(found, NOW, 1)
    lines = [
        facts.when(words(language), found, coming),
        *facts.hours(words(language), found, coming, NOW.date()),
    ]
    return [str(line) for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hours_of_a_moved_date_stand_beside_it(language: str) -> None:
    moved = DateException(date(2027, 2, 8), "18:00", date(2027, 2, 12), "10:00", "11:30")
    [coming] = dates.next_dates(replace(offer(moved), exceptions=()), NOW, 1)
    assert coming.starts_at.day == 8
    at = str(facts.date_line(words(language), dates.moved_date(moved) or coming))
    when, weekly, following = said(offer(moved), language)
    assert at in when
    assert at in following
    assert at not in weekly


def test_hours_are_said_once_where_the_next_date_is_as_planned() -> None:
    when, weekly, following = said(offer(), "en")
    assert when.count("18:00") == weekly.count("18:00") == 1
    assert "18:00" not in following


@pytest.mark.parametrize(
    "moved",
    [
        DateException(date(2027, 2, 8), "18:00", date(2027, 2, 8), "18:00", "20:00"),
        DateException(date(2027, 2, 8), "18:00", date(2027, 2, 8), "17:00", "18:30"),
    ],
)
def test_so_do_other_hours_on_the_same_day(moved: DateException) -> None:
    when, _, following = said(offer(moved), "en")
    assert moved.moved_closes_at in when
    assert moved.moved_closes_at in following


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("schedules", [(), (MONDAY,)])
@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED])
def test_an_entry_that_pauses_or_has_ended_says_so_and_asks_nobody_to_come(
    language: str, schedules: tuple[Schedule, ...], status: Status
) -> None:
    closed = replace(sample()[0], schedules=schedules, status=status.value)
    expected = [str(words(language)("card." + status.value))]
    assert [str(facts.when(words(language), closed, ()))] == expected
    assert [str(line) for line in facts.hours(words(language), closed, (), NOW.date())] == expected
    for card in (
        cards.short_card(words(language), Hit(closed, None, None, ()), (), NOW, review_days=REVIEW_DAYS),
        cards.full_card(words(language), closed, (), NOW, edit=False, review_days=REVIEW_DAYS),
    ):
        assert expected[0] in card.text
        taps = [button.data for row in card.rows for button in row if button.data]
        assert taps
        assert not [data for data in taps if data.startswith(("want", "ics"))]
        assert str(words(language)("card.by_appointment")) not in card.text


def test_an_entry_is_marked_when_it_was_asked_about_twice_by_the_cycle_of_the_house() -> None:
    checked = replace(sample()[0], assured_date=date(2027, 1, 1))
    for days, since, stale in ((28, 35, False), (28, 36, True), (92, 36, False), (92, 100, True)):
        now = datetime(2027, 1, 1, 9, tzinfo=UTC) + timedelta(days=since)
        assert facts.is_stale(checked, now, days) is stale, (days, since)
        short = cards.short_card(words("en"), Hit(checked, None, None, ()), (), now, review_days=days)
        said = "not confirmed since" in short.text
        assert said is stale
        assert facts.checked(words("en"), checked, now, days).startswith("⚠️") is stale
