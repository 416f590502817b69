"""The phrase book: complete in both languages, slots and words in step, and nothing else gets in."""

from collections import Counter

import pytest

from agreements.types import (
    AppointmentStatus,
    HelpReason,
    MilestoneStatus,
    ReminderState,
    RequestKind,
)
from i18n import phrases
from i18n.messages import words
from i18n.phrases import PHRASES, Category, Phrase, PhraseError, SlotKind

FILLED = {
    "date": "2027-02-03",
    "time": "14:05",
    "place": "Haar",
    "paper": "school_certificate",
    "office": "jobcenter",
    "offer": "Deutsch am Abend",
}


def test_the_book_is_large_enough() -> None:
    counts = Counter(phrase.category for phrase in PHRASES.values())
    assert counts[Category.MILESTONE] >= 24
    assert counts[Category.APPOINTMENT] >= 10
    assert counts[Category.ANSWER] >= 12
    assert len(PHRASES) >= 150
    assert sum(len(phrases.of_category(category)) for category in Category) == len(PHRASES)
    assert all(len(phrase.id) <= 40 for phrase in PHRASES.values())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("phrase", PHRASES.values(), ids=lambda phrase: phrase.id)
def test_every_phrase_is_said_with_its_slots(phrase: Phrase, language: str) -> None:
    spoken = words(language)
    slots = {kind.value: FILLED[kind] for kind in phrase.slots}
    assert spoken.has(phrase.key)
    text = str(
        spoken.render(
            phrases.message(phrase.id, phrases.checked(phrase.id, phrase.category, slots), language)
        )
    )
    shown = {
        "date": "2027",
        "time": "14:05",
        "place": "Haar",
        "paper": spoken.plain("paper.school_certificate"),
        "office": spoken.plain("office.jobcenter"),
        "offer": "Deutsch am Abend",
    }
    for kind in phrase.slots:
        assert shown[kind] in text
    assert "{" not in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_word_of_a_closed_list_is_there(language: str) -> None:
    spoken = words(language)
    keys = [f"paper.{paper}" for paper in phrases.PAPERS]
    keys += [f"office.{office}" for office in phrases.OFFICES]
    keys += [f"help.{reason.value}" for reason in HelpReason]
    keys += [f"milestone.status.{status.value}" for status in MilestoneStatus]
    keys += [f"appointment.status.{status.value}" for status in AppointmentStatus]
    keys += [f"reminder.state.{state.value}" for state in ReminderState]
    keys += [f"request.kind.{kind.value}" for kind in RequestKind]
    assert [key for key in keys if not spoken.plain(key)] == []


@pytest.mark.parametrize(
    ("phrase", "category", "slots"),
    [
        ("no_such_phrase", Category.MILESTONE, {}),
        ("write_cv", Category.ANSWER, {}),
        ("write_cv", Category.MILESTONE, {"date": "2027-02-03"}),
        ("extended", Category.ANSWER, {}),
        ("extended", Category.ANSWER, {"date": "3.2.2027"}),
        ("extended", Category.ANSWER, {"date": "2027-02-30"}),
        ("come_to_my_office", Category.ANSWER, {"date": "2027-02-03", "time": "25:00"}),
        ("fill_form", Category.MILESTONE, {"paper": "love_letter"}),
        ("visit_office", Category.MILESTONE, {"office": "love_office"}),
        ("place_for_you", Category.ANSWER, {"offer": "x" * 121}),
        ("join_club", Category.MILESTONE, {"place": " "}),
        ("join_club", Category.MILESTONE, {"place": "x" * 61}),
        ("join_club", Category.MILESTONE, {"place": "Haar\n"}),
    ],
)
def test_what_does_not_fit_is_refused(phrase: str, category: Category, slots: dict[str, str]) -> None:
    with pytest.raises(PhraseError):
        phrases.checked(phrase, category, slots)


def test_slots_are_stored_in_one_spelling() -> None:
    slots = {SlotKind.DATE.value: "2027-02-03", SlotKind.TIME.value: "09:05:00"}
    assert phrases.checked("come_to_my_office", Category.ANSWER, slots) == {
        "date": "2027-02-03",
        "time": "09:05",
    }
