"""Work on many texts in as many processes as there are processors; training only."""

from __future__ import annotations

from itertools import pairwise
from typing import Callable, List, Sequence, TypeVar

# ruff: noqa: PLC0415 - joblib comes with scikit-learn, which is needed for training only

Item = TypeVar("Item")
Found = TypeVar("Found")
SMALLEST_PART = 2_000
"""Fewer texts are done before a process has started."""


def in_parts(work: Callable[[Sequence[Item]], Found], items: Sequence[Item]) -> List[Found]:
    """What `work` makes of each part of the items, in their order; `work` must live in a module that is quick to import."""
    from joblib import Parallel, cpu_count, delayed

    parts = max(1, min(cpu_count(), len(items) // SMALLEST_PART))
    ends = [len(items) * number // parts for number in range(parts + 1)]
    pieces = [items[begin:end] for begin, end in pairwise(ends)]
    if len(pieces) == 1:
        return [work(pieces[0])]
    return list(Parallel(n_jobs=len(pieces))(delayed(work)(piece) for piece in pieces))
