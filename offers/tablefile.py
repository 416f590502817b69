"""The catalogue as the tables that the import reads, for Excel as Germans use it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from offers import xlsxfile
from offers.cells import FORMULA_SIGNS
from offers.responsible.types import Responsibility
from offers.tables import ORGANIZATIONS, RESPONSIBILITIES, SCHEDULES, SERVICES, tables
from offers.types import Offer, Provider


def csv_files(
    providers: Sequence[Provider], offers: Sequence[Offer], duties: Sequence[Responsibility] | None = None
) -> dict[str, bytes]:
    """File name → content: UTF-8 with a byte order mark, semicolons, days as 31.07.2027.

    A cell that Excel would compute begins with an apostrophe, which the import takes off again.
    """
    return {name: csv_bytes(rows) for name, rows in tables_of(providers, offers, duties).items()}


def workbook(
    providers: Sequence[Provider], offers: Sequence[Offer], duties: Sequence[Responsibility] | None = None
) -> bytes:
    """The same as one .xlsx file with a sheet for each table."""
    named = {name.removesuffix(".csv"): rows for name, rows in tables_of(providers, offers, duties).items()}
    return xlsxfile.workbook(named)


def tables_of(
    providers: Sequence[Provider], offers: Sequence[Offer], duties: Sequence[Responsibility] | None = None
) -> dict[str, list[list[str]]]:
    """File name → rows of text as the import reads them, the header first; `duties` None leaves that table out."""
    found = {
        ORGANIZATIONS: list(_rows(ORGANIZATIONS, (_of_provider(item) for item in providers))),
        SERVICES: list(_rows(SERVICES, (_of_offer(item) for item in offers))),
        SCHEDULES: list(_rows(SCHEDULES, _of_schedules(offers))),
    }
    if duties is not None:
        names = {offer.id: offer.external_id for offer in offers}
        found[RESPONSIBILITIES] = list(_rows(RESPONSIBILITIES, (_of_duty(item, names) for item in duties)))
    return found


def _rows(name: str, items: Iterator[Mapping[str, Any]]) -> Iterator[list[str]]:
    columns = list(tables()[name])
    yield columns
    for item in items:
        yield [_cell(item[column]) for column in columns]


def _of_provider(item: Provider) -> Mapping[str, Any]:
    return {**vars(item), "id": item.external_id}


def _of_offer(item: Offer) -> Mapping[str, Any]:
    return {**vars(item), "id": item.external_id, "organization_id": item.provider.external_id}


def _of_duty(item: Responsibility, names: Mapping[str, str]) -> Mapping[str, Any]:
    return {**vars(item), "id": item.external_id, "service_id": names[item.offer_id]}


def _of_schedules(offers: Sequence[Offer]) -> Iterator[Mapping[str, Any]]:
    for offer in offers:
        # The import takes no date twice.
        for schedule in dict.fromkeys(offer.schedules):
            once = {"valid_to": None} if schedule.freq == "ONCE" else {}
            yield {**vars(schedule), **once, "service_id": offer.external_id}


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case date():
            return f"{value:%d.%m.%Y}"
        case Decimal():
            return f"{value:.2f}".replace(".", ",")
        case tuple() | list():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a CSV file: UTF-8 with a byte order mark, semicolons, cells that Excel would compute behind an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in FORMULA_SIGNS and cell else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")
