"""The reference pages say what the code says."""

import pytest

from tests.architecture.pages import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_page_is_reached_from_the_readme_or_the_architecture() -> None:
    entry = (DOCS.parent / "README.md").read_text(encoding="utf-8") + (DOCS / "architecture.md").read_text(
        encoding="utf-8"
    )
    pages = [str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if path.name != "architecture.md"]
    assert [page for page in pages if page not in entry] == []
