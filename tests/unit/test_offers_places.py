"""Places, their spellings and how near they are to one another."""

import pytest

from offers import kinds, places
from offers.types import Topic

PLACES = places.load()


@pytest.mark.parametrize(
    ("written", "name"),
    [("Haar", "Haar"), ("haar", "Haar"), ("Lohhof", "Unterschleißheim"), ("Unterschleissheim", "Unterschleißheim"),
     ("munich", "München"), ("Muenchen", "München"), ("Gronsdorf", "Haar")],
)  # fmt: skip
def test_a_place_is_found_by_every_spelling(written: str, name: str) -> None:
    found = PLACES.find(written)
    assert found is not None
    assert found.name == name


def test_elsewhere_is_unknown() -> None:
    assert PLACES.find("Hamburg") is None


@pytest.mark.parametrize(
    ("here", "there", "near"),
    [("Haar", "Haar", "same"), ("Haar", "Putzbrunn", "neighbour"), ("Haar", "München", "neighbour"),
     ("Unterschleißheim", "München", "line"), ("Aying", "München", "line"), ("Unterschleißheim", "Sauerlach", "far"),
     ("Taufkirchen", "Sauerlach", "line"), ("Haar", "Hamburg", "far")],
)  # fmt: skip
def test_nearness(here: str, there: str, near: str) -> None:
    assert PLACES.nearness(here, there) == near
    assert PLACES.nearness(there, here) == near


def test_neighbours_know_each_other_and_exist() -> None:
    for place in PLACES:
        for neighbour in place.neighbours:
            other = PLACES.find(neighbour)
            assert other is not None, neighbour
            assert place.name in other.neighbours, (place.name, neighbour)


def test_the_nearest_place_and_distance() -> None:
    assert PLACES.nearest(48.107, 11.73).name == "Haar"
    assert PLACES.distance_km("Haar", "Unterschleißheim") == pytest.approx(22, abs=1)
    assert PLACES.distance_from((48.1372, 11.5755), "München") == 0
    assert PLACES.distance_km("Haar", "Hamburg") is None


def test_there_are_thirty_places_and_every_topic_has_kinds() -> None:
    assert len(PLACES.names) == 30
    assert {kind.topic for kind in kinds.load().values()} == {topic.value for topic in Topic}


def test_delicate_kinds_say_how_they_are_asked_for() -> None:
    delicate = {kind.id for kind in kinds.load().values() if kind.unasked == "never"}
    assert delicate == {
        "return_advice", "return_start_help", "violence_help", "trauma_therapy", "lgbt_help", "lgbt_housing",
    }  # fmt: skip
    assert all(kind.asked for kind in kinds.load().values() if kind.unasked == "never")
