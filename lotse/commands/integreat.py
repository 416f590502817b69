"""`lotse offers import --format integreat`: all that a region has, its pages as guide pages, its locations and events as drafts."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import typer

from db.engine import Transaction
from lotse.commands import guides
from lotse.commands.unit import run
from lotse.runtime import Core
from offers.integreat import reading
from offers.integreat.services import LANGUAGE
from offers.types import ImportReport

_OFFERS = {
    "locations.json": f"{LANGUAGE}/locations/",
    "events.json": f"{LANGUAGE}/events/?combine_recurring=True",
}


def run_import(context: typer.Context, source: str, *, preview: bool) -> ImportReport:
    """Read a folder, a file or a region's address. Raises typer.BadParameter where there is nothing to read."""
    if source.startswith(("https://", "http://")):
        files = guides.fetched(source, guides.PAGES | _OFFERS)
    else:
        files = guides.read(Path(source))
    return run(context, lambda core, tx: _both(core, tx, files, preview=preview))


async def _both(core: Core, tx: Transaction, files: Mapping[str, bytes], *, preview: bool) -> ImportReport:
    """Both or nothing: what is wrong with either is told, and then neither is written."""
    now, catalogue = core.clock.now(), reading.parse(files)
    only_look = preview or bool(catalogue.errors)
    pages = await core.guides.import_integreat(tx, files, now, dry_run=only_look)
    # Of a file that cannot be read at all, both say so.
    errors = (*pages.errors, *(error for error in catalogue.errors if error not in pages.errors))
    if errors:
        return ImportReport(0, 0, 0, (), errors)
    offers = await core.offers.import_catalogue(tx, catalogue, now, dry_run=preview)
    if not preview:
        await core.agreements.offers_changed(tx, None, offers.news, now)
    return replace(
        offers,
        new=pages.new + offers.new,
        changed=pages.changed + offers.changed,
        unchanged=pages.unchanged + offers.unchanged,
        vanished=(*pages.vanished, *offers.vanished),
        begun=(*offers.begun, *pages.begun),
        altered=(*offers.altered, *pages.altered),
    )
