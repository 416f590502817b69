"""One person through every feature of the bot, then forgotten: nothing of them is left in any table, file or log."""

import io
import logging
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from agreements.campaigns.types import Selection
from agreements.files.types import Channel
from agreements.handover.types import Part
from agreements.privacy.rules import RULES
from agreements.privacy.types import Whose
from db.crypto import Cipher, SealBrokenError
from db.tables import metadata
from i18n.languages import LANGUAGES
from lotse import log, runtime
from people.types import Role
from tests.bot.test_canary import found_in
from tests.bot.world import LotseWorld, Pocket, data_of, said, sentence

CHAT = 7_234_567_891
CASE = "LM-LOESCH-55"
QUESTION = "Wo lernt meine Tochter Kanariensingen bei Zzyzx"
FOR_STAFF = {
    "desk_accounts", "desk_sessions", "desk_codes", "staff_settings", "transfer_exports", "campaigns", "offer_versions",
    "offer_owners", "house_changes",
}  # fmt: skip
"""Tables that hold a member of staff only; tests/db/test_privacy.py fills these too."""


@pytest.fixture
def written(logs: None) -> io.StringIO:
    """Everything that is logged, at the most talkative level."""
    log.configure(level="DEBUG", style="json", secrets=[])
    stream = io.StringIO()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


@pytest.fixture
async def amira(written: io.StringIO, lotse: LotseWorld) -> Pocket:
    """A client, and a helper as well, who has used everything there is."""
    katrin, jonas = await lotse.coordinator(language="en"), await lotse.coordinator(7103, "en")
    pocket, client_id = await lotse.client(katrin, CASE, CHAT, "en")
    offer = await _staff_writes(lotse, katrin, jonas, client_id)
    code = await lotse.admin_invites(Role.VOLUNTEER)
    await pocket.opens(f"join_{code}")
    await pocket.taps(data="join")
    async with lotse.core.database.write() as tx:
        await lotse.core.cases.campaigns.set_place(tx, await pocket.actor(), "Haar")
    await _client_uses(lotse, pocket, offer)
    await lotse.moves(days=3)
    await pocket.opens("join_wrong-code-of-somebody")
    await pocket.says(QUESTION)
    return pocket


async def _staff_writes(lotse: LotseWorld, katrin: Pocket, jonas: Pocket, client_id: str) -> str:
    """Everything that the office can write about a client; returns an offer that was suggested."""
    core, now = lotse.core, lotse.clock.now()
    staff, other = await katrin.actor(), await jonas.actor()
    cases, day = core.cases, date(2026, 12, 9)
    async with core.database.write() as tx:
        await core.offers.refresh(tx)
        offer = str((await cases.placements.matches(tx, staff, client_id, now))[0].hit.offer.id)
        await cases.files.change(tx, staff, client_id, {"call_name": "Zzyzx", "profession": "Sängerin"}, now)
        await cases.files.add_note(tx, staff, client_id, QUESTION, now)
        await cases.files.add_contact(tx, staff, client_id, Channel.PHONE, date(2026, 12, 1), "", now)
        goal = await cases.goals.add_goal(tx, staff, client_id, "find_work", now, words=QUESTION)
        milestone = await core.agreements.add_milestone(tx, staff, client_id, "write_cv", {}, day, None, now)
        await cases.goals.link_milestone(tx, staff, milestone.id, goal.id)
        await cases.goals.add_task(tx, staff, client_id, "i_will_call_you", day, now)
        await cases.goals.sign(tx, staff, client_id, date(2026, 12, 1), now)
        await core.agreements.add_appointment(
            tx, staff, client_id, "jobcenter", "Haar", "Zzyzxweg 7", datetime(2026, 12, 9, 10), 30, [], now
        )
        first = datetime(2026, 12, 10, 10)
        await cases.series.add(
            tx, staff, client_id, "jobcenter", "Haar", "Zzyzxweg 7", first, 30, [], 1, 2, now
        )
        await cases.placements.suggest(tx, staff, client_id, offer, now)
        await cases.campaigns.send(tx, staff, Selection(), "please_call", {}, now)
        await cases.handover.signed(tx, staff, client_id, ["work"], date(2026, 12, 1), now)
        packed = await cases.handover.bundle(tx, staff, client_id, [Part.WORK], "Kim", now)
        await cases.handover.hand_over(tx, staff, packed, "pdf", now)
        table = f"id;case_number;phrase;due_on\nM/Zzyzx;{CASE};write_cv;12.12.2026\n".encode()
        report = await cases.transfer.import_tables(tx, staff, {"milestones.csv": table}, now, dry_run=False)
        assert not report.errors
        done = await cases.team.hand_over(tx, staff, other.id, now, client_ids=[client_id])
        await cases.team.take_back(tx, staff, done.batch_id, now)
        await cases.team.add_deputy(tx, staff, other.id, client_id)
        wish = {"client_id": client_id, "subject": "milestone", "subject_id": "", "offsets": "1d"}
        await tx.execute(insert(metadata.tables["reminder_wishes"]).values(wish))
    await lotse.quiet()
    return offer


async def _client_uses(lotse: LotseWorld, pocket: Pocket, offer: str) -> None:
    await pocket.says(QUESTION)
    await pocket.tampers(f"want:{lotse.rows('SELECT id FROM offers WHERE id != ? LIMIT 1', offer)[0][0]}")
    await pocket.tampers(f"wrong.as:{offer}:closed")
    await pocket.tampers("talk:paper")
    [goal] = lotse.rows("SELECT id FROM milestones LIMIT 1")
    await pocket.tampers(f"goal.why:{goal[0]}:paper")
    await pocket.sends("location", latitude=48.1087, longitude=11.7285)
    for message in await pocket.phone.messages():
        opens = [data for data in data_of(message) if data.startswith("msg:")]
        if opens:
            await pocket.tampers(opens[0])
    [case], [visit] = (lotse.rows(f"SELECT id FROM {table} LIMIT 1") for table in ("clients", "appointments"))
    await pocket.tampers(f"agree:{case[0]}")
    await pocket.tampers(f"appt.share:{visit[0]}")
    await pocket.tampers("remind:on")


async def test_whoever_is_forgotten_is_found_nowhere(
    lotse: LotseWorld, amira: Pocket, written: io.StringIO
) -> None:
    person = (await amira.actor()).id
    secrets = (person, lotse.core.people.chat_hash(CHAT), str(CHAT), QUESTION, "Zzyzx", CASE)
    assert (
        await _tables_about(lotse, person)
        >= {name for name, rule in RULES.items() if rule.whose in (Whose.PERSON, Whose.CASE, Whose.UNLINKED)}
        - FOR_STAFF
    )
    assert found_in(_files(lotse), secrets[:2]), "the search would find them"
    await amira.tampers("forget")
    [gone] = await amira.taps(data="forget.yes")
    assert gone["text"] == sentence("en", "forget.done")
    await lotse.core.database.clear_log()
    assert await _rows_naming(lotse, secrets[:3]) == {}
    # What the coordinator wrote stays sealed with the case; what the person wrote is in no cell, opened or not.
    assert await _said(lotse, runtime.keyring(lotse.settings), QUESTION) == {
        "case_notes",
        "client_changes",
        "goals",
        "agreement_contents",
    }
    assert found_in(_files(lotse), secrets) == []
    assert found_in(written.getvalue().encode(), secrets) == []


async def test_the_copy_holds_every_column_about_the_person(lotse: LotseWorld, amira: Pocket) -> None:
    async with lotse.core.database.read() as tx:
        copy = await lotse.core.privacy.copy(tx, await amira.actor(), lotse.clock.now())
    shown = {name: set(rows[0]) for name, rows in copy.rows.items()}
    for name, rule in RULES.items():
        if rule.whose in (Whose.NOBODY, Whose.PASSING) or name in FOR_STAFF or not rule.shown:
            assert not shown.get(name), name
        elif rule.at_office:
            assert copy.at_office[name], name
        else:
            assert shown[name] == {column.removesuffix("_sealed") for column in rule.shown}, name
    assert copy.first("persons")["chat"] == str(CHAT)
    assert copy.first("clients")["case"] == CASE
    assert copy.first("client_files")["record"]["call_name"] == "Zzyzx"
    assert copy.first("appointments")["where"] == "Zzyzxweg 7"


async def _tables_about(lotse: LotseWorld, person: str) -> set[str]:
    """The tables that have a row of the person or their case."""
    from agreements.privacy.repository import _belonging  # noqa: PLC0415

    found = set()
    async with lotse.core.database.read() as tx:
        cases = await lotse.core.privacy._repository.cases_of(tx, person)
        for name, rule in RULES.items():
            if rule.by:
                ids = cases if rule.whose is Whose.CASE else [person]
                rows = _belonging(metadata.tables[name], rule, ids).subquery()
                if (await tx.execute(select(func.count()).select_from(rows))).scalar_one():
                    found.add(name)
    return found


async def _rows_naming(lotse: LotseWorld, wanted: tuple[str, ...]) -> dict[str, list[str]]:
    """Every cell of every table that names one of these."""
    found: dict[str, list[str]] = {}
    async with lotse.core.database.read() as tx:
        for table in metadata.tables.values():
            for row in (await tx.execute(select(table))).mappings():
                hits = [name for name, cell in row.items() if any(text in str(cell) for text in wanted)]
                if hits:
                    found.setdefault(table.name, []).extend(map(str, hits))
    return found


async def _said(lotse: LotseWorld, keys: Any, wanted: str) -> set[str]:
    """The tables in which a sealed cell holds a text, once it is opened."""
    cipher, found = Cipher(keys), set()
    async with lotse.core.database.read() as tx:
        for table in metadata.tables.values():
            sealed = [name for name in table.columns.keys() if name.endswith("_sealed")]  # noqa: SIM118 -- not a dict
            for row in (await tx.execute(select(table))).mappings():
                key = str(
                    row["update_id" if table.name == "inbox" else next(iter(table.primary_key.columns)).name]
                )
                texts = [_open(cipher, table.name, name, key, row[name]) for name in sealed if row[name]]
                if any(wanted in text for text in texts):
                    found.add(table.name)
    return found


def _open(cipher: Cipher, table: str, column: str, key: str, sealed: bytes) -> str:
    try:
        return cipher.open(table, column, key, bytes(sealed)).encode().decode("unicode_escape")
    except SealBrokenError as error:
        raise AssertionError(f"{table}.{column} cannot be opened") from error


def _files(lotse: LotseWorld) -> bytes:
    """The database, its write-ahead log and what else lies beside them."""
    file = lotse.database_file
    return b"\n".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_reads_it_in_their_own_language(lotse: LotseWorld, language: str) -> None:
    katrin = await lotse.coordinator(language="en")
    pocket, _ = await lotse.client(katrin, CASE, CHAT, language)
    await pocket.tampers("settings")
    assert "mydata" in data_of(await pocket.last())
    [summary] = await pocket.says("/mydata")
    assert sentence(language, "mydata.case", case=CASE) in said(summary)
    assert str(CHAT) in said(summary)
    [as_json] = await pocket.taps(data="mydata.file:json", message_id=summary["message_id"])
    assert sentence(language, "mydata.here") == said(as_json)
    assert as_json["document"]["file_name"].endswith(".json")
    [who] = await pocket.taps(data="mydata.seen", message_id=summary["message_id"])
    assert sentence(language, "mydata.seen.client") in said(who)
    assert sentence(language, "mydata.seen.coordinator") in said(who)
    about = sentence(language, "mydata.seen.about", office=lotse.settings.district_name, days=365)
    assert about in said(who)
    [as_pdf] = await pocket.taps(data="mydata.file:pdf", message_id=summary["message_id"])
    assert as_pdf["document"]["file_name"].endswith(".pdf")
