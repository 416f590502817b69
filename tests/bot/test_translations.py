"""Translated texts on the phone: who translated is said, and whoever reviews reads, mends and leaves for later."""

from offers.translations.service import key_of
from offers.translations.types import Job, TextField
from tests.bot.world import CLIENT, LotseWorld, all_said, data_of, sentence


async def _translated(lotse: LotseWorld, text: str, language: str = "uk") -> Job:
    """A machine's name for the first offer that has a number in its German name."""
    async with lotse.core.database.write() as tx:
        jobs = await lotse.core.translations.pending(tx, [language], (TextField.NAME,))
        job = next(job for job in jobs if any(map(str.isdigit, job.source)))
        await lotse.core.translations.keep(tx, job, text, lotse.clock.now())
    return job


async def test_a_card_says_that_a_machine_translated_it_and_keeps_the_german_name(lotse: LotseWorld) -> None:
    job = await _translated(lotse, "Курс німецької A1")
    amira = await lotse.arrives(CLIENT, "uk")
    card = all_said(await amira.tampers(f"offer:{job.offer_id}"))
    assert "Курс німецької A1" in card
    assert sentence("uk", "card.by_machine") in card
    assert job.source in card


async def test_a_text_is_read_mended_and_then_shown_as_a_persons(lotse: LotseWorld) -> None:
    job = await _translated(lotse, "Курс")
    katrin = await lotse.coordinator()
    languages = await katrin.tampers("rv.langs")
    assert "rv:uk" in data_of(languages[-1])
    shown = await katrin.taps(data="rv:uk")
    assert job.source in all_said(shown)
    key = key_of(job)
    await katrin.taps(data=f"rv.fix:uk:{key}")
    refused = await katrin.says("Курс без числа")
    assert "❗️" in all_said(refused)
    kept = await katrin.says(f"Курс німецької: {job.source}")
    assert sentence("de", "rv.kept") in all_said(kept)
    assert sentence("de", "rv.nothing") in all_said(kept)

    amira = await lotse.arrives(CLIENT, "uk")
    card = all_said(await amira.tampers(f"offer:{job.offer_id}"))
    assert "Курс німецької:" in card
    assert sentence("uk", "card.by_machine") not in card


async def test_who_went_away_from_a_text_translates_nothing_any_more(lotse: LotseWorld) -> None:
    job = await _translated(lotse, "Курс")
    katrin = await lotse.coordinator()
    await katrin.tampers("rv:uk")
    await katrin.tampers(f"rv.fix:uk:{key_of(job)}")
    await katrin.says("/menu")
    assert sentence("de", "rv.kept") not in all_said(await katrin.says(f"Курс німецької: {job.source}"))


async def test_good_takes_the_note_away(lotse: LotseWorld) -> None:
    job = await _translated(lotse, "Курс німецької A1")
    katrin = await lotse.coordinator()
    await katrin.tampers("rv:uk")
    assert sentence("de", "rv.nothing") in all_said(await katrin.taps(data=f"rv.good:uk:{key_of(job)}"))
    amira = await lotse.arrives(CLIENT, "uk")
    assert sentence("uk", "card.by_machine") not in all_said(await amira.tampers(f"offer:{job.offer_id}"))
