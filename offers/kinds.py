"""The kinds of offers, as their data file lists them; what a kind is called on a card, and how people ask for it, stands in the catalogues."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from i18n.messages import listed
from offers.types import Kind

DATA = Path(__file__).parent / "kinds.yml"


@cache
def load(path: Path = DATA) -> Mapping[str, Kind]:
    """All kinds by id, in the order of the file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            row["id"]: Kind(
                row["id"],
                row["topic"],
                MappingProxyType({"de": row["de"], "en": row["en"]}),
                row.get("unasked", ""),
                listed(f"ask.only.{row['id']}"),
                listed(f"ask.kind.{row['id']}"),
            )
            for row in rows
        }
    )
