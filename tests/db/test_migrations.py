"""The schema in the code and the schema that the migrations make are the same, up, down and up again."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from db import migrate


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
