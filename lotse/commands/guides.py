"""`lotse guides`: guide pages from Integreat, and what they answer; each command is a few lines around a use case."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import track

from lotse.commands.given import settings_of
from lotse.commands.reports import print_report
from lotse.commands.unit import opened, run
from lotse.settings import Settings
from offers.guide_types import GuideHit
from offers.guides.integreat import MAX_BYTES
from offers.types import LANGUAGE_CODES, ImportReport

app = typer.Typer(no_args_is_help=True, help="Guide pages: longer information, quoted in answers.")
console = Console(markup=False, emoji=False)
PAGES = {f"{language}.json": f"{language}/pages/" for language in LANGUAGE_CODES}
"""The pages of a region by the file that holds them."""
_PATIENCE = 60.0
_NOT_THERE = frozenset({400, 403, 404})


@app.command("import")
def import_pages(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of saved JSON, one file, or a region's address: https://cms.integreat-app.de/api/v3/REGION."
        ),
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove pages that the source has no more.")] = False,
) -> None:
    """Read the pages of an Integreat region: all or nothing, and a second time changes nothing."""
    report = run_import(context, source, preview=preview, prune=prune)
    print_report(console, report, preview=preview)
    raise typer.Exit(1 if report.errors else 0)


def run_import(context: typer.Context, source: str, *, preview: bool, prune: bool) -> ImportReport:
    """Read a folder, a file or a region's address. Raises typer.BadParameter where there is nothing to read."""
    files = fetched(source, PAGES) if source.startswith(("https://", "http://")) else read(Path(source))
    return run(
        context,
        lambda core, tx: core.guides.import_integreat(
            tx, files, core.clock.now(), dry_run=preview, prune=prune
        ),
    )


@app.command("ask")
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question as somebody would write it.")],
    language: Annotated[str, typer.Option(help="The language of the question.")] = "de",
) -> None:
    """Show which pages answer a question and what would be quoted."""
    if language not in LANGUAGE_CODES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGE_CODES)}", param_hint="--language")
    hits = asyncio.run(_ask(settings_of(context), question, language))
    if not hits:
        console.print("No page answers this.")
    for hit in hits:
        mark = "answers" if hit.confident else "perhaps"
        console.print(f"[{mark}] {hit.page.title}", markup=False, style="bold")
        console.print(hit.passage, markup=False, highlight=False)
        console.print(hit.page.url, markup=False, soft_wrap=True, style="dim")


def read(path: Path) -> dict[str, bytes]:
    """The files of a folder, or one. Raises typer.BadParameter where there is none."""
    found = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        raise typer.BadParameter(f"{path} has no .json files")
    try:
        return {file.name: file.read_bytes() for file in found}
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None


def fetched(address: str, parts: Mapping[str, str]) -> dict[str, bytes]:
    """What a region has of `parts`, paths below its address by file name; what it does not have is no error. Raises typer.BadParameter."""
    found = {}
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=False) as client:
            for name, path in track(list(parts.items()), description="Fetching", console=console):
                content = _one(client, f"{address.rstrip('/')}/{path}")
                if content is not None:
                    found[name] = content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise typer.BadParameter(f"{address} does not answer as it should: {type(error).__name__}") from None
    if not found:
        raise typer.BadParameter(f"{address} has no pages in any language")
    return found


def _one(client: httpx.Client, url: str) -> bytes | None:
    with client.stream("GET", url) as response:
        if response.status_code in _NOT_THERE:
            return None
        if response.status_code != httpx.codes.OK:
            raise typer.BadParameter(f"{url} answers with status {response.status_code}")
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > MAX_BYTES:
                raise typer.BadParameter(f"{url} is larger than {MAX_BYTES // 1_000_000} MB")
        return bytes(content)


async def _ask(settings: Settings, question: str, language: str) -> tuple[GuideHit, ...]:
    async with opened(settings) as core:
        async with core.database.read() as tx:
            changed = await core.guides.changed_pages(tx)
        if changed is not None:
            await core.guides.learn(*changed)
        return core.guides.search(question, language, limit=3)
