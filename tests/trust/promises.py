"""Every promise of the house, what it is tried by, and the number that is wanted: the rows of the table of `make trust`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One row. `tests` are pytest's files or node ids; `crash` adds the trials of `make crash-test` that name the promise.

    `at_least` so many tests must pass, and none may be skipped; what they put down with `held` must be good, too.
    `short` so many of them are in `make test`; 0 for what takes weeks or is timed. `alone` is tried with nothing beside it, since it is timed.
    """

    says: str
    wanted: str
    tests: tuple[str, ...] = ()
    at_least: int = 1
    short: int = 0
    crash: bool = False
    commands: tuple[tuple[str, ...], ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Open:
    """Why a promise is not shown to hold, and what would close it."""

    reason: str
    closes: str
    known: tuple[str, ...]
    """Its failures as patterns, each of which must match one: any other failure, or one that is missing, is a new one and FAILED."""


_TRUST, _DB, _BOT, _UNIT, _DESK = "tests/trust/", "tests/db/", "tests/bot/", "tests/unit/", "tests/desk/"
PROMISES: Mapping[str, Promise] = {
    "R1": Promise("No reminder is lost, none sent twice but the one in flight", "10,000 reminders, 300 kills, 5 seeds (2 of them on PostgreSQL, too): lost 0, copies ≤ 2", crash=True, short=1),
    "R2": Promise("Every doubtful send is listed", "100 % listed", (_DB + "test_agreements_reminders.py", _UNIT + "test_worker.py"), 30, crash=True, short=75),
    "R3": Promise("No incoming message is lost", "5,000 updates, 200 kills: lost 0", crash=True, short=1),
    "R4": Promise("Repeated and shuffled updates do nothing twice", "5,000 × 3: 5,000 effects", (_DB + "test_delivery_inbox.py",), 20, crash=True, short=36),
    "R5": Promise("Reminders are right in local time", "20,000 schedules, 0 mismatches", (_UNIT + "test_agreements_rules.py",), 20, crash=True, short=27),
    "R6": Promise("Clock jumps are harmless", "50 jumps: doubled 0, lost 0, late 0", crash=True, short=1),
    "R7": Promise("Nobody is woken at night", "10,000 examples, 0 inside", (_UNIT + "test_agreements_rules.py", _DB + "test_agreements_pushes.py"), 25, crash=True, short=60),
    "R8": Promise("Bulk pushes respect Telegram", "2,000 recipients: lost 0, ≤ 25 a second and two to catch up, replies first, ≤ 1 attempt in a ban, blocked never again", (_TRUST + "test_bulk.py",), 1, short=1, alone=True),
    "R9": Promise("Two processes by accident do no harm", "5,000: doubled 0; the second ends in ≤ 10 s", crash=True, short=2),
    "R10": Promise("Understanding down, slow or mad stops nobody", "1,000 each: all answered, breaker ≤ 5", ("tests/nlu/test_client.py", "tests/nlu/test_understanding.py"), 60, short=100, alone=True),
    "R11": Promise("Disk full, locked, read-only: nothing breaks", "0 corruptions, “one moment”, well again without a restart", (_TRUST + "long_storage.py", _DB + "test_engine.py"), 10, short=15),
    "R12": Promise("A backup comes back", "50 backups during writes; 100,000 rows back ≤ 60 s", (_DB + "test_backup.py", _TRUST + "long_backup.py"), 14, short=15),
    "R13": Promise("Old databases migrate", "every revision, both engines, up and down, content the same but for what a revision lets go of on purpose", (_DB + "test_migrations.py", _TRUST + "long_revisions.py"), 8, short=6),
    "R14": Promise("It runs for months", "8 weeks: memory < 10 %, WAL < 64 MB, no task and no file left", (_TRUST + "long_weeks.py",), 1),
    "R15": Promise("It bears the load", "200 updates/s for 60 s, p95 < 300 ms, 0 errors", (_TRUST + "long_load.py::test_load",), 1, alone=True),
    "S1": Promise("No secret in logs, replies, errors", "0 hits over ≥ 40 paths", (_BOT + "test_canary.py", _UNIT + "test_settings_and_log.py"), 60, short=75),
    "S2": Promise("Nobody sees another's record", "100 % of the routes, 0 leaks; refused within ± 20 % of the time for what does not exist", (_BOT + "test_rights.py", _DESK + "test_rights.py", _DB + "test_agreements_rights.py", _TRUST + "long_timing.py"), 16, short=19, alone=True),
    "S3": Promise("Taps and links are not believed", "50,000 inputs, 1,000 races with one winner", (_TRUST + "test_payloads.py", _BOT + "test_bad_input.py"), 30, short=30),
    "S4": Promise("Hostile text is harmless", "≥ 715 strings × all fields: 0 exceptions, 0 refused, equal", (_TRUST + "long_hostile_bot.py", _TRUST + "long_hostile_desk.py", _TRUST + "test_hostile_files.py", _TRUST + "test_naughty.py"), 14, short=9),
    "S5": Promise("One who floods starves nobody", "others' p95 < 1 s, ≤ 1 notice a minute, < 50 MB", (_TRUST + "test_flood.py", _TRUST + "long_load.py::test_flood"), 6, short=5, alone=True),
    "S6": Promise("The webhook takes updates from Telegram alone", "100 % refused, ≤ 50 ms each, ≤ 1 MB", (_BOT + "test_webhook.py", _TRUST + "long_webhook.py"), 35, short=40, alone=True),
    "S7": Promise("Files that come in cannot hurt", "60 crafted files: refused or right, < 300 MB, ≤ 5 s", (_TRUST + "test_crafted_files.py", _UNIT + "test_offers_xlsx.py", _DB + "test_offers_import.py", _DB + "test_transfer.py"), 60, short=95, alone=True),
    "S8": Promise("Files that go out cannot hurt", "100 % neutral; calendars whole, ≤ 75 octets", (_UNIT + "test_offers_xlsx.py", _UNIT + "test_offers_ics.py", _TRUST + "test_hostile_files.py"), 25, short=200),
    "S9": Promise("The database file alone is useless", "0 hits; 10,000 records rotated, 50 kills", (_DB + "test_crypto_at_rest.py", _DB + "test_key_rotation.py", _UNIT + "test_crypto.py"), 20, short=80),
    "S10": Promise("Known holes in what we build on are known", "0 unlisted findings, the canary found, nothing skipped", (_TRUST + "test_audit.py",), 6, commands=(("-m", "tests.supply.audit"), ("-m", "tests.supply.sbom", "--check")), short=6),
    "S11": Promise("Rasa is caged", "all denied; only /status and /model/parse", (_TRUST + "test_cage.py",), 4, short=4),
    "P1": Promise("No sensitive word in a push", "0 free texts in any push", (_TRUST + "test_pushes.py", _BOT + "test_routes.py"), 3, short=25),
    "P2": Promise("Erasure is complete", "0 hits in tables, files, WAL, log", (_BOT + "test_erasure.py", _DB + "test_privacy.py"), 20, short=180),
    "P3": Promise("Everybody gets a whole copy", "100 % of the columns shown or explained", (_DB + "test_privacy.py", _BOT + "test_erasure.py"), 20, short=180),
    "P4": Promise("Everything goes in its time", "every class ≤ 24 h after its limit", (_DB + "test_privacy.py",), 8, short=150),
    "P5": Promise("First the notice, then anything else", "15 languages, 0 rows of content before", (_TRUST + "test_notice.py", _BOT + "test_first_contact.py"), 35, short=35),
    "P6": Promise("No words of a client leave", "0 connections but Telegram and understanding", (_TRUST + "test_leaving.py", "tests/nlu/test_client.py"), 40, short=50),
    "P7": Promise("Reads are logged", "100 % of the reads; a changed line shows", (_DB + "test_audit.py", _DB + "test_audit_command.py"), 3, short=48),
}  # fmt: skip
OPEN: Mapping[str, Open] = {
    "S10": Open(
        "The command, its list and the SBOM are tried against an advisory service of our own; the real one could not be reached where this was written.",
        "`make audit` once where the advisory service answers, and each finding in accepted.toml with its reason, or its package renewed.",
        (r"tests\.supply\.audit: Run it where the service can be reached.*",),
    ),
    "R15": Open(
        "58 updates a second on two quiet cores, the playground on one of them: an update takes 17 ms of processor time, for two requests to Telegram, four commits and some twenty statements through SQLite's thread.",
        "A leaner way to Telegram and to SQLite than the libraries in use have, or a machine three times as quick; a district's worst minute has five updates a second (docs/scaling.md).",
        (r"0 of ≥ 1 passed, 0 skipped: test_load", r"50 chats, 60 s: ([3-9]|1\d)\d/s, .*errors 0"),
    ),
}
"""Promises that are not shown to hold yet: at most three, each tried all the same."""
MOST_OPEN = 3
