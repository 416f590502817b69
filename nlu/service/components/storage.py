"""Keeping arrays and plain structures in a model's folder, without pickles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping

import numpy as np

_JSON, _ARRAYS = "state.json", "arrays.npz"


def save(folder: Path, state: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes both parts; `state` must be JSON."""
    (folder / _JSON).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    np.savez(folder / _ARRAYS, **arrays)


def load(folder: Path) -> tuple[Any, Dict[str, np.ndarray]]:
    """What `save` wrote."""
    state = json.loads((folder / _JSON).read_text(encoding="utf-8"))
    with np.load(folder / _ARRAYS, allow_pickle=False) as kept:
        return state, {name: kept[name] for name in kept.files}
