"""Feedback on the phone: switched on by oneself, one tap, shown to coordinators from five answers on."""

from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, data_of, said, sentence


async def _offer(lotse: LotseWorld) -> str:
    """A German course with a date in the week, outside holidays."""
    return str(
        lotse.rows(
            "SELECT offers.id FROM offers JOIN schedules ON schedules.offer_id = offers.id"
            " WHERE status = 'published' AND topic = 'german_course' AND freq = 'WEEKLY' AND valid_from < '2026-12-01'"
            " AND (valid_to IS NULL OR valid_to > '2026-12-20') AND byday LIKE '%TU%' AND opens_at < '14:00'"
            " AND interval = 1 ORDER BY offers.id LIMIT 1"
        )[0][0]
    )


async def test_one_tap_after_a_course_for_who_wants_it(lotse: LotseWorld) -> None:
    offer = await _offer(lotse)
    amira = await lotse.arrives(CLIENT, "ar")
    jonas = await lotse.coordinator(COORDINATOR, "de")
    await amira.says("/menu")
    await amira.tampers(f"offer:{offer}")
    await amira.taps(sentence("ar", "saved.offer.keep"))
    await amira.tampers("kept.list")
    [on] = await amira.taps(sentence("ar", "feedback.on"))
    assert said(on) == sentence("ar", "feedback.is_on")
    await amira.tampers("settings")
    assert sentence("ar", "feedback.off") in await amira.labels()

    await lotse.waits_until("2026-12-08 17:30")
    async with lotse.core.database.write() as tx:
        await lotse.core.cases.feedback.tick(tx, lotse.clock.now())
    await lotse.quiet()
    [push] = await amira.reads()
    assert said(push) == sentence("ar", "feedback.push"), "no course is named"
    [asked] = await amira.taps(sentence("ar", "push.open"))
    assert sentence("ar", "feedback.nobody") in said(asked)
    [thanks] = await amira.taps(sentence("ar", "feedback.helped"))
    assert said(thanks) == sentence("ar", "thanks.text")
    assert lotse.rows("SELECT answer, count FROM offer_feedback") == [("helped", 1)]

    await jonas.says("/menu")
    await jonas.tampers(f"fr:{offer}")
    line = sentence("de", "fr.feedback", helped=5, so_so=0, not_helped=0)
    assert line not in said(await jonas.last())
    async with lotse.core.database.write() as tx:
        await tx.exec_driver_sql("UPDATE offer_feedback SET count = 5")
    [card] = await jonas.tampers(f"fr:{offer}")
    assert line in said(card)
    assert f"ed:{offer}" in data_of(card)
