"""Before the notice nothing is kept but chat and language; every yes and no is kept with its words."""

import pytest
from sqlalchemy import select

from agreements.privacy.rules import RULES
from agreements.privacy.types import Whose
from bot.views.shared import NOTICE_VERSION
from db.tables import metadata
from i18n.languages import LANGUAGES
from i18n.messages import words
from tests.bot.world import LotseWorld, Pocket, all_said, data_of, said, sentence

STRANGER = 7451
MAY_STAND = {"persons": 1, "opt_ins": 1, "inbox": 1}
"""What is there of somebody after one question, beside the mark that an answer went out."""


async def _held(lotse: LotseWorld) -> dict[str, int]:
    """How many rows each table about people has; a sealed cell that is no chat number is refused."""
    found = {}
    async with lotse.core.database.read() as tx:
        for name, rule in RULES.items():
            if rule.whose is Whose.NOBODY:
                continue
            rows = (await tx.execute(select(metadata.tables[name]))).mappings().all()
            found[name] = len(rows)
            sealed = {key for row in rows for key, value in row.items() if key.endswith("_sealed") and value}
            assert sealed <= {"chat_sealed"}, (name, sealed)
    return {name: count for name, count in found.items() if count}


async def _proofs(lotse: LotseWorld, pocket: Pocket) -> list[tuple[str, bool, str, str]]:
    table = metadata.tables["opt_ins"]
    person = (await pocket.actor()).id
    wanted = select(table).where(table.c.person_id == person).order_by(table.c.at, table.c.id)
    async with lotse.core.database.read() as tx:
        return [(row.what, row.given, row.version, row.language) for row in await tx.execute(wanted)]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_first_question_is_answered_below_the_notice(lotse: LotseWorld, language: str) -> None:
    stranger = lotse.phone(STRANGER, language=language)
    notice, *answer = await stranger.says(words(language).plain("topic.german_course"))
    for key in ("notice.title", "notice.stored", "notice.telegram", "notice.voluntary"):
        assert sentence(language, key) in said(notice), key
    assert f"notice:{NOTICE_VERSION}" in data_of(notice)
    assert answer, "asking works without any record"
    held = await _held(lotse)
    assert held.pop("outbox") == len(answer) + 1
    assert held == MAY_STAND
    assert await _proofs(lotse, stranger) == [("notice_shown", True, NOTICE_VERSION, language)]
    again = await stranger.says(words(language).plain("topic.german_course"))
    assert sentence(language, "notice.stored") not in all_said(again), "once is enough"


async def test_whoever_does_not_go_on_is_gone_after_a_day(lotse: LotseWorld) -> None:
    stranger = lotse.phone(STRANGER)
    await stranger.says("German course in Haar")
    async with lotse.core.database.write() as tx:
        await lotse.core.privacy.purge(tx, lotse.clock.now())
    assert (await _held(lotse))["persons"] == 1
    await lotse.moves(days=1, minutes=1)
    async with lotse.core.database.write() as tx:
        await lotse.core.privacy.purge(tx, lotse.clock.now())
    assert set(await _held(lotse)) == {"inbox"}, "the number of the update, for seven days"


async def test_a_tap_and_a_command_show_it_as_well(lotse: LotseWorld) -> None:
    stranger = lotse.phone(STRANGER)
    notice, *_ = await stranger.says("/goals")
    assert sentence("en", "notice.stored") in said(notice)
    other = lotse.phone(STRANGER + 1)
    await other.opens()
    notice, *_ = await other.tampers("topic:housing")
    assert sentence("en", "notice.stored") in said(notice)


async def test_each_yes_is_off_at_first_and_ends_with_one_tap(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator(language="en")
    pocket, client_id = await lotse.client(katrin, "LM-5", STRANGER, "en", reminders=False)
    await pocket.says("/menu")
    [settings] = await pocket.taps(data="settings")
    assert {"remind:on", "unlink", "pause:on"} <= set(data_of(settings))
    await pocket.taps(data="remind:on")
    await pocket.tampers("remind:off")
    [ended] = await pocket.tampers("unlink")
    assert sentence("en", "settings.unlinked") in said(ended)
    proofs = await _proofs(lotse, pocket)
    assert [(what, given) for what, given, _, _ in proofs] == [
        ("notice_shown", True),
        ("notice_read", True),
        ("link", True),
        ("reminders", True),
        ("reminders", False),
        ("link", False),
    ]
    assert {(version, language) for _, _, version, language in proofs} == {(NOTICE_VERSION, "en")}
    assert lotse.rows("SELECT person_id, reminders FROM clients WHERE id = ?", client_id) == [(None, 0)]
    [refused] = await pocket.tampers("unlink")
    assert sentence("en", "error.not_linked") in said(refused)
    assert sentence("en", "menu.title") in all_said(await pocket.says("/menu"))


async def test_whoever_went_on_without_choosing_a_language_stays_a_client(lotse: LotseWorld) -> None:
    katrin = await lotse.coordinator(language="en")
    client_id, actor = await lotse.case(katrin, "LM-6", "en"), await katrin.actor()
    pocket = lotse.phone(STRANGER)
    await pocket.says("German course in Haar")
    await pocket.tampers(f"notice:{NOTICE_VERSION}")
    async with lotse.core.database.write() as tx:
        new = await lotse.core.agreements.invite_client(tx, actor, client_id, lotse.clock.now())
    await pocket.opens(f"join_{new.code}")
    await pocket.taps(data="join")
    person = (await pocket.actor()).id
    await lotse.moves(days=2)
    async with lotse.core.database.write() as tx:
        await lotse.core.privacy.purge(tx, lotse.clock.now())
    assert lotse.rows("SELECT person_id FROM clients WHERE id = ?", client_id) == [(person,)]
    assert await _proofs(lotse, pocket)
