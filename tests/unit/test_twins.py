"""Which entries are proposed as the same: measured on the sample and on pairs made by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from offers.twins import rules
from offers.types import Offer
from tests.catalogue import sample, schedule

BY_ID = {offer.external_id: offer for offer in sample()}
FOOTBALL, COURSE = BY_ID["fussball-graefelfing"], BY_ID["deutsch-b1-abend-unterschleissheim"]
ANOTHER = replace(FOOTBALL.provider, id="other", external_id="other", name="Anderer Träger")
SAME: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("deutsch-b1-abend-unterschleissheim", "B1 Deutschkurs abends", {}),
    ("deutsch-b1-abend-unterschleissheim", "Abendkurs Deutsch B1", {"schedules": ()}),
    ("deutsch-a1-kinderbetreuung-haar", "Deutschkurs A1 mit Kinderbetreuung (vormittags)", {"provider": ANOTHER}),
    ("deutsch-a1-kinderbetreuung-haar", "Deutsch A1 + Kinderbetreuung", {"schedules": ()}),
    ("sprachcafe-haar", "Sprachcafe Haar", {}),
    ("sprachcafe-haar", "Sprach-Café am Freitagnachmittag", {}),
    ("fussball-graefelfing", "Fussball fuer alle", {"provider": ANOTHER}),
    ("fussball-graefelfing", "Freitag Fußball für alle", {}),
    ("schuldnerberatung-kirchheim", "Schuldnerberatung Kirchheim", {"provider": ANOTHER}),
    ("schuldnerberatung-kirchheim", "Schulden-Beratung", {}),
    ("mieterfuehrerschein-ottobrunn", "Mieterführerschein Ottobrunn, Kurs", {}),
    ("mieterfuehrerschein-ottobrunn", "Kurs Mieterfuehrerschein", {"schedules": ()}),
    ("asylberatung-haar", "Asylberatung Haar", {}),
    ("asylberatung-haar", "Sprechtag Asylberatung", {"provider": ANOTHER}),
    ("jobmesse-unterhaching", "Jobmesse Landkreis München", {}),
    ("wertekurs-haar", "Zusammenleben in Deutschland (Kurs)", {}),
    ("schwimmen-frauen-unterschleissheim", "Frauen-Schwimmkurs", {}),
    ("schwimmen-frauen-unterschleissheim", "Schwimmen lernen für Frauen", {}),
    ("elterncafe-ottobrunn", "Eltern-Café Schule", {}),
    ("naehen-feldkirchen", "Nähen für Frauen", {}),
    ("kita-buero-haar", "Anmeldung Kita-Platz Haar", {}),
    ("jobcenter-amt", "Jobcenter (Öffnungszeiten)", {}),
    ("kleiderladen-garching", "Kleidertauschladen", {}),
    ("formularhilfe-aschheim", "Formularcafé", {}),
)  # fmt: skip
TWO: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B2 am Abend", {}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs am Abend", {"level_min": "A2", "level_max": "A2"}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B1 am Vormittag", {"schedules": (schedule(byday="MO,WE"),)}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B1 am Abend", {"schedules": (schedule(byday="TU,TH", opens_at="18:30", closes_at="20:45", valid_from=date(2027, 9, 1)),)}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B1 am Abend online", {}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B1 am Abend", {"place": "Haar"}),
    ("deutsch-b1-abend-unterschleissheim", "Deutschkurs B1 am Abend", {"status": "ended"}),
    ("fussball-graefelfing", "Volleyball für alle am Freitag", {}),
    ("schwimmen-frauen-unterschleissheim", "Schwimmkurs für Männer", {"audience": ("men",)}),
    ("sprachcafe-haar", "Sprachcafé am Montag", {"schedules": (schedule(byday="MO", opens_at="15:00", closes_at="17:00"),)}),
    ("formularhilfe-haar", "Schulden-Sprechstunde", {}),
    ("kita-buero-haar", "Einwohnermeldeamt Haar", {}),
    ("bewerbungshilfe-haar", "Computerkurs für Anfänger", {}),
    ("wertekurs-haar", "Kurs: Leben und Arbeiten in Bayern", {}),
)  # fmt: skip


def near(external_id: str, name: str, changes: dict[str, Any]) -> list[Offer]:
    offer = BY_ID[external_id]
    return [offer, replace(offer, id=f"x{offer.id}", external_id="x", name=name, **changes)]


@pytest.mark.parametrize(("external_id", "name", "changes"), SAME)
def test_what_is_the_same_is_proposed(external_id: str, name: str, changes: dict[str, Any]) -> None:
    [pair] = rules.pairs(near(external_id, name, changes))
    assert {pair.first.name, pair.second.name} == {BY_ID[external_id].name, name}
    assert "place" in pair.reasons


@pytest.mark.parametrize(("external_id", "name", "changes"), TWO)
def test_what_is_another_is_not(external_id: str, name: str, changes: dict[str, Any]) -> None:
    assert rules.pairs(near(external_id, name, changes)) == []


def test_in_the_sample_nothing_is_there_twice() -> None:
    assert rules.pairs(sample()) == []


def test_the_most_alike_comes_first_and_of_some_only_what_they_are_part_of() -> None:
    every = [*near("fussball-graefelfing", "Fußball für alle am Freitag", {}), *near("sprachcafe-haar", "Sprachcafe", {})]  # fmt: skip
    first, second = rules.pairs(every)
    assert first.likeness >= second.likeness
    assert {first.first.topic, second.first.topic} == {"leisure"}
    assert rules.pairs(every, {second.second.id}) == [second]
    assert rules.pairs(every, {first.first.id, second.first.id}) == [first, second]
    assert rules.pairs(every, {"another"}) == []


def test_the_public_and_fuller_entry_is_proposed_to_stay() -> None:
    draft = {"status": "draft", "description": "", "phone": ""}
    [pair] = rules.pairs(near("fussball-graefelfing", "Fußball für alle", draft))
    assert pair.first == FOOTBALL


@pytest.mark.parametrize(
    ("one", "other"), [("", ""), ("in der", "am"), ("Deutschkurs", ""), ("Chor", "Nähwerkstatt")]
)
def test_names_without_anything_in_common(one: str, other: str) -> None:
    assert rules.names_alike(one, other) == 0.0
