"""What a service costs by its options, in euros; the day of reading plays no part, so that an entry is always read the same."""

from datetime import date
from decimal import Decimal

from offers import cells
from offers.errors import CellError
from offers.hsds.fields import day, items, text
from offers.hsds.terms import Json


def price(service: Json) -> Decimal | None:
    """The first amount above 0 that holds, 0 where all that hold are; None where nothing is said."""
    found = [_amount(option) for option in _holding(service)]
    known = [amount for amount in found if amount is not None]
    return next((amount for amount in known if amount), Decimal(0)) if known else None


def _holding(service: Json) -> list[Json]:
    """Options in euros that had not ended when the entry was last looked at, and of those the ones that hold longest."""
    looked = max(day(service, name) or date.min for name in ("assured_date", "last_modified"))
    found: dict[date, list[Json]] = {}
    for option in items(service, "cost_options"):
        ends = day(option, "valid_to") or date.max
        if text(option, "currency").upper() in ("", "EUR", "€") and ends >= looked:
            found.setdefault(ends, []).append(option)
    return found[max(found)] if found else []


def _amount(option: Json) -> Decimal | None:
    said = text(option, "amount")
    try:
        return round(Decimal(said), 2) if _is_plain(option) else cells.amount(said)
    except (CellError, ArithmeticError):
        return None


def _is_plain(option: Json) -> bool:
    value = option.get("amount")
    return isinstance(value, int | float) and 0 <= value < 1_000_000
