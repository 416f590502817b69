"""The coordinator's phone changes the catalogue: fields, dates and new offers, each taken back with a tap, and who is told."""

from datetime import date

import pytest

from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, all_said, data_of, said, sentence


def _offer(lotse: LotseWorld, where: str) -> tuple[str, str]:
    [(offer_id, name)] = lotse.rows(
        f"SELECT id, name FROM offers WHERE status = 'published' AND {where} ORDER BY id LIMIT 1"
    )
    return offer_id, name


def _weekly(lotse: LotseWorld) -> str:
    """An offer with one weekly series that goes on."""
    return lotse.rows(
        "SELECT offer_id FROM schedules JOIN offers ON offers.id = offer_id WHERE status = 'published' AND freq = 'WEEKLY'"
        " AND length(byday) = 2 AND (valid_to IS NULL OR valid_to > '2027-03-01') AND valid_from < '2026-12-01'"
        " GROUP BY offer_id HAVING count(*) = 1 ORDER BY offer_id LIMIT 1"
    )[0][0]


async def test_a_report_is_answered_with_changed_and_lands_in_the_change(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "phone <> ''")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.taps(sentence("de", "fr.menu"))
    await jonas.tampers(f"fr:{offer}")
    await jonas.taps(sentence("de", "ed.menu"))
    [asked] = await jonas.taps(sentence("de", "ed.f.phone"))
    assert sentence("de", "ed.ask", field="Telefon") in said(asked)

    [again] = await jonas.says("keine Nummer")
    assert sentence("de", "import.bad_phone", value="keine Nummer") in said(again)
    [changed] = await jonas.says("089 6221 4711")
    assert sentence("de", "ed.changed", field="Telefon") in said(changed)
    assert lotse.rows("SELECT phone FROM offers WHERE id = ?", offer) == [("089 6221 4711",)]
    [back] = await jonas.taps(sentence("de", "ed.undo"))
    assert sentence("de", "ed.undone") in said(back)
    assert lotse.rows("SELECT phone FROM offers WHERE id = ?", offer) != [("089 6221 4711",)]
    assert lotse.rows("SELECT count(*) FROM offer_versions") == [(0,)]


@pytest.mark.parametrize("away", ["/menu", "/start", "/help", "/termine", "a tap"])
async def test_who_went_to_the_menu_asks_a_question_and_changes_no_offer(
    lotse: LotseWorld, away: str
) -> None:
    offer, name = _offer(lotse, "phone <> ''")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    [asked] = await jonas.tampers(f"ed.field:{offer}:name")
    if away == "a tap":
        await jonas.taps(data="menu", message_id=asked["message_id"])
    else:
        await jonas.says(away)
    answer = await jonas.says("Wo ist ein Deutschkurs in Haar?")
    assert any(data.startswith("want:") for message in answer for data in data_of(message))
    assert lotse.rows("SELECT name FROM offers WHERE id = ?", offer) == [(name,)]


async def test_a_photo_or_a_strange_button_ends_no_dialogue(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "phone <> ''")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.tampers(f"ed.field:{offer}:phone")
    await jonas.sends("photo")
    await jonas.tampers("nowhere")
    [changed] = await jonas.says("089 6221 4711")
    assert sentence("de", "ed.changed", field="Telefon") in said(changed)


async def test_only_the_last_change_is_taken_back(lotse: LotseWorld) -> None:
    offer, name = _offer(lotse, "cost = 'free'")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    [first] = await _changes(jonas, offer, "ed.set", "childcare", "on_request")
    undo = next(data for data in data_of(first) if data.startswith("ed.undo"))
    await _changes(jonas, offer, "ed.set", "registration", "email")
    refused = await jonas.tampers(undo)
    assert sentence("de", "ed.changed_since") in all_said(refused)
    assert lotse.rows("SELECT childcare, registration, name FROM offers WHERE id = ?", offer) == [
        ("on_request", "email", name)
    ]


async def test_a_change_that_fits_nothing_else_is_refused_with_the_reason(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "level_min = 'B1' AND level_max = 'B2'")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    [screen] = await _changes(jonas, offer, "ed.set", "level_max", "A1")
    assert sentence("de", "import.order", other="level_min") in said(screen)
    assert lotse.rows("SELECT level_max FROM offers WHERE id = ?", offer) == [("B2",)]


async def test_several_answers_are_tapped_on_and_off(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "audience = '[]'")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _changes(jonas, offer, "ed.flip", "audience", "parents")
    [both] = await _changes(jonas, offer, "ed.flip", "audience", "women")
    assert lotse.rows("SELECT audience FROM offers WHERE id = ?", offer) == [('["women", "parents"]',)]
    assert "✅ " + sentence("de", "audience.women") in await jonas.labels()
    assert f"ed:{offer}" in data_of(both)
    await _changes(jonas, offer, "ed.flip", "audience", "women")
    assert lotse.rows("SELECT audience FROM offers WHERE id = ?", offer) == [('["parents"]',)]


async def test_new_dates_are_typed_in_a_line_and_found_on_the_card(lotse: LotseWorld) -> None:
    offer = _weekly(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.tampers(f"ed.field:{offer}:schedules")
    [refused] = await jonas.says("dienstags")
    assert sentence("de", "ed.series_no_time") in said(refused)
    [done] = await jonas.says("Di 7:07-8:08 ab 1.1.2027")
    assert "Di 07:07-08:08 ab 01.01.2027" in said(done)
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    card = await amira.tampers(f"offer:{offer}")
    assert "07:07" in all_said(card)


async def test_a_cancelled_date_is_told_to_whoever_wished_for_the_offer(lotse: LotseWorld) -> None:
    offer = _weekly(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira, _ = await lotse.client(jonas, language="uk")
    await amira.says("/menu")
    await amira.tampers(f"want:{offer}")
    stranger = await lotse.arrives(7055, "en")
    await stranger.reads()

    await jonas.says("/menu")
    [listed] = await jonas.tampers(f"ed.dates:{offer}")
    first, second = data_of(listed)[:2]
    await jonas.taps(data=first)
    [after] = await jonas.taps(sentence("de", "ed.cancel_date"))
    assert sentence("de", "ed.told", count=1) in said(after)
    [push] = await amira.reads()
    assert said(push) == sentence("uk", "push.offer_date")
    [news] = await amira.taps(sentence("uk", "push.open"))
    assert sentence("uk", "dates.cancelled", day="").strip() in said(news)
    assert await stranger.reads() == []
    [(day, clock)] = lotse.rows("SELECT day, opens_at FROM offer_exceptions WHERE offer_id = ?", offer)
    assert first.split(":")[2] == day.replace("-", "") + clock.replace(":", "")

    # The same date takes place after all: that is news as well.
    await jonas.taps(data=first)
    await jonas.taps(sentence("de", "ed.restore_date"))
    [push] = await amira.reads()
    [news] = await amira.taps(sentence("uk", "push.open"))
    assert sentence("uk", "dates.as_planned", day="").strip() in said(news)

    await jonas.taps(data=second)
    await jonas.taps(sentence("de", "ed.move_date"))
    [refused] = await jonas.says("irgendwann")
    assert sentence("de", "ed.series_word", value="irgendwann") in said(refused) or "⚠️" in said(refused)
    await jonas.says("24.12. 6:05-7:05")
    assert await amira.reads() == [], "two pushes a day are enough; this date is weeks ahead"
    await lotse.waits_until("2026-12-02 08:05")
    [push] = await amira.reads()
    [news] = await amira.taps(sentence("uk", "push.open"))
    assert "06:05-07:05" in said(news)
    card = await amira.taps(sentence("uk", "card.more"))
    assert lotse.rows("SELECT moved_to FROM offer_exceptions WHERE offer_id = ?", offer) == [("2026-12-24",)]
    [calendar] = await amira.taps(sentence("uk", "card.dates"))
    assert card
    assert calendar


async def test_a_moved_date_is_cancelled_after_its_old_day(lotse: LotseWorld) -> None:
    offer = _weekly(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira, _ = await lotse.client(jonas, language="uk")
    await amira.says("/menu")
    await amira.tampers(f"want:{offer}")
    await jonas.says("/menu")
    await jonas.tampers(f"ed.field:{offer}:schedules")
    await jonas.says("Di 18-19:30 ab 3.11.2026")
    await jonas.tampers(f"ed.dates:{offer}")
    await jonas.taps(data=f"ed.date:{offer}:202612081800")
    await jonas.taps(sentence("de", "ed.move_date"))
    await jonas.says("11.12. 10-11:30")
    await amira.reads()

    await lotse.waits_until("2026-12-09 09:00")
    await jonas.reads()
    await amira.reads()
    [listed] = await jonas.tampers(f"ed.dates:{offer}")
    assert data_of(listed)[0] == f"ed.date:{offer}:202612081800"
    [opened] = await jonas.taps(data=data_of(listed)[0])
    assert not [data for data in data_of(opened) if data.startswith("ed.date.on")]
    [after] = await jonas.taps(sentence("de", "ed.cancel_date"))
    assert sentence("de", "ed.told", count=1) in said(after)
    assert f"ed.date:{offer}:202612081800" not in data_of(after)
    [push] = await amira.reads()
    assert said(push) == sentence("uk", "push.offer_date")


async def test_whoever_meant_to_come_to_a_moved_date_hears_that_its_series_is_another(
    lotse: LotseWorld,
) -> None:
    offer = _weekly(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira, _ = await lotse.client(jonas, language="uk")
    await jonas.says("/menu")
    await jonas.tampers(f"ed.field:{offer}:schedules")
    await jonas.says("Di 18-19:30 ab 3.11.2026")
    await amira.says("/menu")
    await amira.tampers(f"want:{offer}")
    await jonas.tampers(f"ed.dates:{offer}")
    await jonas.taps(data=f"ed.date:{offer}:202612081800")
    await jonas.taps(sentence("de", "ed.move_date"))
    await jonas.says("11.12. 10-11:30")
    await amira.reads()

    [news] = await amira.taps(sentence("uk", "push.open"))
    assert "10:00-11:30" in said(news)
    await jonas.tampers(f"ed.field:{offer}:schedules")
    [day] = await jonas.says("Do 18:30-20 ab 3.11.2026")
    assert sentence("de", "ed.told", count=1) in said(day)
    [push] = await amira.reads()
    assert said(push) == sentence("uk", "push.offer_date")
    [news] = await amira.taps(sentence("uk", "push.open"))
    assert "18:30-20:00" in said(news)
    [undone] = await jonas.taps(sentence("de", "ed.undo"))
    assert sentence("de", "ed.told", count=1) in said(undone)


async def test_whoever_keeps_an_offer_hears_that_it_pauses_and_goes_on(lotse: LotseWorld) -> None:
    offer = _weekly(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers(f"kept:{offer}:on")
    await amira.reads()
    await jonas.says("/menu")
    await jonas.tampers(f"fr:{offer}")
    [paused] = await jonas.taps(sentence("de", "fr.pause"))
    assert sentence("de", "ed.told", count=1) in said(paused)
    [push] = await amira.reads()
    assert said(push) == sentence("en", "push.offer_date")
    [card] = await amira.taps(sentence("en", "push.open"))
    assert sentence("en", "card.paused") in said(card)
    await jonas.taps(sentence("de", "fr.undo"))
    [push] = await amira.reads()
    [card] = await amira.taps(sentence("en", "push.open"))
    assert sentence("en", "card.paused") not in said(card)
    assert f"want:{offer}" in data_of(card)


async def test_an_old_card_of_an_entry_that_has_ended_takes_no_wish(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "id NOT IN (SELECT offer_id FROM schedules)")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira, _ = await lotse.client(jonas, language="uk")
    await amira.says("/menu")
    [card] = await amira.tampers(f"offer:{offer}")
    assert f"want:{offer}" in data_of(card)
    await jonas.says("/menu")
    for state, said_on_card in (("pause", "card.paused"), ("end", "card.ended")):
        async with lotse.core.database.write() as tx:
            await lotse.core.reviews.answer(tx, await jonas.actor(), offer, state, lotse.clock.now())
        [now] = await amira.tampers(f"want:{offer}")
        assert sentence("uk", said_on_card) in said(now)
        assert f"want:{offer}" not in data_of(now)
    assert lotse.rows("SELECT count(*) FROM requests WHERE offer_id = ?", offer) == [(0,)]


async def test_a_new_offer_is_a_draft_until_it_is_published(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.taps(sentence("de", "fr.menu"))
    await jonas.taps(sentence("de", "ed.new"))
    await jonas.taps(data="ed.topic:leisure")
    [kinds] = [await jonas.last()]
    await jonas.taps(data=data_of(kinds)[0])
    await jonas.says("Zitherspielen für Einsteiger")
    await jonas.says("Zitherverein Aying")
    await jonas.taps(data="ed.by.new")
    await jonas.taps("Aying")
    [refused] = await jonas.says("abends")
    assert sentence("de", "ed.series_no_time") in said(refused)
    await jonas.says("Do 19-20:30")
    await jonas.says("0")
    [kept] = await jonas.says("08095 1234")
    assert sentence("de", "ed.new_kept") in said(kept)
    assert sentence("de", "ed.is_draft") in said(kept)

    amira = await lotse.arrives(CLIENT, "en")
    assert "Zither" not in all_said(await amira.says("Freizeit: Zitherspielen"))
    [drafts] = await jonas.tampers("ed.drafts")
    assert "Zitherspielen für Einsteiger" in await jonas.labels()
    await jonas.taps("Zitherspielen für Einsteiger")
    [published] = await jonas.taps(sentence("de", "ed.publish"))
    assert sentence("de", "ed.published") in said(published)
    assert drafts
    assert "Zitherspielen für Einsteiger" in all_said(await amira.says("Freizeit: Zitherspielen"))
    [(source, assured)] = lotse.rows("SELECT source, assured_date FROM offers WHERE name LIKE 'Zither%'")
    assert (source, assured) == (sentence("de", "ed.source"), date(2026, 12, 1).isoformat())


async def test_an_offer_that_nobody_could_reach_is_not_published(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    await jonas.tampers("ed.new")
    await jonas.taps(data="ed.topic:work")
    await jonas.taps(data="ed.kind:job_fair")
    await jonas.says("Messe")
    await jonas.says("Niemand Bekanntes")
    await jonas.taps(data="ed.by.new")
    await jonas.taps("Haar")
    await jonas.taps(sentence("de", "ed.new_by_appointment"))
    await jonas.taps(sentence("de", "ed.skip"))
    refused = await jonas.taps(sentence("de", "ed.publish"))
    assert sentence("de", "ed.no_contact") in all_said(refused)
    assert lotse.rows("SELECT status FROM offers WHERE name = 'Messe'") == [("draft",)]


async def test_a_client_sees_no_pencil(lotse: LotseWorld) -> None:
    offer, _ = _offer(lotse, "1")
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    [card] = await amira.tampers(f"offer:{offer}")
    assert f"ed:{offer}" not in data_of(card)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    [card] = await jonas.tampers(f"offer:{offer}")
    assert f"ed:{offer}" in data_of(card)


async def _changes(jonas: Pocket, offer: str, route: str, *args: str) -> list[dict[str, object]]:
    await jonas.says("/menu")
    return await jonas.tampers(":".join((route, offer, *args)))
