"""Meetings on the phone: entered by taps, answered, moved, cancelled, and counted afterwards."""

from people.types import Role
from playground.types import Json
from tests.bot.world import CLIENT, VOLUNTEER, LotseWorld, Pocket, all_said, data_of, said, sentence

KEEPER = 7011


async def _circle(lotse: LotseWorld) -> tuple[Pocket, Pocket]:
    keeper = await lotse.joins(KEEPER, await lotse.admin_invites(Role.CIRCLE_COORDINATOR), "de")
    return keeper, await lotse.volunteer(VOLUNTEER, "ar")


async def _enters(keeper: Pocket) -> Json:
    """Every Tuesday at 18:30 in Haar, from 8 December on."""
    await keeper.says("/menu")
    await keeper.taps(sentence("de", "helper.menu"))
    await keeper.taps(sentence("de", "meeting.menu"))
    await keeper.taps(sentence("de", "meeting.new"))
    await keeper.taps(sentence("de", "meeting.kind.circle"))
    await keeper.taps("Haar")
    await keeper.says("Hauptstraße 5")
    await keeper.says("8.12.")
    await keeper.says("18 Uhr 30")
    await keeper.taps(sentence("de", "meeting.rhythm.weekly"))
    checked = said(await keeper.last())
    assert "Hauptstraße 5, Haar" in checked
    assert "18:30" in checked
    [shown] = await keeper.taps(sentence("de", "helper.save"))
    return shown


async def _ticks(lotse: LotseWorld) -> None:
    async with lotse.core.database.write() as tx:
        await lotse.core.circle.meetings.tick(tx, lotse.clock.now())
    await lotse.quiet()


async def test_a_meeting_from_the_first_tap_to_the_number_of_people(lotse: LotseWorld) -> None:
    keeper, sami = await _circle(lotse)
    shown = await _enters(keeper)
    assert "Hauptstraße 5, Haar" in said(shown)
    assert lotse.rows("SELECT count(*) FROM drafts WHERE kind = 'meeting'") == [(0,)]

    await sami.says("/menu")
    await sami.taps(sentence("ar", "helper.menu"))
    await sami.taps(sentence("ar", "meeting.menu"))
    dates = [data for data in data_of(await sami.last()) if data.startswith("mt:")]
    assert len(dates) == 8, "a page of them"
    assert "mt.new" not in data_of(await sami.last())
    await sami.taps(data=dates[0])
    [answered] = await sami.taps(sentence("ar", "meeting.come"))
    assert sentence("ar", "meeting.coming", number="1") in said(answered)
    assert not any(data.startswith(("mt.off", "mt.move", "mt.end")) for data in data_of(answered))
    [file] = await sami.taps(sentence("ar", "own.calendar"))
    assert file["document"]["file_name"] == "lotse.ics"

    await lotse.waits_until("2026-12-07 18:45")
    await _ticks(lotse)
    [push] = await sami.reads()
    assert said(push) == sentence("ar", "push.offer_date"), "that there is news, and not a word more"
    [opened] = await sami.taps(sentence("ar", "push.open"))
    assert sentence("ar", "meeting.kind.circle") in said(opened)

    await lotse.waits_until("2026-12-08 21:45")
    await _ticks(lotse)
    assert await keeper.reads() == [], "not at night"
    await lotse.waits_until("2026-12-09 08:01")
    await _ticks(lotse)
    [asked] = await keeper.reads()
    assert said(asked) == sentence("de", "push.offer_date")
    await keeper.taps(sentence("de", "push.open"))
    assert sentence("de", "meeting.held_ask") in said(await keeper.last())
    await keeper.taps(sentence("de", "message.yes"))
    [again] = await keeper.says("ein paar")
    assert sentence("de", "meeting.bad_number") in said(again)
    [done] = await keeper.says("17")
    assert sentence("de", "meeting.was_held", number="17") in said(done)
    assert lotse.rows("SELECT held, people FROM meeting_dates") == [(1, 17)]
    await lotse.moves(days=1)
    await _ticks(lotse)
    assert await keeper.reads() == [], "asked once"


async def test_what_became_of_a_past_date_can_be_said_without_the_message_that_asked(
    lotse: LotseWorld,
) -> None:
    keeper, sami = await _circle(lotse)
    await _enters(keeper)
    await keeper.tampers("mt.list:0")
    assert "mt.past:0" not in data_of(await keeper.last())
    await keeper.tampers("pause:on")
    await lotse.waits_until("2026-12-09 09:00")
    await _ticks(lotse)
    await keeper.reads()
    await keeper.tampers("mt.list:0")
    await keeper.taps(data="mt.past:0")
    [past] = [data for data in data_of(await keeper.last()) if data.startswith("mt:")]
    assert past.endswith(".20261208")
    await keeper.taps(data=past)
    await keeper.taps(sentence("de", "message.yes"))
    await keeper.says("9")
    assert lotse.rows("SELECT held, people FROM meeting_dates") == [(1, 9)]
    await keeper.tampers("mt.past:0")
    assert sentence("de", "meeting.title") in said(await keeper.last()), "nothing is left to be said"
    await sami.says("/menu")
    assert sentence("ar", "error.not_allowed") in all_said(await sami.tampers("mt.past:0"))


async def test_a_place_that_is_too_long_is_not_cut_but_asked_for_again(lotse: LotseWorld) -> None:
    keeper, _ = await _circle(lotse)
    await keeper.says("/menu")
    await keeper.tampers("mt.new")
    await keeper.taps(sentence("de", "meeting.kind.circle"))
    await keeper.taps("Haar")
    [again] = await keeper.says("Pfarrheim " * 21)
    assert sentence("de", "import.too_long", limit=200) in said(again)
    assert sentence("de", "meeting.ask.where") in said(again)


async def test_cancelled_and_moved_dates_are_told_without_content(lotse: LotseWorld) -> None:
    keeper, sami = await _circle(lotse)
    shown = await _enters(keeper)
    ref = next(data for data in data_of(shown) if data.startswith("mt.move")).split(":")[1]
    await sami.says("/menu")
    await sami.tampers(f"mt.come:{ref}:yes")

    [off] = await keeper.taps(sentence("de", "meeting.cancel"))
    assert sentence("de", "meeting.told", number="1") in said(off)
    [push] = await sami.reads()
    assert said(push) == sentence("ar", "push.offer_date")
    [opened] = await sami.taps(sentence("ar", "push.open"))
    assert "❌" in said(opened)
    assert not any(data.startswith("mt.come") for data in data_of(opened))

    await keeper.taps(sentence("de", "meeting.move"))
    [wrong] = await keeper.says("irgendwann")
    assert sentence("de", "meeting.bad_time") in said(wrong)
    await keeper.says("9.12.")
    [moved] = await keeper.taps("19:00")
    assert "🔁" in said(moved)
    [push] = await sami.reads()
    [opened] = await sami.taps(sentence("ar", "push.open"))
    assert "🔁" in said(opened)
    assert "19:00" in said(opened)

    await keeper.taps(sentence("de", "meeting.end"))
    await keeper.taps(sentence("de", "message.yes"))
    assert sentence("de", "meeting.none") in said(await keeper.last())
    assert len(await sami.reads()) == 1


async def test_each_question_has_a_way_back_and_out(lotse: LotseWorld) -> None:
    keeper, _ = await _circle(lotse)
    await keeper.says("/menu")
    await keeper.tampers("mt.new")
    assert "mt.back" not in data_of(await keeper.last())
    await keeper.taps(sentence("de", "meeting.kind.exchange"))
    await keeper.taps("Garching")
    await keeper.taps(sentence("de", "helper.skip"))
    await keeper.taps(sentence("de", "button.back"))
    assert sentence("de", "meeting.ask.where") in said(await keeper.last())
    await keeper.taps(sentence("de", "button.back"))
    await keeper.taps("Haar")
    old = await keeper.tampers("mt.set:what:circle")
    assert sentence("de", "error.not_found") in all_said(old), "a button of another question"
    await keeper.tampers("mt.stop")
    assert lotse.rows("SELECT count(*) FROM drafts") == [(0,)]
    assert lotse.rows("SELECT count(*) FROM meetings") == [(0,)]


async def test_made_up_dates_and_answers_change_nothing(lotse: LotseWorld) -> None:
    keeper, sami = await _circle(lotse)
    shown = await _enters(keeper)
    ref = next(data for data in data_of(shown) if data.startswith("mt.move")).split(":")[1]
    meeting_id = ref.split(".")[0]
    before = lotse.rows("SELECT * FROM meeting_dates"), lotse.rows("SELECT * FROM meeting_guests")
    for who, language in ((keeper, "de"), (sami, "ar")):
        await who.says("/menu")
        for data in (
            f"mt:{meeting_id}.20261209", f"mt:{meeting_id}.2026128", "mt:.20261208", f"mt.come:{ref}:maybe",
            f"mt.come:{meeting_id}.20261209:yes", "mt.list:-1", f"mt:{'A' * 22}.20261208",
        ):  # fmt: skip
            assert sentence(language, "error.not_found") in all_said(await who.tampers(data)), data
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    assert sentence("en", "error.not_allowed") in all_said(await amira.tampers(f"mt:{ref}"))
    assert (lotse.rows("SELECT * FROM meeting_dates"), lotse.rows("SELECT * FROM meeting_guests")) == before
