"""`lotse i18n translate` and the texts of the catalogue as files: what a machine adds, what people hand out and take back."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from db.engine import Transaction
from i18n.languages import FALLBACK
from i18n.libre import LibreTranslator
from i18n.machine import GoogleTranslator
from i18n.messages import words
from i18n.translation import Polite, TranslationError, Translator
from lotse.commands import unit
from lotse.commands.given import settings_of
from lotse.runtime import Core
from lotse.settings import Settings
from offers import cells, csvfile, tablefile
from offers.errors import CellError, TableError
from offers.translations.service import TARGETS, translate
from offers.translations.types import Job, TextField, TextState

console = Console(markup=False, emoji=False)
COLUMNS = ("id", "field", "text", "state")
_ALL = tuple(TextField)
_MOST_FAILURES = 5


@dataclass
class Tally:
    """What a batch did."""

    done: int = 0
    failed: int = 0
    characters: int = 0
    stopped: str = ""


def run(
    context: typer.Context,
    language: Annotated[list[str] | None, typer.Option(help="Only these languages.")] = None,
    most: Annotated[int, typer.Option(help="At most so many texts, 0 for all.", min=0)] = 0,
    preview: Annotated[bool, typer.Option(help="Only say how much there is to do.")] = False,
) -> None:
    """Translate what the catalogue lacks, public texts only; goes on where it stopped. Off until LOTSE_TRANSLATION__ENABLED is set."""
    settings = settings_of(context)
    wanted = _languages(language)
    jobs = unit.run(context, lambda core, tx: core.translations.pending(tx, wanted, _ALL), reads=True)
    jobs = jobs[:most] if most else jobs
    characters = sum(len(job.source) for job in jobs)
    console.print(f"{len(jobs)} texts to translate, {characters} characters.")
    if preview or not jobs:
        return
    if not settings.translation.enabled:
        console.print(
            "Translation is switched off: it would send these public texts to the service that the settings name.\n"
            "LOTSE_TRANSLATION__ENABLED=true switches it on."
        )
        raise typer.Exit(1)
    tally = asyncio.run(_translate(settings, jobs))
    console.print(
        f"{tally.done} translated, {tally.failed} not usable, {tally.characters} characters sent to the service."
    )
    if tally.stopped:
        console.print(f"Stopped: {tally.stopped}. What is done is kept; the same command goes on from there.")
        raise typer.Exit(1)


def coverage(context: typer.Context) -> None:
    """Show how many of the catalogue's texts each language has, and who translated them."""
    table = Table("", *(state.value for state in TextState))
    for found in unit.run(context, lambda core, tx: core.translations.coverage(tx, _ALL), reads=True):
        table.add_row(found.language, *(str(found.counts.get(state, 0)) for state in TextState))
    console.print(table)


def take_texts(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="<language>.csv files, or folders of them.", exists=True)
    ],
) -> None:
    """Take translated catalogue texts from files with the columns id, field, text, state; all of a file or nothing."""
    found = [file for path in files for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    kept = take(context, found)
    console.print(f"{kept} texts taken from {len(found)} files.")


def give_texts(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where <language>.csv files go.")],
    language: Annotated[list[str] | None, typer.Option(help="Only these languages.")] = None,
) -> None:
    """Write the catalogue's texts with their translations as files for a spreadsheet; what is missing stands in German, to be filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    for tag in _languages(language):
        (folder / f"{tag}.csv").write_bytes(_give(context, tag))
    console.print(f"Written to {folder}.")


def translator(settings: Settings) -> Translator:
    """The back end that the settings name, asked politely."""
    chosen = settings.translation
    key = chosen.api_key.get_secret_value() if chosen.api_key else ""
    inner: Translator = (
        LibreTranslator(chosen.url, key)
        if chosen.service == "libre"
        else GoogleTranslator(urlsplit(chosen.url).netloc or chosen.url)
    )
    return Polite(inner, monotonic=time.monotonic, per_minute=chosen.per_minute)


async def _translate(settings: Settings, jobs: Sequence[Job]) -> Tally:
    async with unit.opened(settings) as core:
        machine = translator(settings)
        try:
            return await _each(core, machine, jobs)
        finally:
            await machine.close()


async def _each(core: Core, machine: Translator, jobs: Sequence[Job]) -> Tally:
    tally, in_a_row = Tally(), 0
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("translating", total=len(jobs))
        for job in jobs:
            try:
                said = await translate(machine, job)
            except TranslationError as error:
                in_a_row += 1
                tally.stopped = str(error) if in_a_row >= _MOST_FAILURES else ""
                if tally.stopped:
                    break
            else:
                in_a_row = 0
                tally.characters += len(job.source)
                async with core.database.write() as tx:
                    kept = await core.translations.keep(tx, job, said, core.clock.now())
                tally.done += kept and said is not None
                tally.failed += kept and said is None
            progress.advance(task)
    return tally


def take(context: typer.Context, files: Sequence[Path]) -> int:
    """Keep the texts of `<language>.csv` files, all or nothing; returns how many were new. Raises BadParameter that names the row."""

    async def keep(core: Core, tx: Transaction) -> int:
        kept = 0
        for file in files:
            if file.stem not in TARGETS:
                raise typer.BadParameter(
                    f"{file}: the name of a file is its language: {', '.join(f'{tag}.csv' for tag in TARGETS)}",
                    param_hint="FILES",
                )
            jobs = await core.translations.jobs(tx, _languages([file.stem]), _ALL)
            texts = _read(file, {(external, job.field.value): job for external, job in jobs})
            kept += await core.translations.import_texts(tx, texts, core.clock.now())
        return kept

    return unit.run(context, keep)


def _give(context: typer.Context, language: str) -> bytes:
    rows = unit.run(context, lambda core, tx: core.translations.table(tx, language, _ALL), reads=True)
    return tablefile.csv_bytes([COLUMNS, *rows])


def _read(file: Path, jobs: dict[tuple[str, str], Job]) -> list[tuple[Job, str, TextState]]:
    """The rows of a file. Raises BadParameter that names the row."""
    found: list[tuple[Job, str, TextState]] = []
    seen: Counter[tuple[str, str]] = Counter()
    try:
        rows = list(csvfile.rows(file.read_bytes()))
    except TableError as error:
        said = words(FALLBACK).render(error.message).striptags()
        raise typer.BadParameter(f"{file}: {said}", param_hint="FILES") from error
    if not rows or tuple(cell.strip().lower() for cell in rows[0][1][:4]) != COLUMNS:
        raise typer.BadParameter(f"{file}: the columns must be {', '.join(COLUMNS)}", param_hint="FILES")
    for number, row in rows[1:]:
        external, field, text, state = (*(cell.strip() for cell in row), "", "", "", "")[:4]
        try:
            text = cells.cleaned(text)
        except CellError:
            text = ""
        job = jobs.get((external, field))
        seen[external, field] += 1
        if state in {TextState.MISSING.value, TextState.OUTDATED.value, TextState.FAILED.value}:
            continue
        fault = _fault(text, state, repeated=seen[external, field] > 1)
        if job is None:
            fault = f"the catalogue has no public text {field or '(no field)'} of {external or '(no id)'}"
        if job is None or fault:
            raise typer.BadParameter(f"{file}, row {number}: {fault}", param_hint="FILES")
        found.append((job, text, TextState(state)))
    return found


def _fault(text: str, state: str, *, repeated: bool) -> str:
    if repeated:
        return "this text stands in the file twice"
    if not text:
        return "the text is empty or cannot be read"
    if state not in {TextState.MACHINE.value, TextState.REVIEWED.value}:
        return "the state has to be machine or reviewed"
    return ""


def _languages(chosen: Sequence[str] | None) -> tuple[str, ...]:
    unknown = [language for language in chosen or () if language not in TARGETS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: none of {', '.join(TARGETS)}")
    return tuple(chosen or TARGETS)
