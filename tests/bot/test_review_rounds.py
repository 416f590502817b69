"""Those who look after offers are asked whether they are still right, and those who reported something hear of it."""

from sqlalchemy import text

from offers.beginning import NewOffer
from people.types import Role
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, all_said, data_of, said, sentence


def _owned(lotse: LotseWorld) -> tuple[str, str]:
    """An offer whose owner looks after many."""
    [(offer, owner, _)] = lotse.rows(
        "SELECT min(id), owner, count(*) FROM offers WHERE status = 'published' AND owner <> ''"
        " GROUP BY owner ORDER BY count(*) DESC LIMIT 1"
    )
    return offer, owner


async def _looks_after(jonas: Pocket, offer: str) -> None:
    await jonas.says("/menu")
    await jonas.tampers(f"fr:{offer}")
    [shown] = await jonas.taps(sentence("de", "fr.mine"))
    assert sentence("de", "fr.not_mine") in await jonas.labels()
    assert shown


async def _asks(lotse: LotseWorld) -> int:
    async with lotse.core.database.write() as tx:
        count = await lotse.core.reviews.ask(tx, lotse.core.clock.now())
    await lotse.quiet()
    return count


async def test_the_owner_is_asked_in_portions_and_once_more_after_a_week(lotse: LotseWorld) -> None:
    offer, owner = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    await lotse.waits_until("2027-07-05 16:30")
    assert await _asks(lotse) == 0, "nobody is in the office any more"
    assert lotse.rows("SELECT * FROM offer_reviews") == []
    await lotse.waits_until("2027-07-06 10:00")  # a Tuesday on which everything is older than a quarter
    await jonas.reads()
    first = await _asks(lotse) or lotse.rows("SELECT count(*) FROM offer_reviews")[0][0]
    [(many,)] = lotse.rows("SELECT count(*) FROM offers WHERE status = 'published' AND owner = ?", owner)
    assert 0 < first == min(5, many)
    assert await _asks(lotse) == 0, "no more on the same day"
    pushes = await jonas.reads()
    assert {said(push) for push in pushes} == {sentence("de", "fr.push")}
    assert len(pushes) == first

    asked = [row[0] for row in lotse.rows("SELECT offer_id FROM offer_reviews")]
    await jonas.taps(sentence("de", "push.open"))
    await jonas.taps(sentence("de", "fr.still"))
    [(left,)] = lotse.rows("SELECT count(*) FROM offer_reviews WHERE times > 0")
    assert left == first - 1, "what was answered is not asked again"
    assert await _asks(lotse) == 0, "an answer brings no sixth question on the same day"

    await lotse.waits_until("2027-07-14 10:00")
    await _asks(lotse)
    again = lotse.rows("SELECT offer_id FROM offer_reviews WHERE times = 2")
    assert {row[0] for row in again} <= set(asked)
    assert again
    await lotse.waits_until("2027-08-31 10:00")
    for _ in range(3):
        await _asks(lotse)
    assert lotse.rows("SELECT max(times) FROM offer_reviews") == [(2,)]


async def test_what_was_confirmed_in_another_way_is_asked_about_again_a_quarter_later(
    lotse: LotseWorld,
) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    await _leaves_only(lotse, offer)
    await lotse.waits_until("2027-07-06 10:00")
    assert await _times(lotse, offer) == 1
    await lotse.waits_until("2027-07-14 10:00")
    assert await _times(lotse, offer) == 2
    async with lotse.core.database.write() as tx:
        await lotse.core.editing.publish(tx, await jonas.actor(), offer, lotse.core.clock.now())
    await lotse.waits_until("2027-11-02 10:00")
    assert await _times(lotse, offer) == 1


async def test_whoever_takes_an_owner_over_is_asked_and_whoever_paused_was_not(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    await _leaves_only(lotse, offer)
    async with lotse.core.database.write() as tx:
        await lotse.core.people.pause(tx, await jonas.actor(), True)
    await lotse.waits_until("2027-07-06 10:00")
    assert await _asks(lotse) == 0
    assert lotse.rows("SELECT count(*) FROM offer_reviews") == [(0,)]
    async with lotse.core.database.write() as tx:
        await lotse.core.people.pause(tx, await jonas.actor(), False)
    assert await _times(lotse, offer) == 1
    await lotse.waits_until("2027-07-14 10:00")
    assert await _times(lotse, offer) == 2

    vera = await lotse.coordinator(COORDINATOR + 1, "de")
    await _looks_after(vera, offer)
    assert await _times(lotse, offer) == 1
    assert [said(push) for push in await vera.reads()] == [sentence("de", "fr.push")]


async def _leaves_only(lotse: LotseWorld, offer: str) -> None:
    """Nothing else is public: what is asked is this one."""
    async with lotse.core.database.write() as tx:
        await tx.execute(text("UPDATE offers SET status = 'paused' WHERE id <> :id"), {"id": offer})


async def _times(lotse: LotseWorld, offer: str) -> int:
    """How often it was asked about after asking now."""
    await _asks(lotse)
    [(times,)] = lotse.rows("SELECT times FROM offer_reviews WHERE offer_id = ?", offer)
    return int(times)


async def test_nobody_is_asked_at_night_on_a_sunday_or_without_having_said_so(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await lotse.waits_until("2027-07-06 10:00")
    assert await _asks(lotse) == 0
    await _looks_after(jonas, offer)
    await jonas.taps(sentence("de", "fr.not_mine"))
    assert await _asks(lotse) == 0
    await lotse.waits_until("2027-07-10 22:30")
    await _looks_after(jonas, offer)
    assert await _asks(lotse) == 0
    await lotse.waits_until("2027-07-11 10:00")
    assert await _asks(lotse) == 0


async def test_a_report_reaches_the_owner_and_the_reporter_hears_that_it_was_looked_at(
    lotse: LotseWorld,
) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    for _ in range(3):
        await amira.tampers(f"wrong.as:{offer}:closed")
    [push] = await jonas.reads()
    assert said(push) == sentence("de", "fr.push")
    [card] = await jonas.taps(sentence("de", "push.open"))
    assert sentence("de", "report.closed") in said(card)

    # A slip of the finger, taken back at once, is no news.
    await jonas.taps(sentence("de", "fr.end"))
    await jonas.taps(sentence("de", "fr.undo"))
    await amira.reads()
    await lotse.moves(minutes=15)
    assert await amira.reads() == []

    await jonas.taps(sentence("de", "fr.still"))
    await lotse.moves(minutes=11)
    [news] = await amira.reads()
    assert said(news) == sentence("en", "push.settled")
    opened = await amira.taps(sentence("en", "push.open"))
    assert f"want:{offer}" in data_of(opened[-1])


async def test_mending_what_was_reported_or_publishing_again_settles_it(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers(f"wrong.as:{offer}:phone")
    await jonas.says("/menu")
    await jonas.tampers(f"ed.field:{offer}:phone")
    [mended] = await jonas.says("089 6221 4711")
    assert sentence("de", "report.phone") in said(mended)
    assert f"fr.is:{offer}:still" in data_of(mended), "one tap tells who reported it"

    await jonas.tampers(f"fr.is:{offer}:pause")
    await amira.tampers(f"wrong.as:{offer}:closed")
    await jonas.tampers(f"ed:{offer}")
    [public] = await jonas.taps(sentence("de", "ed.publish"))
    assert sentence("de", "report.closed") not in said(public)
    assert lotse.rows("SELECT count(*) FROM offer_reports WHERE closed_at IS NULL") == [(0,)]
    [back] = await jonas.taps(sentence("de", "ed.undo"))
    assert sentence("de", "report.closed") in said(back)
    await jonas.taps(sentence("de", "ed.publish"))
    await amira.reads()
    await lotse.moves(minutes=11)
    assert sentence("en", "push.settled") in {said(push) for push in await amira.reads()}


async def test_whoever_is_forgotten_looks_after_nothing(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    await lotse.waits_until("2027-07-06 10:00")
    async with lotse.core.database.write() as tx:
        await lotse.core.people.forget(tx, (await jonas.actor()).id)
    assert lotse.rows("SELECT count(*) FROM offer_owners") == [(0,)]
    assert await _asks(lotse) == 0
    assert all_said(await jonas.reads()) is not None


async def test_what_somebody_kept_who_has_left_goes_to_colleagues(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await _looks_after(jonas, offer)
    vera = await lotse.coordinator(COORDINATOR + 1, "de")
    async with lotse.core.database.write() as tx:
        await lotse.core.people.set_roles(
            tx, (await jonas.actor()).id, [Role.REVIEWER], lotse.core.clock.now(), by=None
        )
    await jonas.reads()
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers(f"wrong.as:{offer}:closed")
    assert [said(push) for push in await vera.reads()] == [sentence("de", "fr.push")]
    assert await jonas.reads() == []
    await lotse.waits_until("2027-07-06 10:00")
    assert await _asks(lotse) == 0


async def test_whoever_enters_an_offer_is_asked_about_it(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    vera = await lotse.coordinator(COORDINATOR + 1, "de")
    now = lotse.core.clock.now()
    new = NewOffer("job_fair", "Messe", "", "Messeverein", "Haar", (), "089 6221 4711", "Test")
    async with lotse.core.database.write() as tx:
        offer = (await lotse.core.editing.create(tx, await jonas.actor(), new, now)).id
        await lotse.core.editing.publish(tx, await vera.actor(), offer, now)
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers(f"wrong.as:{offer}:closed")
    assert [said(push) for push in await jonas.reads()] == [sentence("de", "fr.push")]
    assert await vera.reads() == []
    await jonas.says("/menu")
    await jonas.tampers(f"fr:{offer}")
    await jonas.taps(sentence("de", "fr.not_mine"))
    await _looks_after(vera, offer)
    await _leaves_only(lotse, offer)
    await lotse.waits_until("2027-07-06 10:00")
    assert await _times(lotse, offer) == 1
    assert sentence("de", "fr.push") in {said(push) for push in await vera.reads()}


async def test_a_report_on_what_nobody_looks_after_reaches_the_coordinators(lotse: LotseWorld) -> None:
    offer, _ = _owned(lotse)
    jonas = await lotse.coordinator(COORDINATOR, "de")
    vera = await lotse.coordinator(COORDINATOR + 1, "de")
    async with lotse.core.database.write() as tx:
        await tx.execute(text("UPDATE offers SET owner = '' WHERE id = :id"), {"id": offer})
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("/menu")
    await amira.tampers(f"wrong.as:{offer}:closed")
    for pocket in (jonas, vera):
        assert [said(push) for push in await pocket.reads()] == [sentence("de", "fr.push")]
    await _looks_after(vera, offer)
    async with lotse.core.database.write() as tx:
        await lotse.core.editing.publish(tx, await jonas.actor(), offer, lotse.core.clock.now())
    [(kept_as, person)] = lotse.rows("SELECT owner, person_id FROM offer_owners")
    assert (kept_as, person) == (f"offer:{offer}", (await vera.actor()).id), "who looks after it goes on to"


async def test_the_list_is_by_owner_and_says_what_nobody_looks_after(lotse: LotseWorld) -> None:
    jonas = await lotse.coordinator(COORDINATOR, "de")
    due = lotse.rows("SELECT id, owner, name FROM offers WHERE status = 'published' ORDER BY id")
    (mine, owner, name), (nobodys, _, _) = due[0], next(row for row in due if row[1] != due[0][1])
    async with lotse.core.database.write() as tx:
        await tx.execute(
            text("UPDATE offers SET owner = '', assured_date = NULL WHERE id = :id"), {"id": nobodys}
        )
        await tx.execute(
            text("UPDATE offers SET assured_date = '2027-07-01' WHERE id NOT IN (:a, :b)"),
            {"a": mine, "b": nobodys},
        )
        await lotse.core.reviews.look_after(tx, await jonas.actor(), mine, on=True)
    await lotse.waits_until("2027-07-06 22:00")
    await jonas.says("/menu")
    [listed] = await jonas.taps(sentence("de", "fr.menu"))
    assert data_of(listed)[:2] == [f"fr:{mine}", f"fr:{nobodys}"], "one's own first"
    shown = said(listed)
    assert f"{owner} · {sentence('de', 'fr.by_you')}" in shown.translate(BARE)
    assert shown.index(name) < shown.index(sentence("de", "fr.nobody"))
    [one] = await jonas.taps(data=f"fr:{nobodys}")
    assert sentence("de", "fr.nobody") in said(one)
    [taken] = await jonas.taps(sentence("de", "fr.mine"))
    assert sentence("de", "fr.by_you") in said(taken)


BARE = dict.fromkeys(range(0x2066, 0x206A))
"""Marks of direction are left out."""
