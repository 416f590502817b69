"""A coordinator's morning on the phone: the list, an offer that fits, a message; and the client who gets them."""

from datetime import date

from agreements.campaigns.types import Selection
from people.types import Role
from playground.types import Json
from tests.bot.world import LotseWorld, Pocket, data_of, said, sentence

STAFF, PERSON, LEAD = 7301, 7302, 7303


async def tap(pocket: Pocket, data: str) -> Json:
    """Tap a button of any message; returns the last screen that follows."""
    return (await pocket.tampers(data))[-1]


async def test_from_the_list_to_a_suggestion_that_the_client_wants(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF, "de")
    person, client_id = await lotse.client(staff, "LM-77", PERSON, "en")
    async with lotse.core.database.write() as tx:
        now = lotse.clock.now()
        actor = await staff.actor()
        await lotse.core.agreements.add_milestone(
            tx, actor, client_id, "register_german_course", {}, date(2026, 12, 24), None, now
        )
        await lotse.core.cases.files.change(tx, actor, client_id, {"german_level": "A1"}, now)
        await lotse.core.agreements.ask_human(tx, await person.actor(), None, now)
    await lotse.quiet()

    day = await tap(staff, "day:today")
    assert "LM-77" in said(day)
    assert "🙋" in said(day)
    assert [data for data in data_of(day) if data.startswith("rq:")]
    day = await tap(staff, "day.digest:on")
    assert "day.digest:off" in data_of(day)

    fitting = await tap(staff, f"fit:{client_id}")
    assert "✅ Niveau" in said(fitting)
    suggest = next(data for data in data_of(fitting) if data.startswith("fit.say:"))
    done = await tap(staff, suggest)
    assert "LM-77" in said(done)
    await lotse.quiet()
    pushed = await person.last()
    assert said(pushed) == sentence("en", "push.suggestion")
    card = await tap(person, data_of(pushed)[0])
    offer_id = suggest.rpartition(":")[2]
    assert f"want.for:{offer_id}:{client_id}" in data_of(card)
    await tap(person, f"want.for:{offer_id}:{client_id}")
    fitting = await tap(staff, f"fit:{client_id}")
    assert sentence("de", "cw.placement.requested") in said(fitting)
    assert suggest not in data_of(fitting)


async def test_a_message_is_opened_in_the_persons_language_and_answered(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF, "de")
    person, _ = await lotse.client(staff, "LM-78", PERSON, "ar")
    async with lotse.core.database.write() as tx:
        campaign = await lotse.core.cases.campaigns.send(
            tx, await staff.actor(), Selection(), "please_call", {}, lotse.clock.now()
        )
    await lotse.quiet()
    pushed = await person.last()
    opened = await tap(person, data_of(pushed)[0])
    assert sentence("ar", "phrase.message.please_call") in said(opened)
    yes = next(data for data in data_of(opened) if data.endswith(":yes"))
    answered = await tap(person, yes)
    assert sentence("ar", "message.answered_yes") in said(answered)
    assert yes not in data_of(answered)
    async with lotse.core.database.read() as tx:
        found = await lotse.core.cases.campaigns.delivery(tx, await staff.actor(), campaign.id)
    assert [line.recipient.answer for line in found.lines] == ["yes"]


async def test_a_lead_sees_numbers_and_no_case(lotse: LotseWorld) -> None:
    staff = await lotse.coordinator(STAFF, "de")
    await lotse.client(staff, "LM-79", PERSON, "en")
    lead = await lotse.joins(LEAD, await lotse.admin_invites(Role.LEAD))
    numbers = await tap(lead, "day:today")
    assert sentence("de", "cw.team.clients", number="1") in said(numbers)
    assert "LM-79" not in said(numbers)
