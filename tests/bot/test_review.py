"""The coordinator's phone keeps the catalogue true: a report comes up, one tap confirms, one takes it back."""

from people.house.types import Setting
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, data_of, said, sentence
from tests.catalogue import REVIEW_DAYS


async def test_a_reported_offer_is_checked_with_one_tap_and_taken_back(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    first = next(
        m
        for m in await amira.says("german course in Haar")
        if any(d.startswith("offer:") for d in data_of(m))
    )
    offer = next(data.split(":")[1] for data in data_of(first) if data.startswith("offer:"))
    await amira.taps(data=f"offer:{offer}")
    await amira.taps(sentence("en", "card.wrong"))
    await amira.taps(sentence("en", "report.closed"))

    jonas = await lotse.coordinator(COORDINATOR, "de")
    await jonas.says("/menu")
    [listed] = await jonas.taps(sentence("de", "fr.menu"))
    assert data_of(listed)[0] == f"fr:{offer}", "what somebody reported comes first"
    [card] = await jonas.taps(data=f"fr:{offer}")
    assert sentence("de", "report.closed") in said(card)
    [done] = await jonas.taps(sentence("de", "fr.still"))
    assert sentence("de", "fr.now_published") in said(done)
    assert lotse.rows("SELECT assured_date FROM offers WHERE id = ?", offer) == [("2026-12-01",)]
    assert lotse.rows("SELECT count(*) FROM offer_reports WHERE closed_at IS NULL") == [(0,)]

    [again] = await jonas.taps(sentence("de", "fr.undo"))
    assert sentence("de", "report.closed") in said(again), "the report is open again"
    [ended] = await jonas.taps(sentence("de", "fr.end"))
    assert sentence("de", "fr.now_ended") in said(ended)
    found = await amira.says("german course in Haar")
    assert not any(f"offer:{offer}" in data_of(message) for message in found)


async def test_when_nothing_is_due_it_says_so(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    for (offer,) in lotse.rows("SELECT id FROM offers WHERE status = 'published'"):
        async with lotse.core.database.write() as tx:
            await lotse.core.freshness.answer(tx, await jonas.actor(), offer, "still", lotse.core.clock.now())
    await jonas.says("/menu")
    [listed] = await jonas.taps(sentence("de", "fr.menu"))
    assert said(listed) == sentence("de", "fr.none", days=REVIEW_DAYS)


async def test_how_long_a_confirmation_holds_is_said_as_the_house_has_set_it(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    administrator = await (await lotse.administrator()).actor()
    house, now = lotse.core.people.house, lotse.core.clock.now()
    async with lotse.core.database.write() as tx:
        await house.change(tx, administrator, {Setting.REVIEW_DAYS: "14"}, now)
        await house.refresh(tx)
    await lotse.moves(days=15)
    await jonas.says("/menu")
    [listed] = await jonas.taps(sentence("de", "fr.menu"))
    assert "14 Tagen" in said(listed)
    assert sentence("de", "fr.hint", days=14) in said(listed)


async def test_a_client_has_no_such_button_and_no_such_right(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    menu = await amira.says("/menu")
    assert not any(data.startswith("fr") for message in menu for data in data_of(message))
    await amira.tampers("fr.list")
    assert sentence("de", "fr.hint", days=REVIEW_DAYS) not in said(await amira.last())


async def test_what_five_people_miss_is_shown_without_who_they_are(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    question = "german course C2 in Aying"
    for number in range(5):
        await jonas.says("/menu")
        await jonas.taps(sentence("de", "fr.menu"))
        [shown] = await jonas.taps(sentence("de", "fr.gaps"))
        assert sentence("de", "fr.no_gaps") in said(shown), number
        await amira.says(question)
    await jonas.says("/menu")
    await jonas.taps(sentence("de", "fr.menu"))
    [shown] = await jonas.taps(sentence("de", "fr.gaps"))
    assert "5 × " in said(shown)
    assert "Aying" in said(shown)
    assert "C2 in" not in said(shown), "the words of nobody"
