"""P5: in every language the notice comes first, and before it nothing is kept but the chat and its language."""

import pytest

from i18n.languages import LANGUAGES
from tests.bot.world import LotseWorld, all_said, data_of, sentence
from tests.trust.promise import held

# What runs the machine and says nothing of anybody.
PASSING = {"inbox", "outbox", "leases", "alembic_version", "search_gaps", "offer_arrivals"}
# The chat with its language, and that the notice was shown to it.
MAY_STAND = {"persons", "opt_ins"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_notice_before_anything_is_kept(lotse: LotseWorld, language: str) -> None:
    tables = [row[0] for row in lotse.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    before = {table: lotse.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    pocket = lotse.phone(7881, language=language)
    await pocket.opens()
    shown = await pocket.taps(data=f"lang:{language}")
    assert sentence(language, "notice.telegram") in all_said(shown)
    after = {table: lotse.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    grown = {table for table in tables if after[table] > before[table]} - PASSING
    assert grown == MAY_STAND
    assert lotse.rows("SELECT what, language FROM opt_ins") == [("notice_shown", language)]
    [kept] = lotse.rows("SELECT * FROM persons")
    said = [
        value for value in kept if isinstance(value, str) and value not in (language, "") and len(value) < 20
    ]
    assert not [value for value in said if "Person" in value], "no name"
    assert (await pocket.actor()).person.notice_version is None
    assert any(data.startswith("notice:") for data in data_of(await pocket.last()))
    await lotse.moves(hours=25)
    async with lotse.core.database.write() as tx:
        await lotse.core.privacy.purge(tx, lotse.clock.now())
    for table in sorted(MAY_STAND):
        assert lotse.rows(f"SELECT count(*) FROM {table}") == [(0,)], (
            "who did not go on is forgotten after a day"
        )
    held(
        "P5",
        f"{language}: rows with content before the notice",
        "0",
        f"{len(grown - MAY_STAND)}",
        grown == MAY_STAND,
    )


FIRST_WORDS = (
    ("en", "Who is responsible for housing benefit in Haar?"),
    ("de", "Wer ist für Wohngeld zuständig?"),
    ("en", "German course in Haar in the evening"),
    ("en", "blorb zarg flimmer"),
)


@pytest.mark.parametrize(("language", "question"), FIRST_WORDS)
async def test_a_first_question_is_answered_and_not_kept(
    lotse: LotseWorld, language: str, question: str
) -> None:
    pocket = lotse.phone(7882, language=language)
    answered = await pocket.says(question)
    assert sentence(language, "notice.telegram") in all_said(answered)
    assert len(answered) > 1, "the notice stands above an answer"
    kept = lotse.rows("SELECT kind, step FROM drafts")
    held("P5", f"what is kept of a first question: {question}", "nothing", str(kept), not kept)
