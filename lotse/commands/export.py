"""`lotse offers export`: the catalogue as tables that the import reads back, or as a calendar."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from db.engine import Transaction
from lotse.clock import SystemClock
from lotse.commands import hsds
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.files import write_whole
from lotse.runtime import Core
from offers import ics, tablefile
from offers.responsible.types import Responsibility
from offers.types import Offer, Provider, Status, Topic

console = Console(markup=False, emoji=False)
_Catalogue = tuple[list[Provider], list[Offer], list[Responsibility]]


class ExportFormat(StrEnum):
    """What the catalogue can be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    ICS = "ics"
    HSDS = "hsds"
    HSDS_TABULAR = "hsds-tabular"


def export(
    context: typer.Context,
    target: Annotated[
        Path, typer.Argument(help="A folder for csv and hsds-tabular, a file for xlsx, ics and hsds.")
    ],
    form: Annotated[
        ExportFormat,
        typer.Option("--format", help="csv, xlsx, ics, hsds (JSON) or hsds-tabular (data package)"),
    ] = ExportFormat.CSV,
    topic: Annotated[Topic | None, typer.Option(help="Only this topic; for ics.")] = None,
) -> None:
    """Write the whole catalogue, drafts included; importing it again changes nothing. A calendar holds what is public."""
    if topic is not None and form is not ExportFormat.ICS:
        raise typer.BadParameter("only a calendar can be of one topic", param_hint="--topic")
    providers, offers, duties = run(context, _catalogue, reads=True)
    district = settings_of(context).district_name
    try:
        if form in (ExportFormat.HSDS, ExportFormat.HSDS_TABULAR):
            hsds.export_hsds(offers, target, "json" if form is ExportFormat.HSDS else "datapackage", duties)
        files = _files(target, form, (providers, offers, duties), topic, district)
        for path, content in files.items():
            write_whole(path, content)
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}") from None
    held = f"{len(providers)} providers, {len(offers)} offers and {len(duties)} responsibilities"
    if form is ExportFormat.ICS:
        held = f"The dates of {sum(bool(offer.schedules) for offer in _public(offers, topic))} offers"
    console.print(f"{held} in {target}.", soft_wrap=True)


def _files(
    target: Path,
    form: ExportFormat,
    catalogue: _Catalogue,
    topic: Topic | None,
    district: str,
) -> dict[Path, bytes]:
    _, offers, _ = catalogue
    if form is ExportFormat.CSV:
        return {target / name: content for name, content in tablefile.csv_files(*catalogue).items()}
    if form is ExportFormat.XLSX:
        return {target: tablefile.workbook(*catalogue)}
    if form is not ExportFormat.ICS:
        return {}
    name = ics.feed_name(topic, district) if topic else "Lotse"
    return {target: ics.feed(_public(offers, topic), SystemClock().now(), name)}


def _public(offers: Sequence[Offer], topic: Topic | None) -> list[Offer]:
    return [offer for offer in offers if offer.status == Status.PUBLISHED and topic in (None, offer.topic)]


async def _catalogue(core: Core, tx: Transaction) -> _Catalogue:
    providers, offers = await core.offers.everything(tx)
    return providers, offers, await core.responsible.everything(tx)
