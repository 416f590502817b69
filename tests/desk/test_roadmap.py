"""Leads keep the roadmap at the desk: change, judge, import with a preview, export, report."""

import re
from pathlib import Path

import pytest

from agreements.indicators import roadmap
from i18n.bidi import strip_controls
from people.types import Role
from tests.desk.test_papers import desk_text
from tests.desk.world import DeskWorld, Visitor
from tests.printed import printed


@pytest.fixture
async def lead(desk: DeskWorld) -> Visitor:
    return await desk.signed_in((await desk.account("lead", Role.LEAD)).id)


async def bring(visitor: Visitor, name: str, content: bytes, go: str) -> str:
    """What the page says after a file was chosen."""
    await visitor.get("/roadmap/import")
    found = await visitor.http.post(
        "/roadmap/import", data={"csrf": visitor.csrf, "go": go}, files={"file": (name, content)}
    )
    return found.text


async def test_a_file_is_looked_at_first_and_comes_in_once(lead: Visitor) -> None:
    sample = roadmap.SAMPLE.read_bytes()
    assert "<strong>7</strong>neu" in await bring(lead, "fahrplan.csv", sample, "no")
    assert desk_text("desk.roadmap.none") in (await lead.get("/roadmap")).text
    assert "<strong>7</strong>neu" in await bring(lead, "fahrplan.csv", sample, "yes")
    for form in ("csv", "xlsx"):
        out = (await lead.get(f"/roadmap/export?format={form}")).content
        assert "<strong>7</strong>unverändert" in await bring(lead, f"fahrplan.{form}", out, "yes")
    wrong = await bring(lead, "fahrplan.csv", sample + b"6.1;sky;x\n", "yes")
    assert "<td>fahrplan.csv</td><td>9</td><td>field</td>" in wrong
    assert "6.1" not in (await lead.get("/roadmap")).text


async def test_a_lead_changes_a_goal_and_sets_its_light(lead: Visitor, tmp_path: Path) -> None:
    form = {"number": "4.2", "field": "work", "text": "Wer arbeiten darf, wird vermittelt.", "aim": "viele"}
    refused = await lead.post("/roadmap/new", form)
    assert refused.status_code == 422
    assert 'id="w-aim"' in refused.text
    assert 'value="viele"' in refused.text
    form |= {"aim": "60", "measure": "placed_in_work", "deadline": "2027-12-31"}
    assert (await lead.post("/roadmap/new", form)).status_code == 303
    assert desk_text("cw.error.roadmap_taken") in (await lead.post("/roadmap/new", form)).text
    by_hand = await lead.post("/roadmap/goals/4.2", {**form, "light": "yellow"})
    assert desk_text("cw.error.light_note") in by_hand.text
    told = {**form, "light": "yellow", "note": "Das Jobcenter baut auf."}
    assert (await lead.post("/roadmap/goals/4.2", told)).status_code == 303
    page = strip_controls((await lead.get("/roadmap")).text)
    assert "Von der Leitung beurteilt am Dienstag, 1. Dezember 2026: Das Jobcenter baut auf." in page
    assert "Die Zahlen sagen: Offen: nicht gemessen" in page
    assert 'value="2027-12-31"' in (await lead.get("/roadmap/goals/4.2")).text
    paper = (await lead.get("/roadmap/report?quarter=2026-Q3")).content
    text = " ".join(printed(paper, tmp_path).split())
    assert "3. Quartal 2026" in text
    assert "Das Jobcenter baut auf." in text
    html = await lead.get("/roadmap/report?format=html&quarter=nonsense")
    assert "lotse-report-2026-Q4.html" in html.headers["content-disposition"]
    assert (await lead.get("/roadmap/report?format=exe")).status_code == 404
    await lead.post("/roadmap/goals/4.2/remove")
    assert "4.2" not in (await lead.get("/roadmap")).text
    assert (await lead.get("/roadmap/goals/4.2")).status_code == 404


async def test_two_leads_at_one_goal_undo_nothing_of_each_other(lead: Visitor) -> None:
    goal = {"number": "4.2", "field": "work", "text": "Wer arbeiten darf, wird vermittelt.", "aim": "60"}
    await lead.post("/roadmap/new", goal)
    path = "/roadmap/goals/4.2"

    async def opened() -> dict[str, str | list[str]]:
        page = (await lead.get(path)).text
        return {**goal, **dict(re.findall(r'name="(was\.\w+)" value="([^"]*)"', page))}

    mine, theirs = await opened(), await opened()
    assert (await lead.post(path, {**theirs, "aim": "70", "responsible": "Jobcenter"})).status_code == 303
    # What both changed is shown beside each other; what only they changed stays.
    refused = await lead.post(path, {**mine, "aim": "50", "target": "jede zweite"})
    assert refused.status_code == 422
    assert "<td>70</td><td>50</td>" in refused.text
    assert 'value="Jobcenter"' in refused.text
    again = dict(re.findall(r'name="(was\.\w+)" value="([^"]*)"', refused.text))
    second = {**goal, **again, "aim": "50", "target": "jede zweite", "responsible": "Jobcenter"}
    assert (await lead.post(path, second)).status_code == 303
    page = (await lead.get(path)).text
    assert all(f'value="{cell}"' in page for cell in ("50", "Jobcenter", "jede zweite"))
    # A goal that a colleague took out does not come back by itself.
    late = await opened()
    await lead.post(f"{path}/remove")
    gone = await lead.post(path, {**late, "aim": "80"})
    assert gone.status_code == 422
    assert desk_text("desk.roadmap.gone") in gone.text
    assert 'action="/roadmap/new"' in gone.text
    assert (await lead.get(path)).status_code == 404


async def test_coordinators_see_the_goals_and_change_nothing(desk: DeskWorld) -> None:
    visitor = await desk.signed_in((await desk.account("kim", Role.COORDINATOR)).id)
    assert (await visitor.get("/roadmap")).status_code == 200
    assert "/roadmap/new" not in (await visitor.get("/roadmap")).text
    assert (await visitor.post("/roadmap/new", {"number": "1.1"})).status_code == 403
