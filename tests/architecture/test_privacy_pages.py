"""The privacy pages name every table about people with its rule, and every limit with its default."""

import re

import pytest

from agreements.privacy.rules import RULES
from agreements.privacy.types import Whose
from lotse.settings import RetentionSettings
from tests.architecture.pages import DOCS

DELETION = (DOCS / "privacy" / "deletion.md").read_text(encoding="utf-8")
GERMAN = {
    Whose.PERSON: "Person",
    Whose.CASE: "Fall",
    Whose.UNLINKED: "Bleibt ohne Person",
    Whose.PASSING: "Vorübergehend",
    Whose.LOGGED: "Protokoll",
}


def test_every_table_about_people_stands_there_with_its_rule() -> None:
    said = dict(re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]+) \|$", DELETION, re.MULTILINE))
    assert said == {name: GERMAN[rule.whose] for name, rule in RULES.items() if rule.whose in GERMAN}


@pytest.mark.parametrize("name", RetentionSettings.model_fields)
def test_every_limit_stands_there_with_its_default(name: str) -> None:
    days = RetentionSettings.model_fields[name].default
    assert re.search(rf"\| {days} \| `LOTSE_RETENTION__{name.upper()}` \|", DELETION)


def test_every_sheet_of_the_folder_is_listed() -> None:
    folder = DOCS / "privacy"
    listed = set(
        re.findall(r"^\| \[([a-z-]+\.md)\]", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert listed == {path.name for path in folder.glob("*.md")} - {"README.md"}
