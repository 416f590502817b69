"""What a coordinator does on the phone by case number: goals and signing, facts of the file, absence, messages to many."""

from datetime import date

from delivery.types import OutboxState
from people.types import Role
from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence

STAFF, OTHER, HELPER, CIRCLE = 7401, 7402, 7403, 7404


async def tap(pocket: Pocket, data: str) -> Json:
    """Tap a button of any message; returns the last screen that follows."""
    return (await pocket.tampers(data))[-1]


def first(screen: Json, route: str) -> str:
    return next(data for data in data_of(screen) if data.startswith(route + ":"))


async def test_an_agreement_is_made_and_signed_by_buttons_alone(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF)
    client, client_id = await lotse.client(staff, "LM-1", CLIENT, "ar")
    assert f"ag:{client_id}" in data_of(await tap(staff, f"cl:{client_id}"))
    await tap(staff, f"ag:{client_id}")
    shown = await tap(staff, f"ag.add:{client_id}:find_work")
    assert "💼" in said(shown)
    await tap(staff, f"ag.task:{client_id}:0")
    shown = await tap(staff, f"ag.until:{client_id}:0:2026-12-11")
    assert sentence("de", "cw.tasks") in said(shown)
    shown = await tap(staff, first(shown, "ag.done"))
    assert "✅" in said(shown)
    goal = first(shown, "ag.goal")
    reached = await tap(staff, goal.replace("ag.goal", "ag.reach"))
    assert sentence("de", "cw.goal.not_yet") in str(reached["reply_markup"])
    assert sentence("de", "cw.sign.sure") in said(await tap(staff, f"ag.sign:{client_id}"))
    signed = await tap(staff, f"ag.sign.yes:{client_id}")
    assert f"ag.sign:{client_id}" not in data_of(signed)
    [push] = await client.reads()
    [agreement] = await client.taps(data=data_of(push)[0])
    assert "🏁" not in said(agreement)
    assert f"agree.yes:{client_id}:1" in data_of(agreement)


async def test_facts_of_the_file_are_dates_and_codes(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF)
    client_id = await lotse.case(staff, "LM-1")
    facts = await tap(staff, f"fa:{client_id}")
    assert sentence("de", "desk.f.education_recorded_on") in said(facts)
    days = await tap(staff, f"fa.ask:{client_id}:0")
    assert f"fa.set:{client_id}:0:2026-12-01" in data_of(days)
    await tap(staff, f"fa.set:{client_id}:0:2026-12-01")
    shown = await tap(staff, f"fa.set:{client_id}:3:A2")
    assert "A2" in said(shown)
    for wrong in ("0:2026-12-02", "0:nonsense", "3:Z9", "99:x"):
        assert sentence("de", "error.not_found") in said(await tap(staff, f"fa.set:{client_id}:{wrong}"))
    async with lotse.core.database.read() as tx:
        record = await lotse.core.cases.files.record(tx, await staff.actor(), client_id)
    assert (record.education_recorded_on, record.german_level) == (date(2026, 12, 1), "A2")
    cleared = await tap(staff, f"fa.set:{client_id}:3:none")
    assert "A2" not in said(cleared)


async def test_somebody_away_is_stood_in_for(lotse: LotseWorld) -> None:
    staff, other = await lotse.coordinator(STAFF), await lotse.coordinator(OTHER)
    client_id = await lotse.case(staff, "LM-1")
    colleague = (await other.actor()).id
    assert sentence("de", "cw.away.here") in said(await tap(staff, "me"))
    away = await tap(staff, "me.away:2026-12-08")
    assert "me.away:back" in data_of(away)
    assert sentence("de", "error.not_found") in said(await tap(other, f"cl:{client_id}"))
    # Colleagues without an account have no name to show: the screen stays as it is.
    await staff.tampers(f"me.deputy:{colleague}:on")
    assert "LM-1" in said(await tap(other, f"cl:{client_id}"))
    await staff.tampers(f"me.deputy:{colleague}:off")
    assert sentence("de", "error.not_found") in said(await tap(other, f"cl:{client_id}"))
    assert "me.away:back" not in data_of(await tap(staff, "me.away:back"))


async def test_a_message_to_many_is_seen_in_every_language_sent_followed_and_corrected(
    lotse: LotseWorld,
) -> None:
    staff = await lotse.coordinator(STAFF)
    amira, _ = await lotse.client(staff, "LM-1", CLIENT, "ar")
    taras, _ = await lotse.client(staff, "LM-2", 7410, "uk")
    await lotse.case(staff, "LM-3")
    await tap(staff, "cm")
    await tap(staff, "cm.new")
    await tap(staff, "cm.to:all")
    preview = await tap(staff, "cm.phrase:please_call")
    text = said(preview)
    for language in ("ar", "uk"):
        assert sentence(language, "phrase.message.please_call") in text
    assert "LM-3" in text, "who is not reached is named"
    sent = await tap(staff, first(preview, "cm.send"))
    assert sentence("de", "cw.many.n.arrived", number=2) in said(await tap(staff, first(sent, "cm.one")))
    again = await tap(staff, first(preview, "cm.send"))
    assert sentence("de", "error.dialogue_over") in said(again), "nothing is sent twice"
    [push] = [each for each in await amira.reads() if "msg:" in str(data_of(each))]
    [opened] = await amira.taps(data=data_of(push)[0])
    assert sentence("ar", "phrase.message.please_call") in said(opened)
    await amira.taps(data=first(opened, "msg.is").replace(":no", ":yes"))
    stands = said(await tap(staff, first(sent, "cm.one")))
    assert sentence("de", "cw.many.n.yes", number=1) in stands

    await tap(staff, first(sent, "cm.correct"))
    correction = await tap(staff, "cm.phrase:i_will_call_you")
    await tap(staff, first(correction, "cm.send"))
    [told] = await amira.reads()
    [newer] = await amira.taps(data=data_of(told)[0])
    assert sentence("ar", "phrase.answer.i_will_call_you") in said(newer)
    assert sentence("ar", "message.corrected") in said(newer)
    assert len([each for each in await taras.reads() if "msg:" in str(data_of(each))]) == 1


async def test_a_scheduled_message_waits_and_can_be_taken_back(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF)
    amira, _ = await lotse.client(staff, "LM-1", CLIENT, "ar")
    for data in ("cm.new", "cm.by:language", "cm.pick:language:ar", "cm.phrase:please_call", "cm.later"):
        await tap(staff, data)
    await tap(staff, "cm.day:2026-12-03")
    preview = await tap(staff, "cm.time:1000")
    sent = await tap(staff, first(preview, "cm.send"))
    assert await amira.reads() == []
    taken = await tap(staff, first(sent, "cm.cancel"))
    assert sentence("de", "cw.many.cancelled") in said(taken)
    await lotse.waits_until("2026-12-03 10:05")
    assert await amira.reads() == []
    assert (await lotse.counts()).outbox.get(OutboxState.CANCELLED.value) == 1


async def test_helpers_of_a_place_say_where_they_help_and_are_written_to(lotse: LotseWorld) -> None:
    circle = await lotse.joins(CIRCLE, await lotse.admin_invites(Role.CIRCLE_COORDINATOR), "de")
    helper = await lotse.volunteer(HELPER, "en")
    places = await tap(helper, "vol.places")
    assert sentence("en", "volunteer.where") in said(places)
    assert "☑️ Haar" in str((await tap(helper, "vol.place:Haar"))["reply_markup"])
    whom = await tap(circle, "cm.new")
    assert "cm.to:all" not in data_of(whom), "a circle has no clients"
    assert sentence("de", "error.not_found") in said(await tap(circle, "cm.to:all"))
    book = await tap(circle, "cm.pick:volunteers:Haar")
    phrase = next(data for data in data_of(book) if data.startswith("cm.phrase:"))
    preview = await tap(circle, phrase)
    while not any(data.startswith("cm.send:") for data in data_of(preview)):
        preview = await tap(circle, next(data for data in data_of(preview) if data.startswith("cm.slot:")))
    await tap(circle, first(preview, "cm.send"))
    assert sentence("en", "push.message") in all_said(await helper.reads())
