"""The schema in the code and the schema that the migrations make are the same, up, down and up again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, create_engine, insert, text
from sqlalchemy.pool import NullPool

from db import migrate

DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def _put(connection: Connection, table: str, *rows: dict[str, Any]) -> None:
    """Rows in a table as the database has it now."""
    found = MetaData()
    found.reflect(connection, only=[table])
    connection.execute(insert(found.tables[table]), list(rows))


def _person(number: int) -> dict[str, Any]:
    flags = {"language_chosen": True, "paused": False, "reachable": True}
    return {"id": f"p{number}", "language": "de", "created_at": DAY, "seen_at": DAY, **flags}


def test_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    assert migrate.current(database_url) == migrate.newest()
    assert migrate.difference(database_url) == []


def test_down_and_up_again(database_url: str) -> None:
    migrate.downgrade(database_url, "base")
    assert migrate.current(database_url) is None
    assert migrate.difference(database_url) != []
    migrate.upgrade(database_url)
    assert migrate.difference(database_url) == []


def test_a_database_of_a_newer_version_gets_a_sentence(database_url: str) -> None:
    engine = create_engine(migrate.sync_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerSchemaError, match=r"schema 9999.*newest is \d{4}"):
        migrate.upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :known"), {"known": migrate.newest()}
        )


def test_who_was_the_deputy_of_every_open_case_stays_the_deputy_of_those_that_come(database_url: str) -> None:
    migrate.downgrade(database_url, "0029")
    engine = create_engine(migrate.sync_url(database_url), poolclass=NullPool)
    cases = [("a", "p0", None), ("b", "p0", None), ("old", "p0", DAY), ("c", "p1", None)]
    flags = {"language": "de", "place": "", "picture": "", "reminders": False, "created_at": DAY}
    clients = [
        {
            "id": id_,
            "case_hash": id_,
            "case_sealed": b"x",
            "coordinator_id": whose,
            "ended_at": ended,
            **flags,
        }
        for id_, whose, ended in cases
    ]
    pairs = [("a", "p1"), ("b", "p1"), ("a", "p2"), ("old", "p2"), ("c", "p0"), ("old", "p3")]
    with engine.begin() as connection:
        _put(connection, "persons", *map(_person, range(4)))
        _put(connection, "clients", *clients)
        _put(connection, "client_deputies", *({"client_id": c, "person_id": p} for c, p in pairs))
    migrate.upgrade(database_url)
    with engine.connect() as connection:
        asked = "SELECT person_id, deputy_id FROM standing_deputies ORDER BY person_id"
        found = [tuple(row) for row in connection.execute(text(asked))]
    assert found == [("p0", "p1"), ("p1", "p0")]


def test_accounts_that_were_closed_long_ago_keep_nothing_to_sign_in_with(database_url: str) -> None:
    migrate.downgrade(database_url, "0029")
    engine = create_engine(migrate.sync_url(database_url), poolclass=NullPool)
    secrets = {"name_sealed": b"n", "shown_sealed": b"s", "password_sealed": b"p", "totp_sealed": b"t"}
    accounts = [
        {"id": f"a{n}", "person_id": f"p{n}", "name_hash": f"n{n}", "subject_hash": f"s{n}", "totp_step": 7}
        | {"created_at": DAY, "disabled_at": closed, **secrets}
        for n, closed in enumerate((None, DAY))
    ]
    with engine.begin() as connection:
        _put(connection, "persons", _person(0), _person(1))
        _put(connection, "desk_accounts", *accounts)
    migrate.upgrade(database_url)
    with engine.connect() as connection:
        asked = "SELECT password_sealed, totp_sealed, subject_hash FROM desk_accounts ORDER BY id"
        (password, totp, subject), closed = connection.execute(text(asked)).all()
    assert (bytes(password), bytes(totp), subject) == (b"p", b"t", "s0")
    assert tuple(closed) == (None, None, None)
