"""The sample catalogue as it is shipped: big enough, marked as sample data, and with no real person's telephone."""

import re
from datetime import date

from offers import places
from offers.types import LEVELS, Offer, Provider, Topic
from tests.catalogue import SAMPLE, sample

FICTION = re.compile(r"089 99998 \d{3}")
"""The telephone numbers that are reserved for fiction in Munich."""
CRISIS = {"110", "112", "116 016", "116 117", "0800 655 3000"}
_NUMBER_IN_TEXT = re.compile(r"(?<![\d.,:])\+?\d[\d /-]{4,}\d(?![\d.,:]?\d)")
_MAIL_OR_WEB = re.compile(r"[\w.-]+@[\w.-]+|https?://[^\s]+")


def providers() -> dict[str, Provider]:
    return {offer.provider.external_id: offer.provider for offer in sample()}


def test_there_are_enough_offers_providers_topics_and_places() -> None:
    published = [offer for offer in sample() if offer.status == "published"]
    assert len(published) >= 90
    assert len({offer.provider.id for offer in published}) >= 35
    assert {offer.topic for offer in published} == {topic.value for topic in Topic}
    assert len(places.load().names) == 30
    assert len({offer.place for offer in published}) >= 20


def test_every_topic_offers_a_choice() -> None:
    for topic in Topic:
        assert len([offer for offer in sample() if offer.topic == topic.value]) >= 4, topic


def test_what_the_district_needs_is_there() -> None:
    kinds = {offer.kind for offer in sample() if offer.status == "published"}
    assert kinds >= {
        "german_course", "literacy_course", "school_certificate", "homework_help", "competence_analysis", "application_help",
        "apprenticeship_fair", "tenants_licence", "trauma_therapy", "asylum_counselling", "debt_advice", "football", "swimming",
        "language_cafe", "rights_course", "mentor", "bicycle_workshop", "return_advice", "jobcenter", "foreigners_office",
    }  # fmt: skip
    courses = [offer for offer in sample() if offer.topic == "german_course" and offer.status == "published"]
    taught = {
        level
        for offer in courses
        if offer.level_min and offer.level_max
        for level in LEVELS[LEVELS.index(offer.level_min) : LEVELS.index(offer.level_max) + 1]
    }
    assert taught >= {"literacy", "A1", "A2", "B1", "B2", "C1"}
    assert any(offer.childcare == "yes" and "parents" in offer.audience for offer in courses)
    assert any(offer.kind == "swimming" and "women" in offer.audience for offer in sample())


def test_telephone_numbers_are_reserved_for_fiction() -> None:
    owners: list[Offer | Provider] = [*sample(), *providers().values()]
    for owner in owners:
        assert owner.phone == "" or FICTION.fullmatch(owner.phone), owner.external_id
    for offer in sample():
        assert offer.phone or offer.provider.phone, offer.external_id


def test_numbers_and_addresses_in_texts_are_invented_or_those_of_crisis_lines() -> None:
    for path in SAMPLE.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for row in text.splitlines()[1:]:
            for cell in row.split(";"):
                for number in _NUMBER_IN_TEXT.findall(cell):
                    known = (
                        FICTION.fullmatch(number) or number in CRISIS or re.fullmatch(r"[0-9]{5,6}", number)
                    )
                    assert known or re.fullmatch(r"20\d\d-\d\d-\d\d", number), (path.name, number)
                for address in _MAIL_OR_WEB.findall(cell):
                    assert re.search(r"\bexample\.(org|net)\b", address), (path.name, address)


def test_every_offer_is_marked_as_sample_data() -> None:
    assert {offer.source for offer in sample()} == {"Beispieldaten"}
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert "Beispieldaten" in readme.split("\n\n")[1]
    assert f"{len(providers())} providers" in readme
    assert f"{len(sample())} offers" in readme


def test_every_offer_can_be_shown_as_a_card() -> None:
    for offer in sample():
        assert offer.name, offer.external_id
        assert 0 < len(offer.summary) <= 140, offer.external_id
        assert offer.description, offer.external_id
        assert offer.owner.startswith("koordination-"), offer.external_id
        assert offer.assured_date is not None, offer.external_id
        assert date(2026, 1, 1) < offer.assured_date < date(2026, 12, 31), offer.external_id
        assert offer.address_1, offer.external_id
