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
from agreements.holds.types import HoldReason
from agreements.privacy.rules import RULES
from agreements.privacy.types import Whose
from db.crypto import Cipher, SealBrokenError
from db.tables import metadata
from i18n.languages import LANGUAGES
from lotse import log
from lotse.keyrings import keyring
from people.types import Role
from tests.bot.test_canary import found_in
from tests.bot.world import CLIENT, LotseWorld, Pocket, data_of, said, sentence

CHAT = 7_234_567_891
CASE = "LM-LOESCH-55"
HELD = date(2027, 12, 31)
QUESTION = "Wo lernt meine Tochter Kanariensingen bei Zzyzx"
FOR_STAFF = {
    "desk_accounts", "desk_sessions", "desk_codes", "staff_settings", "transfer_exports", "campaigns", "offer_versions",
    "offer_owners", "house_changes", "offer_merges", "offer_twins_denied", "standing_deputies",
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
    for role in (Role.VOLUNTEER, Role.CIRCLE_COORDINATOR):
        code = await lotse.admin_invites(role)
        await pocket.opens(f"join_{code}")
        await pocket.taps(data="join")
    async with lotse.core.database.write() as tx:
        await lotse.core.cases.campaigns.set_place(tx, await pocket.actor(), "Haar")
    await _client_uses(lotse, pocket, offer)
    await _comes_along(lotse, katrin, pocket)
    await _helper_uses(lotse, pocket)
    await _is_asked_how_it_was(lotse, pocket)
    await lotse.moves(days=3)
    await pocket.opens("join_wrong-code-of-somebody")
    await pocket.says(QUESTION)
    locks = lotse.core.people.locks
    async with lotse.core.database.write() as tx:
        await locks.put(tx, await pocket.actor(), locks.proposed("0158"), "0158", lotse.clock.now())
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
        await cases.team.hand_over(tx, staff, other.id, now, client_ids=[client_id])
        await cases.team.hand_over(tx, other, staff.id, now, client_ids=[client_id])
        await cases.team.add_deputy(tx, staff, other.id, now, client_id)
        await cases.holds.hold(tx, staff, client_id, HoldReason.AUDIT, HELD, now)
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


async def _comes_along(lotse: LotseWorld, katrin: Pocket, pocket: Pocket) -> None:
    """Another client shares an appointment, and she opens the link."""
    sami, client_id = await lotse.client(katrin, "LM-2", CLIENT, "en")
    now = lotse.clock.now()
    async with lotse.core.database.write() as tx:
        visit = await lotse.core.agreements.add_appointment(
            tx,
            await katrin.actor(),
            client_id,
            "jobcenter",
            "Haar",
            "",
            datetime(2026, 12, 9, 12),
            30,
            [],
            now,
        )
        new = await lotse.core.cases.sharing.share(tx, await sami.actor(), visit.id, now)
    await pocket.opens(f"see_{new.code}")
    helper = (await pocket.actor()).id
    assert lotse.rows("SELECT count(*) FROM appointment_shares WHERE helper_id = ?", helper) == [(1,)]


async def _helper_uses(lotse: LotseWorld, pocket: Pocket) -> None:
    """A meeting that she enters and comes to, a profile and a search that she keeps."""
    await pocket.says("/menu")
    await pocket.tampers("mt.new")
    await pocket.taps(sentence("en", "meeting.kind.circle"))
    await pocket.taps("Haar")
    await pocket.says("Hauptstraße 5")
    await pocket.says("8.12.")
    await pocket.says("18:30")
    await pocket.taps(sentence("en", "meeting.rhythm.weekly"))
    [shown] = await pocket.taps(sentence("en", "helper.save"))
    ref = next(data for data in data_of(shown) if data.startswith("mt.move")).split(":")[1]
    await pocket.tampers(f"mt.come:{ref}:yes")
    await pocket.says("/menu")
    await pocket.tampers("filter.none")
    await pocket.tampers("filter.set:level:A1")
    await pocket.taps(sentence("en", "saved.profile.keep"))
    await pocket.tampers("filter.set:topic:german_course")
    await pocket.taps(sentence("en", "saved.search.keep"))


async def _is_asked_how_it_was(lotse: LotseWorld, pocket: Pocket) -> None:
    """Two courses that she remembers took place: she answers about one of them."""
    courses = lotse.rows(
        "SELECT offers.id FROM offers JOIN schedules ON schedules.offer_id = offers.id"
        " WHERE status = 'published' AND topic = 'german_course' AND freq = 'WEEKLY' AND valid_from < '2026-12-01'"
        " AND byday LIKE '%TU%' AND opens_at < '14:00' AND interval = 1 ORDER BY offers.id LIMIT 2"
    )
    for (course,) in courses:
        await pocket.tampers(f"kept:{course}:on")
    await pocket.tampers("fb.wish:on")
    await lotse.waits_until("2026-12-01 17:30")
    async with lotse.core.database.write() as tx:
        assert await lotse.core.cases.feedback.tick(tx, lotse.clock.now()) == len(courses) == 2
    await lotse.quiet()
    [first, _] = lotse.rows("SELECT id FROM feedback_asks ORDER BY id")
    await pocket.tampers(f"fb.is:{first[0]}:helped")
    assert lotse.rows("SELECT sum(count) FROM offer_feedback") == [(1,)]


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
    assert sentence("en", "forget.done") in said(gone)
    assert sentence("en", "hold.reason.audit") in said(gone), "the case must stay, and why is told"
    [meeting] = lotse.rows("SELECT location, created_by FROM meetings")
    assert meeting == ("Hauptstraße 5", None), "others come to it"
    for name in (
        "meeting_guests",
        "saved_offers",
        "saved_profiles",
        "saved_searches",
        "feedback_wishes",
        "feedback_asks",
    ):
        assert lotse.rows(f"SELECT count(*) FROM {name}") == [(0,)], name
    await lotse.core.database.clear_log()
    assert await _rows_naming(lotse, secrets[:3]) == {}
    # What the coordinator wrote stays sealed with the case; what the person wrote is in no cell, opened or not.
    assert await _said(lotse, keyring(lotse.settings), QUESTION) == {
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
    assert copy.first("case_holds")["until"] == HELD.isoformat()
    assert copy.first("meetings")["location"] == "Hauptstraße 5"
    assert copy.first("saved_profiles")["filters"] == {"level": "A1"}
    assert copy.first("saved_searches")["query"]["topic"] == "german_course"
    assert {ask["answered"] for ask in copy.rows["feedback_asks"]} == {False, True}


async def test_who_kept_the_catalogue_is_forgotten_and_the_work_stays(
    lotse: LotseWorld, written: io.StringIO
) -> None:
    jonas = await lotse.coordinator(7103, "en")
    core, now, staff = lotse.core, lotse.clock.now(), await jonas.actor()
    offers = lotse.rows(
        "SELECT id FROM offers WHERE status = 'published' AND owner != '' ORDER BY id LIMIT 3"
    )
    [kept, ended, apart] = (offer for (offer,) in offers)
    async with core.database.write() as tx:
        await core.twins.tell_apart(tx, staff, kept, apart, now)
        await core.reviews.look_after(tx, staff, kept, on=True)
        await core.twins.merge(tx, staff, kept, ended, [], now)
        await core.cases.day.be_absent(tx, staff, date(2026, 12, 4), now)
        await core.cases.transfer.export_changes(tx, staff, now)
    stays, goes = (
        ("offer_twins_denied", "offer_merges", "offer_versions"),
        ("offer_owners", "staff_settings", "transfer_exports"),
    )
    async with core.database.read() as tx:
        copy = await core.privacy.copy(tx, staff, now)
    for name in (*stays, *goes):
        assert set(copy.rows[name][0]) == set(RULES[name].shown), name
    before = {name: lotse.rows(f"SELECT count(*) FROM {name}") for name in stays}
    assert found_in(_files(lotse), (staff.id,)), "the search would find them"
    await jonas.tampers("forget")
    await jonas.taps(data="forget.yes")
    await core.database.clear_log()
    assert await _rows_naming(lotse, (staff.id,)) == {}
    assert {name: lotse.rows(f"SELECT count(*) FROM {name}") for name in stays} == before
    assert [lotse.rows(f"SELECT count(*) FROM {name}") for name in goes] == [[(0,)]] * len(goes)
    assert found_in(_files(lotse), (staff.id, core.people.chat_hash(7103))) == []
    assert found_in(written.getvalue().encode(), (staff.id,)) == []


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
