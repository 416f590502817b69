"""What happens between a client who asks and the coordinator who answers, and appointments from the first to the last word."""

from datetime import date

import pytest

from agreements.types import HelpReason, MilestoneStatus, RequestKind
from playground.types import Json
from tests.bot.world import LotseWorld, Pocket, all_said, data_of, said, sentence

NUMBER = "LM-2027/014"


def only(messages: list[Json], prefix: str) -> str:
    """The one piece of callback data below these messages that begins so."""
    found = {data for message in messages for data in data_of(message) if data.startswith(prefix)}
    assert len(found) == 1, found
    return found.pop()


async def agreed(lotse: LotseWorld, coordinator: Pocket, client_id: str, due: date) -> str:
    """A goal, made by the use case itself; returns its id."""
    actor = await coordinator.actor()
    async with lotse.core.database.write() as tx:
        milestone = await lotse.core.agreements.add_milestone(
            tx, actor, client_id, "finish_course", {}, due, None, lotse.clock.now()
        )
    lotse.lotse.worker.wake()
    return milestone.id


async def reported(lotse: LotseWorld, client: Pocket, goal: str, what: MilestoneStatus) -> None:
    """What the client says about a goal, by the use case itself."""
    reason = HelpReason.TIME if what is MilestoneStatus.NEEDS_HELP else None
    async with lotse.core.database.write() as tx:
        await lotse.core.agreements.report(tx, await client.actor(), goal, what, reason, lotse.clock.now())
    lotse.lotse.worker.wake()


async def opens_news(pocket: Pocket) -> list[Json]:
    """Tap the button of the push that came last."""
    pushed = (await pocket.reads())[-1]
    return await pocket.taps(data=data_of(pushed)[0], message_id=pushed["message_id"])


async def makes_appointment(coordinator: Pocket, client_id: str) -> list[Json]:
    """On the 8th of December at 10:30, by buttons and typing, up to the preview."""
    await coordinator.tampers(f"ap.new:{client_id}")
    await coordinator.taps(data="ap.phrase:jobcenter")
    await coordinator.says("8.12.")
    await coordinator.taps(data="ap.time:1030")
    address = next(data for data in data_of(await coordinator.last()) if data.startswith("ap.where:"))
    await coordinator.taps(data=address)
    await coordinator.taps(data="ap.bring:letters")
    return await coordinator.taps(data="ap.ready")


async def saves(coordinator: Pocket) -> list[Json]:
    return await coordinator.taps(data=only([await coordinator.last()], "ap.save:"))


async def test_a_call_for_help_is_answered_and_read_in_arabic(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="ar")
    goal = await agreed(lotse, coordinator, client_id, date(2027, 3, 3))
    await client.reads()
    await client.tampers(f"goal.is:{goal}:help")
    await client.taps(data=f"goal.why:{goal}:childcare")

    pushed = (await coordinator.reads())[-1]
    assert said(pushed) == sentence("de", "push.news")
    request = (await coordinator.taps(data=data_of(pushed)[0]))[-1]
    assert NUMBER in said(request)
    assert sentence("de", "help.childcare") in said(request)
    say = next(data for data in data_of(request) if data.endswith(":childcare_is_possible"))
    preview = (await coordinator.taps(data=say))[-1]
    arabic = sentence("ar", "phrase.answer.childcare_is_possible")
    assert arabic in said(preview)
    assert sentence("de", "phrase.answer.childcare_is_possible") in said(preview)
    assert await client.reads() == []

    sent = await coordinator.taps(data=only([preview], "rq.send:"))
    assert sentence("de", "rq.sent.told", case=NUMBER) in all_said(sent)
    assert sentence("de", "phrase.answer.childcare_is_possible") in all_said(sent)
    told = (await client.reads())[-1]
    assert said(told) == sentence("ar", "push.answer")
    assert arabic in all_said(await client.taps(data=data_of(told)[0]))
    assert sentence("de", "rq.none") in all_said(await coordinator.tampers("rq.list"))


async def test_a_question_is_answered_with_yes_and_the_coordinator_sees_to_what(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, _client_id = await lotse.client(coordinator, NUMBER, language="ar")
    await client.tampers("talk:childcare")
    request = (await opens_news(coordinator))[-1]
    more = await coordinator.taps(data=only([request], "rq.more:"))
    group = next(data for data in data_of(more[-1]) if data.endswith(":question"))
    questions = await coordinator.taps(data=group)
    assert sentence("de", "rq.group.question") in all_said(questions)
    asked = next(data for data in data_of(questions[-1]) if data.endswith(":do_you_need_childcare"))
    preview = await coordinator.taps(data=asked)
    await coordinator.taps(data=only(preview, "rq.send:"))

    opened = await opens_news(client)
    assert sentence("ar", "phrase.question.do_you_need_childcare") in all_said(opened)
    yes = next(data for data in data_of(opened[-1]) if data.startswith("reply:") and data.endswith(":yes"))
    await client.taps(data=yes)
    await client.tampers(yes)

    answered = await opens_news(coordinator)
    assert sentence("de", "request.kind.yes") in all_said(answered)
    assert sentence("de", "phrase.question.do_you_need_childcare") in all_said(answered)
    async with lotse.core.database.read() as tx:
        waiting = await lotse.core.agreements.open_requests(tx, await coordinator.actor())
    assert [line.request.kind for line in waiting] == [RequestKind.YES]
    assert sentence("ar", "error.not_found") in all_said(
        await client.tampers(f"reply:{waiting[0].request.id}:no")
    )


async def test_an_office_in_a_goal_is_tapped(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    _client, client_id = await lotse.client(coordinator, NUMBER, language="uk")
    await coordinator.tampers(f"ms.new:{client_id}")
    offices = await coordinator.tampers("ms.phrase:hand_in_at_office")
    assert "ms.paper:identity_card" in data_of(offices[-1])
    await coordinator.taps(data="ms.paper:identity_card")
    due = await coordinator.taps(data="ms.office:foreigners_office")
    assert "Ausländerbehörde" in all_said(due)


async def test_day_and_time_of_an_answer_are_tapped_or_typed(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, _ = await lotse.client(coordinator, NUMBER, language="uk")
    await client.tampers("talk:dont_understand")
    request = await opens_news(coordinator)
    await coordinator.taps(data=next(d for d in data_of(request[-1]) if d.endswith(":come_to_my_office")))
    assert sentence("de", "date.not_understood") in all_said(await coordinator.says("morgen"))
    assert sentence("de", "error.due_in_past") in all_said(await coordinator.says("30.11.2026"))
    await coordinator.taps(data="rq.date:2026-12-01")
    assert "rq.time:1000" not in data_of(await coordinator.last())
    assert sentence("de", "ap.time_not_understood") in all_said(await coordinator.says("25:00"))
    assert sentence("de", "error.appointment_in_past") in all_said(await coordinator.says("9:00"))
    await coordinator.taps(data="rq.back")
    await coordinator.taps(data="rq.date:2026-12-02")
    preview = await coordinator.says("١٤:١٥")
    await coordinator.taps(data=only(preview, "rq.send:"))
    opened = all_said(await opens_news(client))
    assert "14:15" in opened
    assert "середа, 2 грудня 2026" in opened


async def test_done_is_confirmed_by_one_tap(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="ar")
    goal = await agreed(lotse, coordinator, client_id, date(2027, 3, 3))
    await client.reads()
    await reported(lotse, client, goal, MilestoneStatus.REPORTED_DONE)
    await opens_news(coordinator)
    await coordinator.taps(data=f"ms.ok:{goal}")
    assert sentence("ar", "phrase.answer.you_did_well") in all_said(await opens_news(client))
    assert lotse.rows("SELECT status FROM milestones") == [("confirmed",)]


async def test_more_time_moves_the_goal_with_the_answer(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="en")
    goal = await agreed(lotse, coordinator, client_id, date(2027, 3, 3))
    await client.reads()
    await reported(lotse, client, goal, MilestoneStatus.NEEDS_TIME)
    request = (await opens_news(coordinator))[-1]
    assert f"ms.move:{goal}" in data_of(request)
    await coordinator.taps(data=next(data for data in data_of(request) if data.endswith(":extended")))
    await coordinator.says("17.3.2027")
    preview = await coordinator.last()
    assert sentence("de", "rq.effect.extended") in said(preview)
    await coordinator.taps(data=only([preview], "rq.send:"))
    assert "Wednesday, 17 March 2027" in all_said(await opens_news(client))
    assert lotse.rows("SELECT status, due_on FROM milestones") == [("moved", "2027-03-17")]


async def test_a_wish_shows_the_offer_and_answers_for_it(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, _ = await lotse.client(coordinator, NUMBER, language="ar")
    found = await client.says("دورة لغة ألمانية في هار")
    want = next(data for message in found for data in data_of(message) if data.startswith("want:"))
    await client.taps(data=want)
    request = (await opens_news(coordinator))[-1]
    assert sentence("de", "request.kind.wish") in said(request)
    card = await coordinator.taps(data=only([request], "rq.offer:"))
    assert "🇩🇪" in all_said(card)
    phrases = [data.rpartition(":")[2] for data in data_of(request) if data.startswith("rq.say:")]
    assert phrases[:2] == ["i_register_you", "course_is_full"]
    say = next(data for data in data_of(request) if data.endswith(":course_is_full"))
    await coordinator.taps(data=only(await coordinator.taps(data=say), "rq.send:"))
    assert sentence("ar", "phrase.answer.course_is_full") in all_said(await opens_news(client))


async def test_two_requests_side_by_side_get_their_own_answers(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    first, _ = await lotse.client(coordinator, "LM-1", user_id=7011, language="en")
    second, _ = await lotse.client(coordinator, "LM-2", user_id=7012, language="en")
    shown: list[Json] = []
    for client in (first, second):
        await client.tampers("talk:paper")
        shown.append((await opens_news(coordinator))[-1])
    for message, phrase in zip(shown, ("bring_letter", "i_will_call_you"), strict=True):
        say = next(data for data in data_of(message) if data.endswith(f":{phrase}"))
        preview = await coordinator.taps(data=say, message_id=message["message_id"])
        await coordinator.taps(data=only(preview, "rq.send:"))
    assert sentence("en", "phrase.answer.bring_letter") in all_said(await opens_news(first))
    assert sentence("en", "phrase.answer.i_will_call_you") in all_said(await opens_news(second))


async def test_an_answer_is_sent_once(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, _ = await lotse.client(coordinator, NUMBER, language="en")
    await client.tampers("talk:money")
    request = (await opens_news(coordinator))[-1]
    say = next(data for data in data_of(request) if data.endswith(":costs_are_covered"))
    send = only(await coordinator.taps(data=say), "rq.send:")
    await coordinator.taps(data=send)
    await client.reads()
    assert sentence("de", "error.dialogue_over") in all_said(await coordinator.tampers(send))
    assert sentence("de", "error.already_answered") in all_said(await coordinator.tampers(say))
    assert await client.reads() == []


async def test_an_appointment_is_made_moved_and_cancelled_and_the_client_hears_of_it(
    lotse: LotseWorld,
) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="ar")
    preview = all_said(await makes_appointment(coordinator, client_id))
    for expected in (
        "8. Dezember 2026, 10:30",
        "Haidenauplatz 1, 81667 München",
        "Montag, 7. Dezember 2026, 18:00",
    ):
        assert expected in preview
    assert await client.reads() == []
    saved = await saves(coordinator)
    assert sentence("de", "ap.saved", case=NUMBER) in all_said(saved)
    appointment = only(saved, "ap:").removeprefix("ap:")

    told = (await client.reads())[-1]
    assert said(told) == sentence("ar", "push.appointment")
    opened = (await client.taps(data=f"appt:{appointment}"))[-1]
    assert said(opened) in preview

    await coordinator.taps(data=f"ap:{appointment}")
    await coordinator.taps(data=f"ap.move:{appointment}")
    await coordinator.taps(data="ap.date:2026-12-03")
    assert "3. Dezember 2026, 09:00" in all_said(await coordinator.taps(data="ap.time:0900"))
    await saves(coordinator)
    assert "09:00" in all_said(await opens_news(client))

    await coordinator.tampers(f"ap.cancel:{appointment}")
    assert await client.reads() == []
    cancelled = await coordinator.taps(data=f"ap.cancel.yes:{appointment}")
    assert sentence("de", "appointment.status.cancelled") in all_said(cancelled)
    assert sentence("ar", "appointment.status.cancelled") in all_said(await opens_news(client))
    await lotse.moves(days=3)
    assert await client.reads() == []


async def test_who_cannot_come_gets_another_time(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="en")
    await makes_appointment(coordinator, client_id)
    appointment = only(await saves(coordinator), "ap:").removeprefix("ap:")
    await client.reads()
    await client.tampers(f"appt.why:{appointment}:illness")
    request = (await opens_news(coordinator))[-1]
    assert data_of(request)[0] == f"ap.move:{appointment}"
    await coordinator.taps(data=f"ap.move:{appointment}")
    await coordinator.taps(data="ap.date:2026-12-09")
    await coordinator.says("9")
    await saves(coordinator)
    assert "Wednesday, 9 December 2026, 09:00" in all_said(await opens_news(client))
    assert sentence("de", "rq.none") in all_said(await coordinator.tampers("rq.list"))


async def test_who_cannot_come_is_let_off_in_words(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="en")
    await makes_appointment(coordinator, client_id)
    appointment = only(await saves(coordinator), "ap:").removeprefix("ap:")
    await client.reads()
    await client.tampers(f"appt.why:{appointment}:illness")
    await coordinator.reads()
    page = (await coordinator.tampers(f"ap:{appointment}"))[-1]
    request = (await coordinator.taps(data=only([page], "rq:")))[-1]
    say = next(data for data in data_of(request) if data.endswith(":appointment_cancelled_ok"))
    assert sentence("de", "rq.effect.appointment_cancelled_ok") in all_said(await coordinator.taps(data=say))
    await coordinator.taps(data=only([await coordinator.last()], "rq.send:"))
    assert sentence("en", "phrase.answer.appointment_cancelled_ok") in all_said(await opens_news(client))
    assert lotse.rows("SELECT status FROM appointments") == [("cancelled",)]


@pytest.mark.parametrize(
    ("day", "clock", "why"),
    [
        ("31.02.", "", "date.not_understood"),
        ("30.11.2026", "", "error.appointment_in_past"),
        ("1.1.2030", "", "error.appointment_too_far"),
        ("1.12.2026", "9:59", "error.appointment_in_past"),
        ("3.12.2026", "mittags", "ap.time_not_understood"),
    ],
)
async def test_a_wrong_day_or_time_is_explained_and_asked_for_again(
    lotse: LotseWorld, day: str, clock: str, why: str
) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    await coordinator.tampers(f"ap.new:{client_id}")
    await coordinator.taps(data="ap.phrase:doctor")
    answer = await coordinator.says(day)
    if clock:
        answer = await coordinator.says(clock)
    assert sentence("de", why) in all_said(answer)
    await coordinator.says("13:00" if clock else "3.12.2026")
    assert ("ap.where:none" if clock else "ap.time:0800") in data_of(await coordinator.last())


async def test_going_back_asks_again_and_leaving_keeps_nothing(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client_id = await lotse.case(coordinator, NUMBER)
    await makes_appointment(coordinator, client_id)
    stale = only([await coordinator.last()], "ap.save:")
    await coordinator.taps(data="ap.back:ready")
    await coordinator.taps(data="ap.long:30")
    await coordinator.taps(data="ap.back:where")
    await coordinator.taps(data="ap.where:none")
    assert sentence("de", "error.dialogue_over") in all_said(await coordinator.tampers(stale))
    preview = all_said(await coordinator.tampers("ap.ready"))
    assert sentence("de", "ap.minutes", minutes="30") in preview
    assert "Haidenauplatz" not in preview
    left = await coordinator.taps(data="ap.stop")
    assert f"ap.new:{client_id}" in data_of(left[-1])
    assert lotse.rows("SELECT count(*) FROM appointments") == [(0,)]


async def test_news_of_a_client_who_leaves_and_of_a_reminder_that_got_lost(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="en")
    goal = await agreed(lotse, coordinator, client_id, date(2026, 12, 3))
    await client.reads()
    await lotse.waits_until("2026-12-05 12:00")
    lost = await opens_news(coordinator)
    assert sentence("de", "news.reminder") in all_said(lost)
    assert f"ms:{goal}" in data_of(lost[-1])
    await client.tampers("forget.yes")
    assert sentence("de", "news.unlinked", case=NUMBER) in all_said(await opens_news(coordinator))


async def test_a_colleague_and_a_client_learn_nothing_of_requests_and_appointments(lotse: LotseWorld) -> None:
    coordinator = await lotse.coordinator()
    client, client_id = await lotse.client(coordinator, NUMBER, language="en")
    await makes_appointment(coordinator, client_id)
    appointment = only(await saves(coordinator), "ap:").removeprefix("ap:")
    await client.reads()
    await client.tampers("talk:paper")
    request = data_of((await coordinator.reads())[-1])[0].removeprefix("news:")
    colleague = await lotse.coordinator(user_id=7009)
    for data in (
        f"rq:{request}",
        f"news:{request}",
        f"rq.say:{request}:bring_letter",
        f"ap:{appointment}",
        f"ap.cancel.yes:{appointment}",
        f"ap.move:{appointment}",
        f"ap.new:{client_id}",
    ):
        assert sentence("de", "error.not_found") in all_said(await colleague.tampers(data)), data
        assert sentence("en", "error.not_allowed") in all_said(await client.tampers(data)), data
    assert lotse.rows("SELECT status FROM appointments") == [("planned",)]
