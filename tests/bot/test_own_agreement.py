"""The agreement, and appointments with a helper, series, ticks and wishes: on the client's phone and the coordinator's."""

from datetime import date, datetime

import pytest

from agreements.replies import shown
from agreements.replies.types import Standing
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence

HELPER, CURIOUS = 7060, 7061


async def agreed(lotse: LotseWorld, staff: Pocket, client_id: str) -> str:
    """An agreement with a goal of two fields, a step and a task, signed as version 1; returns the step's id."""
    goals, now, actor = lotse.core.cases.goals, lotse.clock.now(), await staff.actor()
    async with lotse.core.database.write() as tx:
        await goals.add_goal(tx, actor, client_id, "find_work", now, words="Koch werden")
        await goals.add_goal(tx, actor, client_id, "german_for_work", now)
        step = await lotse.core.agreements.add_milestone(
            tx, actor, client_id, "write_cv", {}, date(2026, 12, 20), None, now
        )
        await goals.add_task(tx, actor, client_id, "i_register_you", date(2026, 12, 11), now)
        await goals.sign(tx, actor, client_id, date(2026, 12, 1), now)
    return step.id


async def visit(lotse: LotseWorld, staff: Pocket, client_id: str, local: datetime) -> str:
    async with lotse.core.database.write() as tx:
        made = await lotse.core.agreements.add_appointment(
            tx, await staff.actor(), client_id, "jobcenter", "Haar", "Hauptstraße 1", local, 30,
            ["logbook", "id"], lotse.clock.now(),
        )  # fmt: skip
    return made.id


async def test_the_client_sees_the_agreement_by_field_agrees_and_asks_for_a_change(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    await agreed(lotse, staff, client_id)
    await phone.reads()
    shown = (await phone.tampers(f"agree:{client_id}"))[-1]
    text = said(shown)
    assert sentence("ar", "agree.version", number=1, day="")[:7] in text
    assert text.index("🎓") < text.index("💼"), "goals stand in the order of the fields"
    for part in ("Koch werden", sentence("ar", "sheet.you_do"), sentence("ar", "sheet.we_do")):
        assert part in text
    listed = said((await staff.tampers(f"cl:{client_id}"))[-1])
    assert sentence("de", "cl.agreement.seen", day="")[:10] in listed

    [yes] = await phone.taps(data=f"agree.yes:{client_id}:1")
    assert sentence("ar", "agree.confirmed", day="")[:6] in said(yes)
    assert f"agree.yes:{client_id}:1" not in data_of(yes)
    [news] = [message for message in await staff.reads() if "news:" in str(data_of(message))]
    [opened] = await staff.taps(data=data_of(news)[0])
    assert "✅ bestätigt" in said(opened)

    await phone.taps(data=f"agree.no:{client_id}:1")
    [receipt] = await phone.taps(data=f"agree.why:{client_id}:1:childcare")
    assert "📨" in said(receipt)
    waiting = (await staff.tampers("rq.list"))[-1]
    assert sentence("de", "request.kind.change") in said(waiting)
    assert "✏️ Änderung gewünscht" in said((await staff.tampers(f"cl:{client_id}"))[-1])

    async with lotse.core.database.write() as tx:
        actor, now = await staff.actor(), lotse.clock.now()
        await lotse.core.cases.goals.add_goal(tx, actor, client_id, "meet_people", now)
        await lotse.core.cases.goals.sign(tx, actor, client_id, date(2026, 12, 1), now)
    assert f"agree:{client_id}" in str([data_of(message) for message in await phone.reads()])
    newer = (await phone.tampers(f"agree:{client_id}"))[-1]
    assert {f"agree.yes:{client_id}:2", f"agree.at:{client_id}:1"} <= set(data_of(newer))
    [older] = await phone.taps(data=f"agree.at:{client_id}:1")
    assert "👥" not in said(older), "what was signed then"
    [refused] = await phone.tampers(f"agree.yes:{client_id}:1")
    assert sentence("ar", "error.not_found") in said(refused)


async def test_a_text_that_reads_differently_since_it_was_agreed_to_is_seen_on_both_sides(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    await agreed(lotse, staff, client_id)
    await phone.reads()
    await phone.tampers(f"agree:{client_id}")
    actor, replies = await staff.actor(), lotse.core.cases.replies

    async def standing() -> Standing:
        async with lotse.core.database.read() as tx:
            return await replies.of_client(tx, actor, client_id)

    found = await standing()
    on_screen = shown.mark(found.view.versions[0], "ar")
    assert found.reply is not None
    assert (found.reply.mark, found.reply.language) == (on_screen, "ar")
    text = said((await phone.tampers(f"agree:{client_id}"))[-1])
    lines = [line for line in shown.said(found.view.versions[0], "ar")[1:] if line and not line[0].isdigit()]
    assert [line for line in lines if line not in text] == []

    # What stood there when it was tapped counts, whatever the words are by then.
    real = shown.said
    monkeypatch.setattr(shown, "said", lambda version, language: [*real(version, language), "…"])
    [again] = await phone.taps(data=f"agree.yes:{client_id}:1")
    assert sentence("ar", "agree.reworded") in said(again)
    assert f"agree.yes:{client_id}:1" in data_of(again)
    found = await standing()
    assert found.reply is not None
    assert (found.reply.mark, found.reworded) == (on_screen, True)
    [yes] = await phone.taps(data=f"agree.yes:{client_id}:1")
    assert sentence("ar", "agree.reworded") not in said(yes)
    assert not (await standing()).reworded
    await phone.tampers("lang:de")
    assert not (await standing()).reworded, "it is held against the language in which it was read"
    kept = lotse.rows("SELECT mark_sealed FROM agreement_replies")
    assert on_screen.encode() not in bytes(kept[0][0])


async def test_one_helper_sees_one_appointment_and_nothing_else(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    visit_id = await visit(lotse, staff, client_id, datetime(2026, 12, 10, 10))
    await phone.reads()
    await phone.tampers(f"appt:{visit_id}")
    [offered] = await phone.taps(data=f"appt.share:{visit_id}")
    payload = said(offered).split("start=")[1].split()[0]

    helper = lotse.phone(HELPER, language="de")
    [languages] = await helper.opens(payload)
    assert "Hauptstraße" not in said(languages), "language and notice come first"
    [notice] = await helper.taps(data="lang:de")
    seen = (await helper.taps(data=data_of(notice)[0]))[-1]
    curious = await lotse.arrives(CURIOUS, "de")
    for part in ("Hauptstraße 1", sentence("de", "bring.id"), sentence("de", "share.you_come_along")):
        assert part in said(seen)
    assert "LM-1" not in said(seen)
    assert "openstreetmap.org/search?query=Hauptstra" in str(seen["reply_markup"])
    assert "Hauptstraße" not in all_said(await curious.opens(payload)), (
        "the link belongs to whoever came first"
    )
    assert "Hauptstraße" in all_said(await helper.opens(payload))
    for way in (f"appt:{visit_id}", "my.appts", f"agree:{client_id}"):
        assert "Hauptstraße" not in all_said(await helper.tampers(way))

    async with lotse.core.database.write() as tx:
        await lotse.core.agreements.move_appointment(
            tx, await staff.actor(), visit_id, datetime(2026, 12, 10, 14), lotse.clock.now()
        )
    [told] = await helper.reads()
    assert said(told) == sentence("de", "push.appointment")
    [moved] = await helper.taps(data=data_of(told)[0])
    assert "14:00" in said(moved)
    [shown] = await phone.tampers(f"appt:{visit_id}")
    assert sentence("ar", "share.is_shared") in said(shown)
    await phone.taps(data=f"appt.unshare:{visit_id}")
    assert "Hauptstraße" not in all_said(await helper.opens(payload))

    [again] = await phone.tampers(f"appt.share:{visit_id}")
    fresh = said(again).split("start=")[1].split()[0]
    assert "Hauptstraße" in all_said(await helper.opens(fresh))
    await lotse.waits_until("2026-12-10 14:31")
    assert "Hauptstraße" not in all_said(await helper.opens(fresh)), "it ends with the appointment"


async def test_who_cannot_come_says_why_and_what_instead_and_ticks_come_afterwards(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    first = await visit(lotse, staff, client_id, datetime(2026, 12, 2, 10))
    second = await visit(lotse, staff, client_id, datetime(2026, 12, 10, 10))
    await phone.reads()
    await phone.tampers(f"appt.no:{second}")
    [asked] = await phone.taps(data=f"appt.why:{second}:illness")
    assert sentence("ar", "instead.what") in said(asked)
    wish = next(data for data in data_of(asked) if data.endswith(":by_phone"))
    await phone.taps(data=wish)
    request = wish.split(":")[1]
    assert sentence("de", "instead.by_phone") in said((await staff.tampers(f"rq:{request}"))[-1])

    [early] = await phone.tampers(f"appt.brought:{first}:id")
    assert sentence("ar", "error.not_found") in said(early), "nothing was brought before it began"
    await lotse.waits_until("2026-12-02 11:00")
    listed = (await phone.says("/appointments"))[-1]
    assert f"appt:{first}" in data_of(listed)
    [ticks] = await phone.taps(data=f"appt:{first}")
    assert sentence("ar", "own.brought") in said(ticks)
    await phone.taps(data=f"appt.brought:{first}:id")
    shown = (await staff.tampers(f"ap:{first}"))[-1]
    assert f"{sentence('de', 'ap.brought')}: {sentence('de', 'bring.id')}" in said(shown)
    shown = (await staff.taps(data=f"ap.brought:{first}:logbook"))[-1]
    assert sentence("de", "bring.logbook") in said(shown)


async def test_a_series_keeps_its_hour_and_is_moved_and_cancelled_from_one_on(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator()
    phone, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    await lotse.waits_until("2027-03-15 09:00")
    await phone.reads()
    await staff.tampers(f"ap.new:{client_id}")
    for data in ("ap.phrase:jobcenter", "ap.date:2027-03-22", "ap.time:1000", "ap.where:none", "ap.ready"):
        await staff.taps(data=data)
    await staff.taps(data="ap.every:1")
    [preview] = await staff.taps(data="ap.times:4")
    assert "🔁" in said(preview)
    await staff.taps(data=next(data for data in data_of(preview) if data.startswith("ap.save:")))
    assert [message for message in await phone.reads() if said(message) == sentence("ar", "push.appointment")]

    def times(status: str = "planned") -> list[str]:
        return [
            row[0]
            for row in lotse.rows("SELECT local_time FROM appointments WHERE status = ? ORDER BY 1", status)
        ]

    assert times() == [f"2027-{day}T10:00" for day in ("03-22", "03-29", "04-05", "04-12")]
    second = lotse.rows("SELECT id FROM appointments ORDER BY starts_at")[1][0]
    await staff.tampers(f"ap.move.all:{second}")
    await staff.says("30.03.2027")
    [preview] = await staff.taps(data="ap.time:1400")
    await staff.taps(data=next(data for data in data_of(preview) if data.startswith("ap.save:")))
    assert times() == ["2027-03-22T10:00", "2027-03-30T14:00", "2027-04-06T14:00", "2027-04-13T14:00"]
    third = lotse.rows("SELECT id FROM appointments ORDER BY starts_at")[2][0]
    [sure] = await staff.tampers(f"ap.cancel.all:{third}")
    assert sentence("de", "ap.cancel.all_sure", number=2) in said(sure)
    await staff.taps(data=f"ap.cancel.all.yes:{third}")
    assert times() == ["2027-03-22T10:00", "2027-03-30T14:00"]
    assert times("cancelled") == ["2027-04-06T14:00", "2027-04-13T14:00"]
    told = [message for message in await phone.reads() if said(message) == sentence("ar", "push.appointment")]
    assert len(told) == 2, "once for what moved, once for what was cancelled"
