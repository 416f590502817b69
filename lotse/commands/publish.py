"""`lotse offers publish`: the catalogue as a folder of static pages, put in place as a whole."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from db.engine import Transaction
from i18n.languages import LANGUAGES
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.runtime import Core
from offers.publish import site
from offers.publish.written import Written

console = Console(markup=False, emoji=False)
_MARK = ".lotse-pages"


def publish(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the pages go; everything in it is replaced.")],
) -> None:
    """Write the catalogue as static pages in every language, with calendars: for a homepage, or to print.

    Cards in the bot lead to the pages of the offers that the last publish wrote, wherever it put them.
    """
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder")
    if target.exists() and any(target.iterdir()) and not (target / _MARK).exists():
        raise typer.BadParameter(f"{folder} holds other files; name an empty or a new folder")
    pages = _files(context)
    _put(target, pages)
    largest = max((len(content) for name, content in pages.items() if name.endswith(".html")), default=0)
    console.print(f"{len(pages)} files in {folder}; the largest page has {largest / 1000:.0f} KB.")
    _tell_cards(settings_of(context).var, pages)


def _tell_cards(var: Path, pages: Collection[str]) -> None:
    try:
        Written(var).keep(site.offers_in(pages))
    except OSError as error:
        console.print(f"Cards do not know of the new pages: {error}")
        raise typer.Exit(1) from None


def _files(context: typer.Context) -> dict[str, bytes]:
    district = settings_of(context).district_name

    async def write(core: Core, tx: Transaction) -> dict[str, bytes]:
        offers = await core.offers.published(tx)
        duties = await core.responsible.everything(tx)
        await core.people.house.refresh(tx)
        days = core.people.house.current.review_days
        said = {tag: await core.translations.spoken(tx, offers, tag) for tag in LANGUAGES}
        return dict(site.files(offers, duties, district, core.clock.now(), said, review_days=days))

    return run(context, write, reads=True)


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
