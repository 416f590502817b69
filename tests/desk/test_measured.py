"""What the measurement of the desk covers, and that no page asks the database once for each of its lines."""

from sqlalchemy import event

from desk.pages.table import ROUTES
from tests.bench.desk import NOT_MEASURED, PAGES
from tests.desk.world import DeskWorld


def test_every_page_is_measured_or_says_why_not() -> None:
    measured = {f"GET {asked.path.partition('?')[0]}" for asked in PAGES if asked.form is None}
    assert measured | set(NOT_MEASURED) == {route.name for route in ROUTES if route.method == "GET"}
    assert not measured & set(NOT_MEASURED)


async def test_a_day_full_of_lines_takes_few_statements(desk: DeskWorld) -> None:
    """Forty clients with a dozen requests between them."""
    visitor = await desk.signed_in((await desk.sample()).id)
    await visitor.get("/")
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(desk.lotse.core.database.engine.sync_engine, "before_cursor_execute", count)
    page = await visitor.get("/today")
    event.remove(desk.lotse.core.database.engine.sync_engine, "before_cursor_execute", count)
    assert page.text.count('href="/requests/') > 5
    # The bot beside it looks into the same database: what it asks meanwhile is counted too.
    of_requests = [text for text in asked if "FROM requests" in text or "FROM milestones" in text]
    assert len(of_requests) < 10
