"""`lotse i18n`: how far the languages are and what is wrong with their texts."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from i18n import catalogues
from i18n.languages import FALLBACK, LANGUAGES
from lotse.commands import translate

app = typer.Typer(no_args_is_help=True, help="The languages and their texts.")
console = Console(markup=False, emoji=False)
app.command("translate")(translate.run)
app.command("coverage")(translate.coverage)
app.command("take-texts")(translate.take_texts)
app.command("give-texts")(translate.give_texts)
_HOUSE = Path(__file__).resolve().parents[2]
_LITERAL = re.compile(r"""["']([a-z][a-z0-9_]*(?:\.[a-z0-9_]*)*[._]?)(?=["'{])""")
# Named by data: what a sentence, a kind, a matter and a command are called stands in files that the code reads.
_NAMED_IN_DATA = ("phrase.", "kind.", "matter.", "command.")
_EXIT_PROBLEMS = 1


@app.command("status")
def status() -> None:
    """How many texts each language has, and whether a native speaker has read them."""
    table = Table("", "Language", "Texts", "Missing", "Read by a native speaker")
    for tag, language in LANGUAGES.items():
        found = catalogues.status(tag)
        table.add_row(
            tag,
            language.name,
            str(found.said),
            str(found.wanted - found.said),
            "yes" if found.reviewed else "not yet",
        )
    console.print(table)


@app.command("check")
def check() -> None:
    """Name every text that is missing, unused, still English or has other slots than the English one; exit 1 if there is any."""
    found = [problem for tag in LANGUAGES for problem in catalogues.problems(tag)]
    for problem in found:
        detail = f" ({problem.detail})" if problem.detail else ""
        console.print(
            f"{problem.language} {problem.key}: {problem.kind}{detail}", markup=False, soft_wrap=True
        )
    unused = list(unused_keys())
    for key in unused:
        console.print(f"{key}: unused", markup=False)
    if found or unused:
        console.print(f"{len(found) + len(unused)} problems.")
        raise typer.Exit(_EXIT_PROBLEMS)
    console.print(f"{len(LANGUAGES)} languages, {len(catalogues.texts(FALLBACK))} texts, no problem.")


@app.command("sync")
def sync() -> None:
    """Give every catalogue the ids of the English one: new ones come in empty, dropped ones go."""
    for tag in LANGUAGES:
        catalogues.sync(tag)
        console.print(f"{tag}: {catalogues.status(tag).said} of {catalogues.status(tag).wanted}")


@app.command("missing")
def missing(language: Annotated[str, typer.Argument(help="Its tag: ps.")]) -> None:
    """Print a .po file of the texts that a language lacks, to fill in and hand back to `lotse i18n take`."""
    sys.stdout.buffer.write(catalogues.missing(_tag(language)))


@app.command("take")
def take(
    language: Annotated[str, typer.Argument(help="Its tag: ps.")],
    file: Annotated[
        Path, typer.Argument(help="A .po file with some of its texts.", exists=True, dir_okay=False)
    ],
) -> None:
    """Put a translator's texts into a catalogue; what the file does not say stays as it is."""
    try:
        changed = catalogues.take(_tag(language), file.read_bytes())
    except catalogues.TakeError as error:
        raise typer.BadParameter(str(error), param_hint="FILE") from error
    console.print(f"{language}: {changed} texts taken.")


def _tag(language: str) -> str:
    if language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="LANGUAGE")
    return language


def unused_keys() -> Iterator[str]:
    """Ids that no program and no page template says, whole or by their beginning."""
    said = set(_literals())
    beginnings = tuple(text for text in said if text.endswith((".", "_")))
    for key in catalogues.texts(FALLBACK):
        if key not in said and not key.startswith((*beginnings, *_NAMED_IN_DATA)):
            yield key


def _literals() -> Iterator[str]:
    for folder in ("bot", "desk", "offers", "agreements", "delivery", "people", "i18n", "lotse", "db"):
        for pattern in ("*.py", "*.html"):
            for path in (_HOUSE / folder).rglob(pattern):
                yield from _LITERAL.findall(path.read_text("utf-8"))
