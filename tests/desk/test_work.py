"""Work at the desk, form by form: appointments that come again and wishes about them, meetings of the circles."""

import html
import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest

from agreements.holds.types import HoldReason
from agreements.replies import shown
from agreements.types import AppointmentStatus, HelpReason, Instead, Milestone, MilestoneStatus
from desk.pages import today
from i18n import catalogues
from i18n.bidi import strip_controls
from i18n.phrases import PHRASES
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm
from people.types import Actor, Role
from tests.desk.world import DeskWorld, Visitor


def said(key: str) -> str:
    return catalogues.texts("de")[key][0]


@pytest.fixture
async def owner(desk: DeskWorld) -> Actor:
    return await desk.account("kim", Role.COORDINATOR)


@pytest.fixture
async def kim(desk: DeskWorld, owner: Actor) -> Visitor:
    return await desk.signed_in(owner.id)


async def linked(desk: DeskWorld, owner: Actor, number: str, language: str) -> tuple[str, Actor]:
    """A case with a chat: its id and whose chat it is."""
    core, now = desk.lotse.core, desk.lotse.clock.now()
    person = await (await desk.lotse.arrives(7301, language)).actor()
    async with core.database.write() as tx:
        case = core.agreements
        client = await case.create_client(tx, owner, number, language, "Haar", now)
        new = await case.invite_client(tx, owner, client.id, now)
        await case.link(tx, person, await core.people.look_up(tx, person, new.code, now), now)
        await case.set_reminders(tx, person, True, now)
    return client.id, person


async def agreed(desk: DeskWorld, owner: Actor) -> tuple[str, Milestone]:
    """A case with a chat and something to do in forty days."""
    core, now = desk.lotse.core, desk.lotse.clock.now()
    client_id, _ = await linked(desk, owner, "LM-1", "ar")
    async with core.database.write() as tx:
        due = (now + timedelta(days=40)).date()
        return client_id, await core.agreements.add_milestone(
            tx, owner, client_id, "write_cv", {}, due, None, now
        )


async def test_of_many_lines_of_a_kind_the_first_stand_there_and_the_others_are_asked_for(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        for number in range(today.SHOWN + 3):
            client = await core.agreements.create_client(tx, owner, f"LM-{number}", "ar", "Haar", now)
            due = (now + timedelta(days=1)).date()
            await core.agreements.add_milestone(tx, owner, client.id, "write_cv", {}, due, None, now)
    await desk.lotse.moves(days=2)

    def lines(text: str) -> int:
        return text.split('id="g-overdue"')[1].split("</section>", maxsplit=1)[0].count("<li>")

    page = (await kim.get("/")).text
    assert lines(page) == today.SHOWN
    assert f"<strong>{today.SHOWN + 3}</strong>" in page, "the number is that of all"
    assert 'href="/?all=overdue#g-overdue"' in page
    for path in ("/?all=overdue", "/today?all=overdue"):
        assert lines((await kim.get(path)).text) == today.SHOWN + 3, path
    assert 'hx-get="/today?all=overdue"' in (await kim.get("/?all=overdue")).text, (
        "they stay when it renews itself"
    )
    assert 'hx-get="/today"' in (await kim.get("/?all=%22%3E")).text


async def test_a_series_is_made_moved_and_called_off_where_the_wish_stands(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    client_id, person = await linked(desk, owner, "LM-1", "ar")
    file, form = f"/clients/{client_id}", {
        "phrase": "jobcenter", "place": "Haar", "where": "Zimmer 12", "day": "2027-03-15", "clock": "10:00",
        "minutes": "30", "bring": ["id"], "weeks": "2", "times": "3",
    }  # fmt: skip
    assert (await kim.post(f"{file}/appointments", {**form, "weeks": "zwei"})).status_code == 422
    assert (await kim.post(f"{file}/appointments", {**form, "weeks": "3"})).status_code == 404
    made = await kim.post(f"{file}/appointments", form)
    assert made.headers["location"].endswith("done=series_added#appointments")
    async with core.database.read() as tx:
        found = await core.agreements.appointments(tx, owner, client_id)
    # Across the change of clocks the hour stays.
    assert [f"{one.local:%d.%m. %H:%M}" for one in found] == ["15.03. 10:00", "29.03. 10:00", "12.04. 10:00"]
    assert len({one.series_id for one in found}) == 1
    page = (await kim.get(file)).text
    assert page.count("🔁</span>") == 3
    assert page.count('name="all"') == 2 * 2  # two of them have others that follow, to move and to cancel

    moved = {"day": "2027-03-30", "clock": "11:00", "all": "yes"}
    await kim.post(f"/appointments/{found[1].id}/move", moved)
    async with core.database.write() as tx:
        again = await core.agreements.appointments(tx, owner, client_id)
        asked = await core.agreements.request_cancel(tx, person, again[1].id, HelpReason.CHILDCARE, now)
        wish = Instead.OTHER_TIME
        await core.agreements.wish_instead(tx, person, asked.request.id, wish, now)
    assert [f"{one.local:%d.%m. %H:%M}" for one in again] == ["15.03. 10:00", "30.03. 11:00", "13.04. 11:00"]

    # Reason and wish stand wherever the coordinator meets the request, and the new time is chosen right there.
    request = f"/requests/{asked.request.id}"
    for path in ("/", file, request):
        text = (await kim.get(path)).text
        assert said("help.childcare") in text, path
        assert said("instead.other_time") in text, path
    text = (await kim.get(request)).text
    assert f'action="/appointments/{again[1].id}/move"' in text
    assert "<details open>" in text
    assert "Antwort versprochen bis" in text
    gone = await kim.post(f"/appointments/{again[1].id}/cancel", {"all": "yes", "to": "/"})
    assert gone.headers["location"] == "/?done=appointment_cancelled"
    async with core.database.read() as tx:
        last = await core.agreements.appointments(tx, owner, client_id)
        closed = await core.agreements.own_answer(tx, person, asked.request.id)
    off = AppointmentStatus.CANCELLED
    assert [one.status for one in last] == [AppointmentStatus.PLANNED, off, off]
    assert closed.answer == "appointment_cancelled_ok"
    assert f'action="/appointments/{again[1].id}/move"' not in (await kim.get(request)).text


async def test_the_file_says_that_an_agreement_reads_differently_since_the_client_agreed(
    desk: DeskWorld, kim: Visitor, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    client_id, person = await linked(desk, owner, "LM-1", "ar")
    async with core.database.write() as tx:
        await core.cases.goals.add_goal(tx, owner, client_id, "find_work", now)
        await core.cases.goals.sign(tx, owner, client_id, now.date(), now)
        await core.cases.replies.confirm(tx, person, client_id, 1, "ar", now)
    assert said("desk.file.reworded") not in (await kim.get(f"/clients/{client_id}")).text
    monkeypatch.setattr(shown, "said", lambda _version, _language: ["…"])
    assert said("desk.file.reworded") in (await kim.get(f"/clients/{client_id}")).text


async def test_what_was_confirmed_dropped_or_cancelled_is_taken_back_in_the_file(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    client_id, milestone = await agreed(desk, owner)
    async with core.database.write() as tx:
        local = (now + timedelta(days=4)).replace(tzinfo=None)
        one = await core.agreements.add_appointment(
            tx, owner, client_id, "jobcenter", "Haar", "", local, 30, [], now
        )
    file, steps = f"/clients/{client_id}", f"/milestones/{milestone.id}"
    for step in ("confirm", "drop"):
        await kim.post(f"{steps}/{step}")
        assert f'action="{steps}/reopen"' in (await kim.get(file)).text
        assert (await kim.post(f"{steps}/reopen")).headers["location"].startswith(f"{file}?done=undone")
        assert f'action="{steps}/{step}"' in (await kim.get(file)).text
    assert (await kim.post(f"{steps}/reopen")).status_code == 422
    history = (await kim.get(f"{steps}/events")).text
    assert [said(f"desk.milestone.{name}") in history for name in ("confirmed", "dropped")] == [True, True]
    await kim.post(f"/appointments/{one.id}/cancel")
    assert f'action="/appointments/{one.id}/restore"' in (await kim.get(file)).text
    await kim.post(f"/appointments/{one.id}/restore")
    text = (await kim.get(file)).text
    assert f'action="/appointments/{one.id}/cancel"' in text
    assert f'action="/appointments/{one.id}/restore"' not in text


async def test_what_was_looked_at_is_what_is_sent(desk: DeskWorld, owner: Actor, kim: Visitor) -> None:
    """Somebody comes in between the look and the click: it is looked at again, and nothing has left."""
    core = desk.lotse.core
    client_id, person = await linked(desk, owner, "LM-1", "ar")
    chosen = {"phrase": "bring_letter", "place": "Haar", "client": client_id}
    look = (await kim.post("/messages/preview", {"phrase": "bring_letter", "place": "Haar"})).text
    seen = re.search(r'name="seen" value="([0-9a-f]{32})"', look)
    assert seen
    back = re.search(r'href="(/messages/new\?[^"]*)"', (await kim.post("/messages/preview", chosen)).text)
    assert back
    form = (await kim.get(html.unescape(back.group(1)))).text
    assert re.search(r'value="bring_letter" selected', form)
    assert f'value="{client_id}" checked' in form
    async with core.database.write() as tx:
        await core.people.pause(tx, person, True)
    asked = {"phrase": "bring_letter", "place": "Haar", "seen": seen.group(1)}
    again = await kim.post("/messages", asked)
    assert again.status_code == 422
    assert said("desk.message.changed") in again.text
    async with core.database.write() as tx:
        assert await core.cases.campaigns.sent(tx, owner) == []
        await core.people.pause(tx, person, False)
    assert (await kim.post("/messages", asked)).status_code == 303


async def test_what_was_brought_along_is_ticked_and_taken_back(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    before = now - timedelta(days=2)
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "en", "Haar", before)
        local = (before + timedelta(hours=2)).replace(tzinfo=None)
        one = await core.agreements.add_appointment(
            tx, owner, client.id, "jobcenter", "Haar", "", local, 30, ["id", "cv"], before
        )
    file, path = f"/clients/{client.id}", f"/appointments/{one.id}/brought"
    assert "☑️" not in (await kim.get(file)).text
    await kim.post(path, {"thing": "cv"})
    text = (await kim.get(file)).text
    assert "☑️ " + said("bring.cv") in text
    assert "◻️ " + said("bring.id") in text
    for wrong in ("logbook", "gold"):
        assert (await kim.post(path, {"thing": wrong})).status_code == 404
    await kim.post(path, {"thing": "cv"})
    assert "☑️" not in (await kim.get(file)).text


_MEETING = {
    "kind": "circle", "place": "Haar", "where": "Rathaus", "first": "2026-12-08", "clock": "18:30", "rhythm": "weekly",
}  # fmt: skip


async def test_a_series_of_meetings_is_entered_changed_and_accounted_for(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    helper = await desk.account("mia", Role.COORDINATOR)
    assert (await kim.post("/meetings", {**_MEETING, "rhythm": "daily"})).status_code == 422
    assert (await kim.post("/meetings", {**_MEETING, "clock": "25:00"})).status_code == 422
    assert (await kim.post("/meetings", _MEETING)).headers["location"] == "/meetings?done=meeting_added"
    async with core.database.write() as tx:
        coming = await core.circle.meetings.coming(tx, owner, now)
        first, second, third = (seen.date for seen in coming[:3])
        for found in (first, second):
            await core.circle.meetings.answer(tx, helper, found.meeting.id, found.day, now, coming=True)
    assert [f"{found.day:%d.%m.}" for found in (first, second, third)] == ["08.12.", "15.12.", "22.12."]
    dates = f"/meetings/{first.meeting.id}"
    page = (await kim.get("/meetings")).text
    assert page.count(said("meeting.coming").format(number=1)) == 2
    assert page.count(said("meeting.coming").format(number=0)) == min(len(coming), 20) - 2 + max(
        len(coming) - 20, 0
    )

    await kim.post(f"{dates}/2026-12-08/move", {"day": "2026-12-09", "clock": "19:00"})
    await kim.post(f"{dates}/2026-12-15/cancel")
    page = (await kim.get("/meetings")).text
    assert "19:00" in page
    assert page.count(said("desk.month.cancelled")) == 1
    await kim.post(f"{dates}/2026-12-15/cancel", {"do": "restore"})
    assert said("desk.month.cancelled") not in (await kim.get("/meetings")).text
    assert (await kim.post(f"{dates}/2026-12-08/move", {"day": "", "clock": "19:00"})).status_code == 422
    assert (await kim.post(f"{dates}/2026-12-08/report", {"held": "yes"})).status_code == 422  # not over
    for wrong in ("2026-12-10", "morgen"):
        assert (await kim.post(f"{dates}/{wrong}/cancel")).status_code == 404
    await kim.post(f"{dates}/end")
    async with core.database.read() as tx:
        assert await core.circle.meetings.coming(tx, owner, now) == []


async def test_whether_a_meeting_took_place_is_said_at_the_desk_and_counted(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    before = now - timedelta(days=9)
    day = (now - timedelta(days=8)).date()
    async with core.database.write() as tx:
        new = NewMeeting(MeetingKind.CIRCLE, "Haar", "", day, "18:00", Rhythm.ONCE)
        made = await core.circle.meetings.create(tx, owner, new, before)
    path = f"/meetings/{made.meeting.id}/{day}/report"
    assert said("meeting.held_ask") in (await kim.get("/meetings")).text
    for wrong in ("viele", "501"):
        assert (await kim.post(path, {"held": "yes", "people": wrong})).status_code == 422
    await kim.post(path, {"held": "yes", "people": "7"})
    page = (await kim.get("/meetings")).text
    assert said("meeting.held_ask") not in page
    assert re.search(r'name="people"[^>]* value="7"', page)
    async with core.database.read() as tx:
        held = await core.circle.meetings.meetings_held(tx, day, day)
    assert [one.people for one in held] == [7]
    # Said by mistake: the last word counts.
    await kim.post(path, {"held": "no", "people": "7"})
    async with core.database.read() as tx:
        assert await core.circle.meetings.meetings_held(tx, day, day) == []
    reviewer = await desk.signed_in((await desk.account("rita", Role.REVIEWER)).id)
    assert (await reviewer.get("/meetings")).status_code == 403


async def test_when_to_remind_is_set_for_a_client_and_for_one_thing(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    client_id, milestone = await agreed(desk, owner)
    file = f"/clients/{client_id}"
    wrong = await kim.post(f"{file}/reminders", {"milestone": "bald", "appointment": ""})
    assert wrong.status_code == 422
    assert said("desk.house.wrong.milestone_reminders") in wrong.text
    done = await kim.post(f"{file}/reminders", {"milestone": "7d, 1d", "appointment": "-"})
    assert done.headers["location"] == f"{file}?done=reminders_saved#reminders"
    await kim.post(f"/milestones/{milestone.id}/reminders", {"before": "2d"})
    text = (await kim.get(file)).text
    assert re.search(r'name="milestone"[^>]* value="7d 1d"', text)
    assert re.search(r'name="appointment"[^>]* value="-"', text)
    assert re.search(r'name="before" value="2d"[^>]* placeholder="7d 1d"', text)


async def test_a_message_is_corrected_after_a_look_and_goes_to_volunteers_or_about_an_offer(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    helper = await (await desk.lotse.arrives(7302, "uk")).actor()
    client_id, person = await linked(desk, owner, "LM-1", "ar")
    async with core.database.write() as tx:
        await core.agreements.create_client(tx, owner, "LM-2", "fr", "Haar", now)
        offer = next(one for one in await core.offers.published(tx) if one.kind == "german_course")
        await core.circle.saved.keep_offer(tx, person, offer.id, now, on=True)
        code = await core.people.invite(tx, owner, Role.VOLUNTEER, now)
        await core.people.redeem(tx, helper, await core.people.look_up(tx, helper, code.code, now), now)
        await core.cases.campaigns.set_place(tx, helper, "Haar")
    assert f'<option value="{offer.id}">' in (await kim.get("/messages/new")).text
    about = {"phrase": "bring_letter", "offer": offer.id}
    text = (await kim.post("/messages/preview", about)).text
    assert said("desk.message.goes").split("{")[0] + "1" in text
    assert 'lang="ar"' in text
    assert 'lang="fr"' not in text
    made = await kim.post("/messages", about)
    path = made.headers["location"].split("?")[0]

    # A correction is seen in their language before it replaces anything.
    other = {"phrase": "please_call"}
    look = await kim.post(f"{path}/correct", other)
    assert 'name="go" value="yes"' in look.text
    assert f'action="{path}/correct"' in look.text
    assert catalogues.texts("ar")[PHRASES["please_call"].key][0] in look.text
    async with core.database.read() as tx:
        [campaign] = await core.cases.campaigns.sent(tx, owner)
    assert [one.phrase for one in campaign.texts] == ["bring_letter"]
    done = await kim.post(f"{path}/correct", {**other, "go": "yes"})
    assert done.headers["location"] == f"{path}?done=message_corrected"
    async with core.database.read() as tx:
        [campaign] = await core.cases.campaigns.sent(tx, owner)
    assert [one.phrase for one in campaign.texts] == ["please_call", "bring_letter"]

    to_helpers = {"phrase": "please_call", "volunteers": "Haar", "client": client_id}
    look = await kim.post("/messages/preview", to_helpers)
    assert 'lang="uk"' in look.text
    assert 'lang="ar"' not in look.text
    await kim.post("/messages", to_helpers)
    assert said("desk.message.to_volunteers") in (await kim.get("/messages")).text
    assert (await kim.post("/messages/preview", {**to_helpers, "phrase": "bring_letter"})).status_code == 422
    assert (await kim.post("/messages", {**to_helpers, "volunteers": "Planegg"})).status_code == 422


async def test_what_changed_goes_back_into_the_other_program(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", now)
        await core.cases.files.change(tx, owner, client.id, {"german_level": "A1"}, now)
        due = (now + timedelta(days=20)).date()
        await core.agreements.add_milestone(tx, owner, client.id, "write_cv", {}, due, None, now)
    assert said("desk.transfer.never") in (await kim.get("/clients/import")).text
    names = b"milestones:\n  due_on: Frist\n"
    token = {"csrf": kim.csrf, "format": "csv"}
    first = await kim.http.post("/clients/export", data=token, files={"columns": ("names.yml", names)})
    assert first.headers["content-type"] == "application/zip"
    tables = packed(first.content)
    assert "Frist" in tables["milestones.csv"].splitlines()[0]
    assert "write_cv" in tables["milestones.csv"]
    assert "LM-1" in tables["clients.csv"]
    wrong = await kim.http.post("/clients/export", data=token, files={"columns": ("names.yml", b"gold: 1")})
    assert wrong.status_code == 422
    assert said("desk.transfer.since").split("{")[0] in (await kim.get("/clients/import")).text
    # Nothing happened since: only headers, until everything is asked for.
    assert "LM-1" not in packed((await kim.post("/clients/export", {"format": "csv"})).content)["clients.csv"]
    again = await kim.post("/clients/export", {"format": "xlsx", "everything": "yes"})
    book = openpyxl.load_workbook(io.BytesIO(again.content))
    assert "LM-1" in [cell.value for row in book["clients"].iter_rows() for cell in row]


def packed(content: bytes) -> dict[str, str]:
    """The tables of an export by the names of their files."""
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return {name: files.read(name).decode("utf-8-sig") for name in files.namelist()}


async def test_who_has_no_chat_is_called_and_the_line_goes(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", now)
        local = (now + timedelta(days=3)).replace(tzinfo=None)
        await core.agreements.add_appointment(
            tx, owner, client.id, "jobcenter", "Haar", "Zimmer 12", local, 30, [], now
        )
    day = (await kim.get("/")).text
    assert 'id="g-call_list"' in day
    assert "Zimmer 12" in day
    called = {"channel": "phone", "happened_on": f"{now.date()}", "text": "", "to": "/"}
    assert (
        (await kim.post(f"/clients/{client.id}/contacts", called)).headers["location"].startswith("/?done=")
    )
    assert 'id="g-call_list"' not in (await kim.get("/")).text


async def test_goals_promises_and_offers_of_an_agreement(desk: DeskWorld, owner: Actor, kim: Visitor) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", now)
        offer = next(one for one in await core.offers.published(tx) if one.kind == "german_course")
        await core.cases.placements.suggest(tx, owner, client.id, offer.id, now)
        await core.cases.files.change(tx, owner, client.id, {"german_level": "A1"}, now)
    file = f"/clients/{client.id}"
    await kim.post(f"{file}/goals", {"phrase": "find_work", "words": "Bäckerei", "roadmap_goal": "4.2"})
    assert (
        await kim.post(f"{file}/goals", {"phrase": "find_work", "roadmap_goal": "vier"})
    ).status_code == 422
    step = {
        "phrase": "finish_german_course",
        "due_on": "2027-03-01",
        "offer": offer.id,
        "roadmap_goal": "2.2",
    }
    await kim.post(f"{file}/milestones", step)
    assert (await kim.post(f"{file}/milestones", {**step, "offer": "A" * 16})).status_code == 404
    await kim.post(f"{file}/tasks", {"phrase": "i_register_you", "due_on": "2027-02-01"})
    async with core.database.read() as tx:
        content = (await core.cases.goals.agreement(tx, owner, client.id)).content
    [goal], [milestone], [task] = content.goals, content.steps, content.tasks
    assert (goal.words, goal.roadmap_goal) == ("Bäckerei", "4.2")
    assert (milestone.offer_id, milestone.roadmap_goal) == (offer.id, "2.2")
    async with core.database.read() as tx:
        before = (await core.cases.goals.agreement(tx, owner, client.id)).content.mark
    seen = re.search(r'name="seen" value="([^"]+)"', (await kim.get(file)).text)
    assert seen
    # A colleague adds a promise between the print and the click: nobody signed that.
    await kim.post(f"{file}/tasks", {"phrase": "i_will_call_you", "due_on": "2027-02-01"})
    refused = await kim.post(f"{file}/sign", {"signed_on": f"{now.date()}", "seen": seen.group(1)})
    assert refused.status_code == 422
    assert said("cw.error.agreement_changed") in refused.text
    async with core.database.write() as tx:
        [added] = [t for t in await core.cases.goals.tasks(tx, owner, client.id) if t.id != task.id]
        await core.cases.goals.drop_task(tx, owner, added.id, now)
    assert seen.group(1) == before
    signed = await kim.post(f"{file}/sign", {"signed_on": f"{now.date()}", "seen": before})
    assert signed.status_code == 303
    page = strip_controls((await kim.get(file)).text)
    assert page.count(f'href="/offers/{offer.id}"') == 2, "beside the milestone and among the placements"
    assert said("desk.file.versions") in page
    assert said("desk.f.german_level") in page[page.index(said("desk.file.changes")) :]
    assert "/placements" in (await kim.get(f"{file}/fits")).text
    history = (await kim.get(f"/milestones/{milestone.id}/events")).text
    assert "Kim" in history
    assert said("desk.milestone.open") in history
    await kim.post(f"/goals/{goal.id}", {"do": "reached"})
    await kim.post(f"/tasks/{task.id}/done")
    text = (await kim.get(file)).text
    assert text.count('value="not_yet"') == 2
    await kim.post(f"/goals/{goal.id}", {"do": "not_yet"})
    await kim.post(f"/tasks/{task.id}/done", {"do": "not_yet"})
    assert 'value="not_yet"' not in (await kim.get(file)).text
    gone = await kim.post(f"/goals/{goal.id}", {"do": "drop"})
    async with core.database.read() as tx:
        assert await core.cases.goals.goals(tx, owner, client.id) == []
    back = re.search(r'action="(/goals/[\w-]+)"', (await kim.get(gone.headers["location"])).text)
    assert back
    await kim.post(back.group(1), {"do": "back"})
    gone = await kim.post(f"/tasks/{task.id}/done", {"do": "drop"})
    async with core.database.read() as tx:
        assert [one.id for one in await core.cases.goals.goals(tx, owner, client.id)] == [goal.id]
        assert await core.cases.goals.tasks(tx, owner, client.id) == []
    assert f'action="/tasks/{task.id}/done"' in (await kim.get(gone.headers["location"])).text
    await kim.post(f"/tasks/{task.id}/done", {"do": "back"})
    async with core.database.read() as tx:
        assert [one.id for one in await core.cases.goals.tasks(tx, owner, client.id)] == [task.id]
    strange = (await kim.get(f"{file}?done=dropped&task=..%2Fclients%2F{client.id}%2Ferase%23")).text
    assert said("desk.done.dropped") in strange
    assert 'value="back"' not in strange


async def test_slips_in_a_file_are_put_right_where_they_stand(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    client_id, _ = await linked(desk, owner, "LM-1", "ar")
    async with core.database.write() as tx:
        public, paused = (await core.offers.published(tx))[:2]
        await core.reviews.answer(tx, owner, paused.id, "pause", now)
        note = await core.cases.files.add_note(tx, owner, client_id, "Hat eine Wonung", now)
    file = f"/clients/{client_id}"
    await kim.post(f"/notes/{note.id}", {"text": "Hat eine Wohnung"})
    page = (await kim.get(file)).text
    assert "Hat eine Wohnung" in page
    assert "Wonung" not in page.partition('id="contacts"')[2]

    # Found alone: noted without a word to the client, be the offer public or not.
    found = (await kim.get(f"{file}/fits?q={paused.name[:12]}", **{"hx-request": "true"})).text
    assert said("desk.file.unlisted") in found
    for offer in (public, paused):
        done = await kim.post(f"{file}/placements", {"offer": offer.id, "do": "begun"})
        assert done.headers["location"] == f"{file}?done=placement_step#placements"
    await desk.lotse.quiet()
    assert desk.lotse.rows("SELECT count(*) FROM outbox WHERE dedup_key LIKE 'suggestion:%'") == [(0,)]
    async with core.database.read() as tx:
        placements = await core.cases.placements.placements(tx, owner, client_id)
    assert {p.status.value for p in placements} == {"started"}

    # Finished with the wrong result: one click back.
    one = placements[0]
    assert f"/placements/{one.id}/undo" not in (await kim.get(file)).text, "nothing was before"
    await desk.lotse.moves(minutes=1)
    await kim.post(f"/placements/{one.id}/step", {"status": "finished", "result": "job"})
    assert f"/placements/{one.id}/undo" in (await kim.get(file)).text
    await kim.post(f"/placements/{one.id}/undo")
    async with core.database.read() as tx:
        placements = await core.cases.placements.placements(tx, owner, client_id)
    assert {(p.status.value, p.result) for p in placements} == {("started", None)}


async def test_what_was_answered_and_not_settled_stands_there_with_what_settles_it(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", now)
        due = now.date() + timedelta(days=30)
        goal = await core.agreements.add_milestone(tx, owner, client.id, "write_cv", {}, due, None, now)
        reported = MilestoneStatus.REPORTED_DONE
        await core.agreements._repository.change_milestone(tx, goal.id, now, reported, due)
    day = (await kim.get("/")).text
    assert 'id="g-settle"' in day
    assert f"/milestones/{goal.id}/confirm" in day
    await kim.post(f"/milestones/{goal.id}/confirm", {"to": "/"})
    assert 'id="g-settle"' not in (await kim.get("/")).text


async def test_a_wish_to_be_deleted_stands_there_until_it_is_done(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    core, now = desk.lotse.core, desk.lotse.clock.now()
    async with core.database.write() as tx:
        client = await core.agreements.create_client(tx, owner, "LM-1", "ar", "Haar", now)
        await core.agreements._to_decide_on(tx, client, now)
        [task] = await core.agreements._tasks.tasks(tx, [client.id], duties=True)
    day = (await kim.get("/")).text
    assert 'id="g-erasure"' in day
    assert f"/tasks/{task.id}/done" in day
    await kim.post(f"/tasks/{task.id}/done", {"to": "/"})
    assert 'id="g-erasure"' in (await kim.get("/")).text, "neither deleted nor kept for a reason"
    async with core.database.write() as tx:
        await core.cases.holds.hold(
            tx, owner, client.id, HoldReason.COURT, now.date().replace(year=2027), now
        )
    await kim.post(f"/tasks/{task.id}/done", {"to": "/"})
    assert 'id="g-erasure"' not in (await kim.get("/")).text


async def test_a_case_is_closed_and_opened_again_on_its_page(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    client, person = await linked(desk, owner, "LM-1", "ar")
    await kim.post(f"/clients/{client}/end")
    page = (await kim.get(f"/clients/{client}?done=case_ended")).text
    assert said("desk.done.case_ended") in page
    assert said("desk.file.reopen") in page
    assert said("desk.file.end") not in page
    assert "LM-1" not in (await kim.get("/clients")).text
    found = (await kim.get("/clients?q=lm-1")).text
    assert f'href="/clients/{client}"' in found
    assert said("desk.client.ended") in found
    assert f'href="/clients/{client}"' not in (await kim.get("/clients?q=lm-2")).text
    async with desk.lotse.core.database.read() as tx:
        assert await desk.lotse.core.agreements.own_clients(tx, person) == []
    await kim.post(f"/clients/{client}/end", {"do": "reopen"})
    assert said("desk.file.end") in (await kim.get(f"/clients/{client}")).text
    assert "LM-1" in (await kim.get("/clients")).text


@pytest.mark.usefixtures("unhurried")
async def test_every_phrase_of_the_book_has_its_fields_and_its_preview(kim: Visitor) -> None:
    for phrase in PHRASES.values():
        fields = await kim.get(f"/phrase/slots?phrase={phrase.id}")
        names = re.findall(r'name="slot_(\w+)"', fields.text)
        assert names == [kind.value for kind in phrase.slots], phrase.id
        wrong = "&".join(f"slot_{kind.value}=%00" for kind in phrase.slots)
        for given in ("", wrong):
            shown = await kim.get(f"/phrase/preview?phrase={phrase.id}&language=ar&{given}")
            assert shown.status_code == 200, phrase.id
            assert 'class="bubble"' in shown.text, phrase.id
    shown = await kim.get("/phrase/preview?phrase=visit_office&language=de&slot_office=zzz")
    assert said("office.landratsamt") in shown.text


async def test_a_phrase_that_names_an_office_or_an_offer_can_be_said_at_the_desk(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    client_id, _ = await linked(desk, owner, "LM-1", "ar")
    form = {"phrase": "visit_office", "slot_office": "jobcenter", "due_on": "2027-02-10"}
    made = await kim.post(f"/clients/{client_id}/milestones", form)
    assert made.headers["location"].endswith("done=milestone_added#agreement")
    async with desk.lotse.core.database.read() as tx:
        found = await desk.lotse.core.agreements.milestones(tx, owner, client_id)
    assert [(one.phrase, dict(one.slots)) for one in found] == [("visit_office", {"office": "jobcenter"})]
    typed = {"phrase": "place_for_you", "slot_offer": "Deutsch am Abend", "client": client_id}
    seen = await kim.post("/messages/preview", dict(typed))
    assert seen.status_code == 200
    back = await kim.get(seen.headers["hx-push-url"])
    assert 'name="slot_offer"' in back.text
    assert 'value="Deutsch am Abend"' in html.unescape(back.text)


async def test_a_number_that_is_none_or_endless_is_refused(
    desk: DeskWorld, owner: Actor, kim: Visitor
) -> None:
    for weeks in ("9" * 5_000, "-1", "zwei", "99"):
        assert (await kim.post("/me", {"silent_weeks": weeks})).status_code == 422, weeks[:9]
    assert (await kim.post("/me", {"silent_weeks": "8"})).status_code == 303
    assert 'name="silent_weeks" type="number" value="8"' in (await kim.get("/me")).text
