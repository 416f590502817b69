"""What leaves the desk as a file: sheets in two languages, a hand-over only with consent, figures without few people."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from agreements.indicators.types import Grouping
from desk import charts
from i18n import catalogues
from i18n.bidi import strip_controls
from people.types import Actor, Role
from tests.desk.world import DeskWorld, Visitor
from tests.printed import printed


def desk_text(key: str) -> str:
    return catalogues.texts("de")[key][0]


SECRETS = ("Rufname-Geheim", "Notiz-Geheim")


async def case(desk: DeskWorld, owner: Actor, number: str, language: str) -> str:
    """A case with a goal, a milestone, a task, an appointment, and two things that never leave."""
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, number, language, "Haar", now)
        files, goals = core.cases.files, core.cases.goals
        cells = {"call_name": SECRETS[0], "gender": "woman", "degree": "vocational", "german_level": "A2"}
        await files.change(tx, owner, client.id, cells, now)
        await files.add_note(tx, owner, client.id, SECRETS[1], now)
        await goals.add_goal(tx, owner, client.id, "find_work", now, words="Bäckerei")
        due = (now + timedelta(days=20)).date()
        await core.agreements.add_milestone(tx, owner, client.id, "write_cv", {}, due, None, now)
        await goals.add_task(tx, owner, client.id, "i_register_you", due, now)
        local = (now + timedelta(days=3)).replace(tzinfo=None)
        await core.agreements.add_appointment(
            tx, owner, client.id, "jobcenter", "Haar", "Zimmer 12", local, 30, ["id"], now
        )
        return client.id


@pytest.fixture
async def owner(desk: DeskWorld) -> Actor:
    return await desk.account("kim", Role.COORDINATOR)


@pytest.fixture
async def kim(desk: DeskWorld, owner: Actor) -> Visitor:
    return await desk.signed_in(owner.id)


@pytest.mark.parametrize("language", ["ar", "ti"])
async def test_sheets_speak_german_and_the_clients_language(
    desk: DeskWorld, owner: Actor, kim: Visitor, tmp_path: Path, language: str
) -> None:
    path = f"/clients/{await case(desk, owner, 'LM-1', language)}/print"
    wanted = {
        "agreement": ("Einen Lebenslauf schreiben", "Bäckerei", "Ich melde Sie an"),
        "appointments": ("Zimmer 12, Haar", "Ausweis oder Pass"),
        "logbook": ("Impfpass",),
    }
    for what, texts in wanted.items():
        found = await kim.get(f"{path}/{what}")
        assert (found.status_code, found.headers["content-type"]) == (200, "application/pdf")
        assert f"lotse-{what}-LM-1-2026-12-01.pdf" in found.headers["content-disposition"]
        text = printed(found.content, tmp_path)
        assert all(said in text for said in texts), text
        letters = r"[\u0600-\u06ff\ufb50-\ufeff]" if language == "ar" else r"[\u1200-\u137f]"
        assert re.search(letters, text)
        assert not any(secret in text for secret in SECRETS)
    assert (await kim.get(f"{path}/everything")).status_code == 404


async def test_an_agreement_says_when_it_was_signed_once_it_was(
    desk: DeskWorld, owner: Actor, kim: Visitor, tmp_path: Path
) -> None:
    client_id = await case(desk, owner, "LM-1", "en")
    made_on = catalogues.texts("de")["sheet.made_on"][0]
    path = f"/clients/{client_id}/print/agreement"
    assert made_on not in printed((await kim.get(path)).content, tmp_path)
    async with desk.lotse.core.database.read() as tx:
        stands = await desk.lotse.core.cases.goals.agreement(tx, owner, client_id)
    form = {"signed_on": "2026-12-01", "seen": stands.content.mark}
    await kim.post(f"/clients/{client_id}/sign", form)
    assert made_on in printed((await kim.get(path)).content, tmp_path)


ALL = ["education", "work", "agreement", "appointments", "placements"]


async def test_nothing_goes_without_a_consent_and_no_more_than_it_covers(
    desk: DeskWorld, owner: Actor, kim: Visitor, tmp_path: Path
) -> None:
    path = f"/clients/{await case(desk, owner, 'LM-1', 'ar')}"
    refused = await kim.post(f"{path}/hand-over", {"format": "json"})
    assert refused.status_code == 422
    assert "write_cv" not in refused.text
    not_linked = await kim.post(f"{path}/hand-over/ask", {"part": ALL})
    assert desk_text("error.client_not_linked") in not_linked.text
    to_sign = printed((await kim.post(f"{path}/hand-over/paper", {"part": ["work"]})).content, tmp_path)
    assert desk_text("consent.part.work").split(",")[0] in to_sign
    assert re.search(r"[\u0600-\u06ff\ufb50-\ufeff]", to_sign)
    for wrong in ({"signed_on": "2026-12-02", "part": ALL}, {"signed_on": "2026-12-01"}, {"part": ALL}):
        assert (await kim.post(f"{path}/hand-over/signed", wrong)).status_code == 422
    await kim.post(f"{path}/hand-over/signed", {"signed_on": "2026-11-30", "part": ["education"]})
    packed = (await kim.post(f"{path}/hand-over", {"format": "json"})).json()
    assert packed["client"] == {
        "case_number": "LM-1", "language": "ar", "place": "Haar", "degree": "vocational", "german_level": "A2",
    }  # fmt: skip
    assert (packed["milestones"], packed["appointments"], packed["goals"]) == ([], [], [])
    assert packed["consent"]["how"] == "paper"


async def test_a_hand_over_keeps_back_what_is_not_for_others_and_is_warned_of_when_taken_back(
    desk: DeskWorld, owner: Actor, kim: Visitor, tmp_path: Path
) -> None:
    path = f"/clients/{await case(desk, owner, 'LM-1', 'ar')}"
    await kim.post(f"{path}/hand-over/signed", {"signed_on": "2026-11-30", "part": ALL})
    page = await kim.get(f"{path}/hand-over")
    packed = await kim.post(f"{path}/hand-over", {"format": "json"})
    found = packed.json()
    assert [step["title"] for step in found["milestones"]] == ["Einen Lebenslauf schreiben"]
    assert found["appointments"][0]["where"] == "Zimmer 12"
    paper = printed((await kim.post(f"{path}/hand-over", {"format": "pdf"})).content, tmp_path)
    assert "Einen Lebenslauf schreiben" in paper
    assert "30. November 2026" in paper
    shown = page.text[page.text.index("<h2>") :]
    assert not any(secret in text for secret in SECRETS for text in (packed.text, paper, shown))
    assert (await kim.post(f"{path}/hand-over", {"format": "exe"})).status_code == 404
    page = await kim.get(f"{path}/hand-over")
    assert "PDF übergeben am" in strip_controls(page.text)
    warning = desk_text("desk.handover.warned").split(",")[0]
    assert warning not in (await kim.get(path)).text
    consent = re.search(r"/consents/[\w-]+/take-back", page.text)
    assert consent
    await kim.post(consent.group())
    assert warning in (await kim.get(path)).text
    assert (await kim.post(f"{path}/hand-over", {"format": "pdf"})).status_code == 422


async def test_an_appointment_that_was_cancelled_is_not_handed_on_as_one_to_come(
    desk: DeskWorld, owner: Actor, kim: Visitor, tmp_path: Path
) -> None:
    client_id, core = await case(desk, owner, "LM-1", "ar"), desk.lotse.core
    path, now = f"/clients/{client_id}", desk.lotse.clock.now()
    await kim.post(f"{path}/hand-over/signed", {"signed_on": "2026-11-30", "part": ALL})

    async def read() -> list[str]:
        pages = [(await kim.get(f"{path}/{page}")).text for page in ("hand-over", "note")]
        packed = await kim.post(f"{path}/hand-over", {"format": "pdf"})
        return [
            *pages,
            (await kim.post(f"{path}/hand-over", {"format": "json"})).text,
            printed(packed.content, tmp_path),
        ]

    assert all("Jobcenter" in text for text in await read())
    async with core.database.write() as tx:
        [appointment] = (await core.agreements.client_file(tx, owner, client_id)).appointments
        await core.agreements.cancel_appointment(tx, owner, appointment.id, now)
    assert not any("Jobcenter: " in text or "Zimmer 12" in text for text in await read())


async def test_figures_hide_few_people_on_the_page_and_in_the_file(desk: DeskWorld) -> None:
    sample = await desk.sample()
    lead = await desk.signed_in((await desk.account("lead", Role.LEAD)).id)
    for by in ("all", "quarter", "month", "place", "field", "nonsense"):
        page = (await lead.get(f"/figures?by={by}")).text
        assert "style=" not in page
        assert "MUSTER-" not in page
        rows = list(
            csv.reader(
                io.StringIO((await lead.get(f"/figures/export?by={by}")).content.decode("utf-8-sig")),
                delimiter=";",
            )
        )
        assert len(rows) > 1
        catalogue = [
            desk_text("desk.figures.is." + name)
            for name in ("childcare_courses", "offers_checked", "meetings", "meetings_year")
        ]
        for name, _, number, base, _ in rows[1:]:
            if name in catalogue:
                continue
            parts = [int(number)] if number else []
            parts += [int(base) - int(number)] if number and base else []
            assert all(part == 0 or part >= 5 for part in parts)
    assert "<svg" in (await lead.get("/figures?by=place")).text
    packed = await lead.get("/figures/export?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(packed.content))
    assert book.sheetnames == [desk_text("desk.figures.by." + by.value) for by in Grouping]
    cells = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(cell.column > 2 for cell in cells if cell.data_type == "n")
    assert (await (await desk.signed_in(sample.id)).get("/figures")).status_code == 200


def test_charts_are_drawn_without_styles_of_their_own() -> None:
    drawn = charts.bars([("Haar & <b>", 40), ("Ottobrunn", 60)], most=100)
    assert drawn.count('class="rect') == 2
    assert "&lt;b&gt;" in drawn
    assert not re.search(r"<style|<script|style=| id=", drawn)
    assert drawn == charts.bars([("Haar & <b>", 40), ("Ottobrunn", 60)], most=100)
    assert "<svg" in charts.bars([("Haar", 0)])
