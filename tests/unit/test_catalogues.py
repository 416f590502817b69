"""What `lotse i18n` says about the languages, and the recipe by which another language is added."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from typer.testing import CliRunner

from i18n import catalogues
from i18n.languages import FALLBACK, LANGUAGES
from lotse.cli import app
from lotse.commands.i18n import unused_keys

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues with a word of its own for whatever a language still lacks."""
    folder = tmp_path_factory.mktemp("whole") / "locale"
    shutil.copytree(catalogues.LOCALE, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "LOCALE", folder)
        forget()
        english = catalogues.texts(FALLBACK)
        for language in LANGUAGES:
            spoken = dict(catalogues.texts(language))
            for key in (
                problem.key for problem in catalogues.problems(language) if problem.kind == "missing"
            ):
                forms = tuple(f"{language}: {form}" for form in english[key])
                many = catalogues.catalogue(language).num_plurals if len(forms) > 1 else 1
                spoken[key] = (forms * many)[-many:]
            catalogues.path(language).write_bytes(catalogues.file(language, spoken))
            forget()
    return folder


@pytest.fixture(autouse=True)
def fresh(whole: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Catalogues of this test alone, read anew."""
    shutil.copytree(whole, tmp_path / "locale")
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    forget()
    yield
    forget()


def forget() -> None:
    """Files changed under the memory of them."""
    catalogues.catalogue.cache_clear()
    catalogues.texts.cache_clear()


def change(tmp_path: Path, language: str, before: str, after: str) -> None:
    path = tmp_path / "locale" / language / "LC_MESSAGES" / "lotse.po"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    forget()


def entry(language: str, key: str) -> str:
    return f'msgid "{key}"\nmsgstr "{catalogues.texts(language)[key][0]}"'


def kinds(language: str) -> set[tuple[str, str]]:
    return {(problem.key, problem.kind) for problem in catalogues.problems(language)}


def test_a_text_that_went_missing_is_named(tmp_path: Path) -> None:
    change(tmp_path, "tr", entry("tr", "error.not_linked"), 'msgid "error.not_linked"\nmsgstr ""')
    assert kinds("tr") == {("error.not_linked", "missing")}
    found = catalogues.status("tr")
    assert found.wanted - found.said == 1


def test_a_text_that_is_still_english_is_named(tmp_path: Path) -> None:
    change(tmp_path, "tr", entry("tr", "error.not_linked"), entry("en", "error.not_linked"))
    assert kinds("tr") == {("error.not_linked", "untranslated")}


def test_a_lost_slot_and_an_unknown_id_are_named(tmp_path: Path) -> None:
    key = next(
        key
        for key, forms in catalogues.texts("fr").items()
        if len(forms) == 1 and "{" in forms[0] and '"' not in forms[0] and "\n" not in forms[0]
    )
    change(
        tmp_path, "fr", entry("fr", key), f'msgid "{key}"\nmsgstr "rien"\n\nmsgid "no.such"\nmsgstr "rien"'
    )
    assert kinds("fr") == {(key, "slots"), ("no.such", "unknown")}


def test_the_header_says_who_has_read_it(tmp_path: Path) -> None:
    assert not catalogues.is_reviewed("fa")
    change(tmp_path, "fa", f"{catalogues.REVIEWED}: no", f"{catalogues.REVIEWED}: yes")
    assert catalogues.status("fa").reviewed


def test_no_text_is_unused_and_one_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(unused_keys()) == []
    english = catalogues.texts(FALLBACK)
    with monkeypatch.context() as patch:
        invented = [f"{family}.nobody_says" for family in ("zzz", *sorted(catalogues.STAFF))]
        patch.setattr(catalogues, "texts", lambda _language: {**english, **dict.fromkeys(invented, ("x",))})
        assert list(unused_keys()) == invented


def test_the_commands_tell_it(tmp_path: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["i18n", "status"], env={"COLUMNS": "120"})
    assert shown.exit_code == 0
    assert all(language.name in shown.output for language in LANGUAGES.values())
    assert runner.invoke(app, ["i18n", "check"]).exit_code == 0
    change(tmp_path, "uk", entry("uk", "error.not_linked"), 'msgid "error.not_linked"\nmsgstr ""')
    failed = runner.invoke(app, ["i18n", "check"])
    assert failed.exit_code == 1
    assert "uk error.not_linked: missing" in failed.output


def test_a_translator_gets_what_is_missing_and_hands_it_back(tmp_path: Path) -> None:
    kept, said = entry("uk", "error.not_linked"), entry("de", "error.not_linked")
    before = catalogues.path("uk").read_text("utf-8").replace(kept, said)
    change(tmp_path, "uk", kept, 'msgid "error.not_linked"\nmsgstr ""')
    sheet = catalogues.missing("uk").decode()
    assert sheet.count("msgid") == 2
    assert f"#. English: {catalogues.texts('en')['error.not_linked'][0]}" in sheet
    filled = sheet.replace('msgid "error.not_linked"\nmsgstr ""', said)
    assert catalogues.take("uk", filled.encode()) == 1
    catalogues.sync("uk")
    assert catalogues.path("uk").read_text("utf-8") == before
    with pytest.raises(catalogues.TakeError, match=r"no\.such"):
        catalogues.take("uk", b'msgid "no.such"\nmsgstr "x"\n')


def test_a_new_id_reaches_every_catalogue_and_a_dropped_one_leaves(tmp_path: Path) -> None:
    assert catalogues.take("en", b'msgid "zz.new"\nmsgstr "New here"\n') == 1
    change(tmp_path, "fr", 'msgid "error.not_linked"', 'msgid "zz.old"')
    catalogues.sync("fr")
    found = catalogues.texts("fr")
    assert found["zz.new"] == found["error.not_linked"] == ("",)
    assert "zz.old" not in found
    assert "#. English: New here" in catalogues.path("fr").read_text("utf-8")


def test_another_language_is_three_files(tmp_path: Path) -> None:
    """docs/translating.md: a line in i18n/languages.py, a catalogue, a folder of nlu data. Romanian here, of plain placeholders."""
    house = tmp_path / "house"
    for folder in ("i18n", "nlu", "offers", "lotse", "db", "people", "agreements", "delivery", "bot", "desk"):
        shutil.copytree(
            ROOT / folder, house / folder, ignore=shutil.ignore_patterns(".venv", "__pycache__", "var")
        )
    shutil.copytree(catalogues.LOCALE, house / "i18n" / "locale", dirs_exist_ok=True)
    languages = house / "i18n" / "languages.py"
    line = '    Language("ro", "Română", "ro_RO", telegram=("ro",)),\n)\n\nLANGUAGES'
    languages.write_text(languages.read_text("utf-8").replace(")\n\nLANGUAGES", line, 1), "utf-8")
    catalogue = Catalog(locale="ro_RO", charset="utf-8", fuzzy=False)
    for key, forms in catalogues.texts(FALLBACK).items():
        if not catalogues.is_for_staff(key):
            said = [f"ro: {form}" for form in forms]
            many = [said[0], *[said[-1]] * (catalogue.num_plurals - 1)]
            catalogue.add((key, key) if len(forms) > 1 else key, tuple(many) if len(forms) > 1 else said[0])
    for key in catalogues.texts(FALLBACK):
        if catalogues.is_for_staff(key):
            plural = len(catalogues.texts(FALLBACK)[key]) > 1
            catalogue.add((key, key) if plural else key, ("",) * catalogue.num_plurals if plural else "")
    folder = house / "i18n" / "locale" / "ro" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "lotse.po").open("wb") as file:
        write_po(file, catalogue, width=0)
    data = house / "nlu" / "data" / "ro"
    data.mkdir()
    lines = "\n".join(f"    - unde este cursul de germană numărul {'x' * n}" for n in range(1, 25))
    (data / "nlu_topics.yml").write_text(
        f'version: "3.1"\nnlu:\n- intent: find_german_course\n  examples: |\n{lines}\n', "utf-8"
    )
    (data / "lexicon.yml").write_text("keywords:\n  find_german_course: [cursul de germană]\n", "utf-8")
    program = (
        "from i18n.messages import words; from i18n.languages import from_telegram;"
        "from nlu.examples import load_examples; from nlu.language import LanguageGuesser;"
        "from nlu.lexicon import load_lexicons; from nlu.understanding import Understander; import asyncio;"
        "g = LanguageGuesser(); g.learn(load_examples()); load_lexicons();"
        "print(words('ro').plain('error.not_linked')[:4], from_telegram('ro'), g.guess('unde este cursul de germană')[0])"
    )
    environment = {**os.environ, "PYTHONPATH": str(house)}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=house,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    spoken = run("-c", program)
    assert spoken.stdout.split() == ["ro:", "ro", "ro"], spoken.stderr
    checked = run("-m", "lotse", "i18n", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
