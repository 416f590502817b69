"""`lotse offers publish`: the catalogue as a folder of static pages, put in place as a whole."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from i18n.languages import LANGUAGES
from lotse import runtime
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.settings import Settings
from offers.publish import site

console = Console()
_MARK = ".lotse-pages"


def publish(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the pages go; everything in it is replaced.")],
) -> None:
    """Write the catalogue as static pages in every language, with calendars: for a homepage, or to print."""
    settings = settings_of(context)
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder")
    if target.exists() and any(target.iterdir()) and not (target / _MARK).exists():
        raise typer.BadParameter(f"{folder} holds other files; name an empty or a new folder")
    pages = asyncio.run(_files(settings))
    _put(target, pages)
    largest = max((len(content) for name, content in pages.items() if name.endswith(".html")), default=0)
    console.print(f"{len(pages)} files in {folder}; the largest page has {largest / 1000:.0f} KB.")


async def _files(settings: Settings) -> dict[str, bytes]:
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        async with core.database.read() as tx:
            offers = await core.offers.published(tx)
            duties = await core.responsible.everything(tx)
            await core.people.house.refresh(tx)
            said = {tag: await core.translations.spoken(tx, offers, tag) for tag in LANGUAGES}
    finally:
        await core.database.close()
    days = core.people.house.current.review_days
    now = core.clock.now()
    return dict(site.files(offers, duties, settings.district_name, now, said, review_days=days))


def _put(target: Path, pages: dict[str, bytes]) -> None:
    """All or nothing: who reads the folder meanwhile sees the old pages or the new ones."""
    fresh, old = target.with_name(f".{target.name}.new"), target.with_name(f".{target.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    for name, content in pages.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (fresh / _MARK).write_text("Written by `lotse offers publish`; changes are lost with the next one.\n")
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
