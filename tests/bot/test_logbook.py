"""The Logbuch on the phone: registers, what to take along, and sheets that come as files."""

from datetime import date, datetime

import pytest

from agreements.logbook.rules import REGISTERS
from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, Pocket, data_of, said, sentence


def content_of(lotse: LotseWorld, message: Json) -> bytes:
    document = message["document"]
    assert document["file_name"] == "lotse-2026-12-01.pdf"
    return bytes(lotse.server.state.files[document["file_id"]].content)


async def with_case(lotse: LotseWorld, language: str) -> Pocket:
    """A client with one goal and one appointment."""
    katrin = await lotse.coordinator()
    client, client_id = await lotse.client(katrin, "LM-5", language=language, reminders=False)
    agreements, now, staff = lotse.core.agreements, lotse.clock.now(), await katrin.actor()
    async with lotse.core.database.write() as tx:
        await agreements.add_milestone(tx, staff, client_id, "write_cv", {}, date(2027, 2, 1), None, now)
        await agreements.add_appointment(
            tx, staff, client_id, "doctor", "Haar", "Bahnhofstraße 7", datetime(2026, 12, 8, 10), 30, [], now
        )
    await client.reads()
    return client


async def test_registers_and_offices_without_any_link(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    [book] = await amira.tampers("my.papers")
    text = said(book)
    assert all(sentence("de", register.key) in text for register in REGISTERS)
    assert "lb.pdf:agreement" not in data_of(book), "whoever has no coordinator has no agreement"

    [health] = await amira.taps(data="lb.reg:health")
    assert sentence("de", "logbook.paper.vaccinations") in said(health)
    await amira.taps(data="my.papers")
    await amira.taps(data="lb.offices")
    [office] = await amira.taps(data="lb.to:doctor")
    assert f"🎒 {sentence('de', 'bring.insurance_card')}" in said(office)
    assert "my.papers" in data_of(office)


async def test_the_papers_for_the_next_appointment_are_named_also_when_none_were_told(
    lotse: LotseWorld,
) -> None:
    client = await with_case(lotse, "ar")
    [book] = await client.tampers("my.papers")
    assert sentence("ar", "papers.next") in said(book)
    assert f"🎒 {sentence('ar', 'bring.insurance_card')}" in said(book)


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_own_sheets_come_as_files_on_request(lotse: LotseWorld, language: str) -> None:
    client = await with_case(lotse, language)
    for what in ("logbook", "agreement", "appointments"):
        await client.tampers("my.papers")
        [sheet] = await client.taps(data=f"lb.pdf:{what}")
        assert content_of(lotse, sheet).startswith(b"%PDF-")
        assert sentence(language, "logbook.pdf.here") in said(sheet)
    [listed] = await client.tampers("my.appts")
    shown = next(data for data in data_of(listed) if data.startswith("appt:"))
    [appointment] = await client.taps(data=shown)
    button = next(data for data in data_of(appointment) if data.startswith("lb.appt:"))
    [sheet] = await client.taps(data=button)
    assert content_of(lotse, sheet).startswith(b"%PDF-")


async def test_without_an_agreement_or_appointments_there_is_a_sentence_instead(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator()
    client, _ = await lotse.client(katrin, "LM-6", language="en")
    [goals] = await client.tampers("lb.pdf:agreement")
    assert said(goals) == sentence("en", "own.no_goals")
    [none] = await client.tampers("lb.pdf:appointments")
    assert said(none) == sentence("en", "own.no_appointments")
