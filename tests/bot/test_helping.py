"""The volunteer's phone: profiles without names, searches that tell of new offers, remembered offers, suggestions, codes."""

from datetime import timedelta

from people.types import Role
from tests.bot.world import CLIENT, COORDINATOR, VOLUNTEER, LotseWorld, all_said, data_of, said, sentence

KEEPER = 7011


async def test_two_families_stay_apart_and_a_profile_leaves_by_itself(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    await vera.tampers("filter.none")
    assert "pr.keep" not in data_of(await vera.last()), "there is nothing to keep"
    await vera.tampers("filter.set:place:10")
    await vera.tampers("filter.set:level:A1")
    await vera.tampers("filter.set:childcare:yes")
    [first] = await vera.taps(sentence("de", "saved.profile.keep"))
    assert said(first).startswith("🔵")
    await vera.tampers("pr.stop")
    await vera.tampers("filter.none")
    await vera.tampers("filter.set:audience:men")
    [second] = await vera.taps(sentence("de", "saved.profile.keep"))
    assert said(second).startswith("🟢")

    await vera.taps(sentence("de", "button.menu"))
    await vera.taps(sentence("de", "helper.menu"))
    await vera.taps(sentence("de", "saved.profile.menu"))
    marks = [label[0] for label in await vera.labels() if label[0] in "🔵🟢"]
    assert marks == ["🔵", "🟢"]
    await vera.taps(data=next(data for data in data_of(await vera.last()) if data.startswith("pr.use")))
    found = await vera.says("Deutschkurs")
    assert "🔵" in said(found[-1])
    [stored] = lotse.rows("SELECT count(*) FROM drafts WHERE kind = 'profile'")
    assert stored == (1,)
    await vera.taps(sentence("de", "saved.profile.stop"))
    assert "🔵" not in said((await vera.says("Deutschkurs"))[-1])

    await vera.tampers(next(data for data in data_of(await _profiles(vera)) if data.startswith("pr.use")))
    await lotse.moves(hours=1, minutes=1)
    assert "🔵" not in said((await vera.says("Deutschkurs"))[-1]), "after an hour it is put away"
    await vera.taps(data=next(data for data in data_of(await _profiles(vera)) if data.startswith("pr.drop")))
    assert lotse.rows("SELECT mark FROM saved_profiles") == [(1,)]


async def test_what_was_asked_with_a_profile_ends_with_it_and_another_one_can_be_forgotten(
    lotse: LotseWorld,
) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    for chosen in ("audience:men", "childcare:yes"):
        await vera.tampers("pr.stop")
        await vera.tampers("filter.none")
        await vera.tampers("filter.set:topic:german_course")
        await vera.tampers(f"filter.set:{chosen}")
        [kept] = await vera.taps(sentence("de", "saved.profile.keep"))
        assert sentence("de", "topic.german_course") in said(kept), "what is looked for stays chosen"
    assert said(kept).startswith("🟢")
    other = lotse.rows("SELECT id FROM saved_profiles WHERE mark = 0")[0][0]
    [left] = await vera.tampers(f"pr.drop:{other}")
    assert "🟢" in said(left), "the one in use stays in use"
    await vera.tampers("pr.stop")
    [filters] = await vera.tampers("filter")
    assert sentence("de", "filter.childcare") not in [
        line.removeprefix("• ") for line in said(filters).splitlines()
    ]
    await vera.tampers(next(data for data in data_of(await _profiles(vera)) if data.startswith("pr.use")))
    await vera.says("Deutschkurs")
    mine = lotse.rows("SELECT id FROM saved_profiles")[0][0]
    await vera.tampers(f"pr.drop:{mine}")
    assert lotse.rows("SELECT kind FROM drafts WHERE kind IN ('profile', 'search')") == []


async def _profiles(vera):  # type: ignore[no-untyped-def]
    await vera.tampers("pr.list")
    return await vera.last()


async def test_a_saved_search_tells_of_new_offers_without_a_word_and_stops_by_a_tap(
    lotse: LotseWorld,
) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "uk")
    await vera.says("/menu")
    await vera.tampers("filter.none")
    await vera.tampers("filter.set:topic:german_course")
    [kept] = await vera.taps(sentence("uk", "saved.search.keep"))
    assert sentence("uk", "saved.search.kept") in said(kept)
    await lotse.waits_until("2026-12-02 10:00")
    [(offer_id,)] = lotse.rows(
        "SELECT offer_id FROM offer_arrivals JOIN offers ON offers.id = offer_id"
        " WHERE topic = 'german_course' AND status = 'published' ORDER BY offer_id LIMIT 1"
    )
    async with lotse.core.database.write() as tx:
        # As if it had come into the catalogue just now.
        await tx.exec_driver_sql(f"DELETE FROM offer_arrivals WHERE offer_id = '{offer_id}'")
    await _ticks(lotse)
    [push] = await vera.reads()
    assert said(push) == sentence("uk", "push.suggestion"), "that there is news, and not a word more"
    [news] = await vera.taps(sentence("uk", "push.open"))
    assert f"card:{offer_id}" in data_of(news)
    [card] = await vera.taps(data=f"card:{offer_id}")
    assert card["message_id"] != news["message_id"], "the news stay on the phone"
    await _ticks(lotse)
    await lotse.moves(days=1)
    await _ticks(lotse)
    assert await vera.reads() == []
    await vera.tampers("ss.list")
    await vera.taps(sentence("uk", "saved.search.stop"))
    assert lotse.rows("SELECT count(*) FROM saved_searches") == [(0,)]


async def test_more_news_than_the_message_has_room_for_are_a_tap_away(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    await vera.tampers("filter.none")
    await vera.tampers("filter.set:topic:german_course")
    await vera.taps(sentence("de", "saved.search.keep"))
    await lotse.waits_until("2026-12-02 10:00")
    async with lotse.core.database.write() as tx:
        await tx.exec_driver_sql("DELETE FROM offer_arrivals")
    await _ticks(lotse)
    await vera.reads()
    [news] = await vera.taps(sentence("de", "push.open"))
    first = {data for data in data_of(news) if data.startswith("card:")}
    assert len(first) == 8
    more = next(data for data in data_of(news) if data.startswith("ss.more:"))
    [second] = await vera.taps(data=more)
    assert second["message_id"] != news["message_id"]
    rest = {data for data in data_of(second) if data.startswith("card:")}
    assert rest
    assert not rest & first
    back = next(data for data in data_of(second) if data.startswith("ss.since:") and data.endswith(":0"))
    [turned] = await vera.taps(data=back)
    assert turned["message_id"] == second["message_id"]
    assert {data for data in data_of(turned) if data.startswith("card:")} == first
    for wrong in (f"{more}9" * 2, "ss.more:x:1", more.replace(":", ":x", 1), f"{more.rpartition(':')[0]}:-1"):
        assert sentence("de", "error.not_found") in all_said(await vera.tampers(wrong[:64])), wrong


async def _ticks(lotse: LotseWorld) -> None:
    async with lotse.core.database.write() as tx:
        await lotse.core.circle.saved.tick(tx, lotse.clock.now())
    await lotse.quiet()


async def test_who_remembers_an_offer_hears_of_its_cancelled_date(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    [(offer_id,)] = lotse.rows(
        "SELECT offers.id FROM offers JOIN schedules ON schedules.offer_id = offers.id"
        " WHERE status = 'published' AND freq = 'WEEKLY' AND valid_to IS NULL ORDER BY offers.id LIMIT 1"
    )
    await amira.says("/menu")
    assert "kept.list" not in data_of(await amira.last())
    await amira.tampers(f"offer:{offer_id}")
    await amira.taps(sentence("ar", "saved.offer.keep"))
    assert sentence("ar", "saved.offer.kept") in await amira.labels()

    await jonas.says("/menu")
    await jonas.tampers(f"ed.dates:{offer_id}")
    # The last one: the first may have begun this morning.
    date = [data for data in data_of(await jonas.last()) if data.startswith("ed.date:")][-1]
    await jonas.tampers(date.replace("ed.date:", "ed.date.off:"))
    [push] = await amira.reads()
    assert said(push) == sentence("ar", "push.offer_date")
    [opened] = await amira.taps(sentence("ar", "push.open"))
    assert "❌" in said(opened)

    await amira.says("/menu")
    await amira.taps(sentence("ar", "saved.offer.menu"))
    await amira.taps(data=f"card:{offer_id}")
    await amira.taps(sentence("ar", "saved.offer.kept"))
    assert lotse.rows("SELECT count(*) FROM saved_offers") == [(0,)]


async def test_a_suggestion_in_five_short_steps_lands_with_a_coordinator(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "fr")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await vera.says("/menu")
    await vera.taps(sentence("fr", "helper.menu"))
    await vera.taps(sentence("fr", "suggest.menu"))
    await vera.says("Nähtreff, Frauenzentrum")
    await vera.tampers("sg.set:topic:leisure")
    await vera.taps(sentence("fr", "button.back"))
    await vera.tampers("sg.set:topic:leisure")
    kind = next(data for data in data_of(await vera.last()) if data.startswith("sg.set:what:"))
    await vera.taps(data=kind)
    await vera.taps("Haar")
    await vera.says("mittwochs 15-17 Uhr, 089 1234567")
    assert "Nähtreff, Frauenzentrum" in said(await vera.last())
    [sent] = await vera.taps(sentence("fr", "suggest.send"))
    assert said(sent) == sentence("fr", "suggest.sent")
    [(status, phone)] = lotse.rows("SELECT status, phone FROM offers WHERE name = 'Nähtreff'")
    assert (status, phone) == ("draft", "089 1234567")
    [push] = await jonas.reads()
    assert said(push) == sentence("de", "push.news")
    [draft] = await jonas.taps(sentence("de", "push.open"))
    assert "Frauenzentrum" in said(draft)
    assert sentence("de", "ed.publish") in await jonas.labels()
    assert sentence("fr", "error.dialogue_over") in all_said(await vera.tampers("sg.send"))


async def test_codes_are_listed_and_withdrawn_on_the_phone(lotse: LotseWorld) -> None:
    keeper = await lotse.joins(KEEPER, await lotse.admin_invites(Role.CIRCLE_COORDINATOR), "de")
    await keeper.says("/menu")
    await keeper.taps(sentence("de", "helper.menu"))
    await keeper.taps(sentence("de", "helper.codes"))
    assert sentence("de", "helper.codes_none") in said(await keeper.last())
    shown = await keeper.taps(sentence("de", "menu.invite_volunteer"))
    code = all_said(shown).split("/start join_")[1].split()[0]
    await lotse.joins(VOLUNTEER, code, "ar")
    await keeper.tampers("iv.mine")
    until = lotse.clock.now() + timedelta(days=14)
    assert f"{until:%Y}" in said(await keeper.last())
    assert "1" in said(await keeper.last())
    await keeper.taps(data=next(data for data in data_of(await keeper.last()) if data.startswith("iv.off")))
    late = lotse.phone(7050, language="en")
    assert sentence("en", "error.invitation_invalid") in all_said(await late.opens(f"join_{code}"))
    assert lotse.rows("SELECT count(*) FROM roles WHERE role = 'volunteer'") == [(1,)]


async def test_what_is_copied_from_a_card_is_taken_and_hidden_signs_get_a_sentence(lotse: LotseWorld) -> None:
    keeper = await lotse.joins(KEEPER, await lotse.admin_invites(Role.CIRCLE_COORDINATOR), "fr")
    await keeper.says("/menu")
    await keeper.tampers("sg.new")
    [again] = await keeper.says("Nähtreff \x7fFrauenzentrum")
    assert sentence("fr", "helper.hidden_signs") in said(again)
    assert sentence("fr", "suggest.ask.name") in said(again)
    [long] = await keeper.says("Nähtreff " * 20)
    assert sentence("fr", "import.too_long", limit=150) in said(long)
    await keeper.says("\u2068Nähtreff\u2069, \u2068Frauenzentrum\u2069")
    await keeper.tampers("sg.set:topic:leisure")
    kind = next(data for data in data_of(await keeper.last()) if data.startswith("sg.set:what:"))
    await keeper.taps(data=kind)
    await keeper.taps("Haar")
    await keeper.says("mittwochs \u206615-17\u2069 Uhr")
    await keeper.taps(sentence("fr", "suggest.send"))
    [(name, when)] = lotse.rows("SELECT name, description FROM offers WHERE name LIKE '%Nähtreff%'")
    assert (name, when) == ("Nähtreff", "mittwochs 15-17 Uhr")

    await keeper.tampers("mt.new")
    await keeper.tampers("mt.set:what:circle")
    await keeper.taps("Haar")
    [again] = await keeper.says("Rathaus\x7f")
    assert sentence("fr", "helper.hidden_signs") in said(again)
    [asked] = await keeper.says("\u2068Hauptstraße 5\u2069")
    assert sentence("fr", "meeting.ask.day") in said(asked)
    await keeper.says("8.12.")
    await keeper.says("18:30")
    [checked] = await keeper.taps(sentence("fr", "meeting.rhythm.weekly"))
    assert "Hauptstraße 5, Haar" in said(checked)
    assert lotse.rows("SELECT count(*) FROM inbox WHERE attempts > 1") == [(0,)]


async def test_an_offer_may_be_called_after_the_danger_it_helps_against(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    await vera.tampers("sg.new")
    answers = await vera.says("Hilfe, mein Mann schlägt mich, er hat ein Messer")
    assert "116 016" in said(answers[0]), "the numbers come all the same"
    assert sentence("de", "filter.topic") in said(answers[-1]), "and the next question"
