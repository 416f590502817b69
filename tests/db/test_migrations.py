"""The schema in the code and the schema that the migrations make are the same, up, down and up again."""

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
