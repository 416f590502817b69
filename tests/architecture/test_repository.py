"""What may lie in the repository, and what may not."""

import re
import subprocess

import pytest

from tests.architecture.source import ROOT

TOP = {
    "lotse", "bot", "desk", "nlu", "offers", "agreements", "delivery", "people", "i18n", "db", "playground", "tests", "docs",
    "config.yml", "pyproject.toml", "Makefile", "README.md", "LICENSE", "requirements.txt", "requirements-dev.txt",
    ".ci", ".gitignore",
}  # fmt: skip
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "nlu/service/requirements.txt")


def kept() -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_top_level_holds_what_it_should() -> None:
    assert {name.split("/")[0] for name in kept()} <= TOP


def test_nothing_is_kept_that_is_made_here() -> None:
    made = (".db", ".tar.gz", ".mo", "uv.lock", ".sqlite", ".pyc", ".env", "keys.json")
    assert [name for name in kept() if name.endswith(made)] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_with_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    pinned = [block for block in blocks if not block.startswith("#")]
    assert pinned
    assert [
        block.split("\n")[0] for block in pinned if "==" not in block or "--hash=sha256:" not in block
    ] == []
