"""A district full of clients with reminders that are due, written straight into an empty database."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, create_engine, insert, text
from sqlalchemy.pool import NullPool

from bot.views.shared import NOTICE_VERSION
from db import migrate
from db.crypto import Cipher
from db.tables.agreements import agreements, clients, milestones, reminders
from db.tables.people import persons, roles

FIRST_CHAT = 1_000_000
FIRST_COORDINATOR = 9_000_000
COORDINATORS = 16


def _person(cipher: Cipher, person_id: str, chat: int, now: datetime) -> dict[str, Any]:
    return {
        "id": person_id,
        "chat_hash": cipher.blind("chat", str(chat)),
        "chat_sealed": cipher.seal("persons", "chat_sealed", person_id, str(chat)),
        "language": "en",
        "language_chosen": True,
        "notice_version": NOTICE_VERSION,
        "notice_shown": NOTICE_VERSION,
        "paused": False,
        "reachable": True,
        "created_at": now,
        "seen_at": now,
    }


def fill(
    url: str,
    cipher: Cipher,
    count: int,
    now: datetime,
    due: Callable[[int], datetime] | None = None,
    staff_roles: Sequence[str] = ("coordinator",),
) -> list[str]:
    """Coordinators, who may have further roles, and `count` linked clients with one goal and one reminder each, due now unless `due` says when.

    Returns the reminders' ids.
    """
    staff = [f"k{number}" for number in range(COORDINATORS)]
    people = [_person(cipher, key, FIRST_COORDINATOR + n, now) for n, key in enumerate(staff)]
    rows: dict[Table, list[dict[str, Any]]] = {
        persons: people,
        roles: [
            {"id": f"r{key}{role}", "person_id": key, "role": role, "granted_at": now}
            for key in staff
            for role in staff_roles
        ],
        clients: [],
        agreements: [],
        milestones: [],
        reminders: [],
    }
    day = (now + timedelta(days=1)).date()
    for n in range(count):
        rows[persons].append(_person(cipher, f"p{n}", FIRST_CHAT + n, now))
        case = f"LM-{n}"
        rows[clients].append(
            {
                "id": f"c{n}", "case_hash": cipher.blind("case", case), "person_id": f"p{n}",
                "case_sealed": cipher.seal("clients", "case_sealed", f"c{n}", case), "language": "en",
                "coordinator_id": staff[n % COORDINATORS], "reminders": True, "created_at": now,
            }
        )  # fmt: skip
        rows[agreements].append(
            {"id": f"a{n}", "client_id": f"c{n}", "signed_on": day, "created_by": "k0", "created_at": now}
        )
        rows[milestones].append(
            {
                "id": f"m{n}", "agreement_id": f"a{n}", "client_id": f"c{n}", "phrase": "write_cv",
                "due_on": day, "status": "open", "created_by": "k0", "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
        at = due(n) if due else now - timedelta(minutes=1)
        rows[reminders].append(
            {
                "id": f"e{n}", "client_id": f"c{n}", "subject": "milestone", "subject_id": f"m{n}",
                "occurrence": at, "not_after": at + timedelta(hours=48), "state": "planned",
            }
        )  # fmt: skip
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), values)
    return [f"e{n}" for n in range(count)]


def ask(url: str, statement: str) -> list[Any]:
    """Rows of a query, asked past everything."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return list(connection.execute(text(statement)).all())


def sound(url: str) -> bool:
    """Whether SQLite finds its file whole; PostgreSQL repairs itself at its start."""
    return not url.startswith("sqlite") or ask(url, "PRAGMA integrity_check") == [("ok",)]
