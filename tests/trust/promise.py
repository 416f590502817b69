"""How much a promise is tried, and what was reached: short in `make test`, long in `make trust`, which collects the numbers."""

import json
import os
from pathlib import Path

LONG = os.environ.get("TRUST_SIZE") == "long"


def size(short: int, full: int) -> int:
    """So many cases in `make test`, and so many in `make trust`."""
    return full if LONG else short


def reached(key: str, what: str, wanted: str, found: str, good: bool) -> None:
    """Put a number beside the one that was wanted. `make trust` names the file; without one nothing is written."""
    file = os.environ.get("TRUST_REPORT")
    if file:
        line = {"promise": key, "what": what, "wanted": wanted, "reached": found, "good": good}
        with Path(file).open("a", encoding="utf-8") as report:
            report.write(json.dumps(line, ensure_ascii=False) + "\n")


def held(key: str, what: str, wanted: str, found: str, good: bool) -> None:
    """Put down what was reached, and fail where that is not what was wanted."""
    reached(key, what, wanted, found, good)
    assert good, f"{key}, {what}: wanted {wanted}, reached {found}"
