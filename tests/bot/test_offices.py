"""Who do I ask: a question with a matter and a place is answered with the office, its hours and the way there."""

import pytest

from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import places
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, all_said, data_of, said, sentence


def offer_id(lotse: LotseWorld, external_id: str) -> str:
    [(found,)] = lotse.rows("SELECT id FROM offers WHERE external_id = ?", external_id)
    return str(found)


async def test_a_question_gives_office_hours_way_source_and_day(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    answer = await amira.says("Which office is responsible for Wohngeld in Haar?")
    [card] = [m for m in answer if f"offer:{offer_id(lotse, 'wohngeld-amt')}" in data_of(m)]
    text = said(card)
    for part in (
        "Housing benefit (Wohngeld)",
        "Haar",
        "Mariahilfplatz 17",
        "Tram 18",
        "08:00-12:00",
        "Thu",
        "14:00-17:30",
        "089 99998 103",
        sentence("en", "registration.phone"),
        "Beispieldaten",
        "10 November 2026",
    ):
        assert part in text, part
    [full] = await amira.taps(data=f"offer:{offer_id(lotse, 'wohngeld-amt')}")
    assert "14:00-17:30" in said(full), "all hours of an office, not only the next"
    assert "Tram 18" in said(full)


@pytest.mark.parametrize(
    ("language", "question", "office"),
    [
        ("de", "Wer ist in Haar für Wohngeld zuständig?", "wohngeld-amt"),
        ("en", "Who do I ask about my residence permit in München?", "kvr-stadt-muenchen"),
        ("tr", "Çocuk parası için hangi daireye gitmeliyim?", "familienkasse-amt"),
    ],
)
async def test_who_is_responsible_is_answered_whatever_the_question_is_about(
    lotse: LotseWorld, language: str, question: str, office: str
) -> None:
    amira = await lotse.arrives(CLIENT, language)
    answer = await amira.says(question)
    assert f"offer:{offer_id(lotse, office)}" in data_of(answer[0]), all_said(answer)


async def test_a_word_alone_finds_offers_and_leads_to_the_office(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    answer = await amira.says("Wohngeld")
    assert "who.for:housing_benefit" in data_of(answer[-1])
    [card, *_] = await amira.taps(data="who.for:housing_benefit")
    assert f"offer:{offer_id(lotse, 'wohngeld-amt')}" in data_of(card)


async def test_the_linked_persons_municipality_counts_and_another_can_be_asked_for(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR)
    amira, _ = await lotse.client(jonas, language="ar")
    answer = await amira.says("وين مكتب تسجيل العنوان")
    haar = f"offer:{offer_id(lotse, 'buergerbuero-haar')}"
    assert [m for m in answer if haar in data_of(m)], all_said(answer)
    await amira.taps(sentence("ar", "who.elsewhere"))
    number = places.load().names.index("Unterschleißheim")
    there = await amira.taps(data=f"who.in:address:{number}")
    assert f"offer:{offer_id(lotse, 'buergerbuero-unterschleissheim')}" in data_of(there[0])


async def test_a_place_that_the_office_does_not_cover_leads_to_the_right_one(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    answer = await amira.says("Welche Ausländerbehörde ist in München zuständig?")
    assert f"offer:{offer_id(lotse, 'kvr-stadt-muenchen')}" in data_of(answer[0])
    assert f"offer:{offer_id(lotse, 'auslaenderbehoerde-amt')}" not in data_of(answer[0])
    # And on from there.
    other = await amira.says("und in Haar?")
    assert f"offer:{offer_id(lotse, 'auslaenderbehoerde-amt')}" in data_of(other[0])


async def test_without_a_place_it_is_asked_for_and_papers_are_said(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers("who")
    assert "who.for:address" in data_of(await amira.last())
    [where] = await amira.taps(data="who.for:address")
    assert sentence("en", "who.where") in said(where)
    both = await amira.tampers("who.for:work")
    texts = [said(m) for m in both]
    assert any(sentence("en", "residence.recognised") in t and "Jobcenter" in t for t in texts)
    assert any(sentence("en", "residence.tolerated") in t and "Agentur" in t for t in texts)


async def test_a_place_that_is_typed_or_sent_answers_as_a_tapped_one(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    haar = f"offer:{offer_id(lotse, 'buergerbuero-haar')}"
    for asking in ("who.for:address", "who.where:address"):
        [where] = await amira.tampers(asking)
        assert sentence("de", "who.where") in said(where)
        assert haar in data_of((await amira.says("Haar"))[0])
        await amira.tampers(asking)
        sent = await amira.sends("location", latitude=48.1087, longitude=11.7285)
        assert haar in data_of(sent[0]), all_said(sent)


async def test_when_nothing_fits_the_counselling_service_helps_on(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    answer = await amira.says("Welches Amt ist in Haar für eine Geburtsurkunde zuständig?")
    assert sentence("de", "who.none") in said(answer[0])
    assert any(f"offer:{offer_id(lotse, 'asylberatung-haar')}" in data_of(m) for m in answer)


async def test_offices_nobody_named_a_matter_for_are_found_as_before(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    answer = await amira.says("Wo ist das Landratsamt?")
    assert any(f"offer:{offer_id(lotse, 'landratsamt-info')}" in data_of(m) for m in answer)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_in_every_language(lotse: LotseWorld, language: str) -> None:
    amira = await lotse.arrives(CLIENT, language)
    await amira.says("/menu")
    await amira.tampers("who")
    await amira.taps(data="who.for:driving_licence")
    spoken = words(language).plain("kind.driving_licence_office")
    text = all_said(await amira.phone.messages())
    assert spoken in text
    assert "Tram 18" in text
    name = words(language).plain("residence.asylum_seeker")
    await amira.tampers("who.for:benefits")
    assert name in all_said(await amira.phone.messages())


async def test_whoever_checks_an_office_sees_what_it_answers_for(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.tampers(f"fr:{offer_id(lotse, 'jugendamt-amt')}")
    shown = said(await jonas.last())
    assert words("de").plain("kind.childcare_place") in shown
    assert words("de").plain("kind.youth_office") in shown


async def test_numbers_and_matters_that_no_button_has(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    for data in ("who.for:nothing", "who.where:nothing", "who.in:school:99", "who.in:school:x", "who.in:x:1"):
        await amira.tampers(data)
        assert sentence("en", "error.not_found") in said(await amira.last()), data
