"""The kinds of offers, as their data file lists them; what a kind is called on a card is an interface text."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from offers.types import Kind

DATA = Path(__file__).parent / "kinds.yml"
WORDS = Path(__file__).parent / "kind_words.yml"


@cache
def load(path: Path = DATA) -> Mapping[str, Kind]:
    """All kinds by id, in the order of the file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            row["id"]: Kind(
                row["id"],
                row["topic"],
                MappingProxyType({"de": row["de"], "en": row["en"]}),
                row.get("unasked", ""),
                tuple(row.get("asked", ())),
                tuple(words.get(row["id"], ())),
            )
            for row in rows
        }
    )
