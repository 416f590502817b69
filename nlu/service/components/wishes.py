"""Which details a message as a whole asks for, whatever word it says them with: a linear model for each (`level=A1`), on the topics' features."""

# ruff: noqa: PLC0415 - scikit-learn is needed for training only

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Set

import numpy as np

COLUMNS = 200_000
"""So many of the commonest features are enough, and keep this small."""
FEWEST_LINES = 100
"""A detail that fewer lines ask for is not learnt."""
COST = 1.0
TOLERANCE = 0.05
ROUNDS = 200
SEED = 0
# A whole word says more of a detail than of a topic, and that a word list knows one less: it is the list that is looked over here.
_SCALE = {"w": 1.75, "p": 1.75, "c": 1.0, "k": 0.5, "kk": 0.5}
# Places are named, not described; and a child beside a school or a doctor asks for `children` by a rule of whoever asks us, not by
# annotation (nlu/understanding.py).
_NOT_LEARNT = ("place=", "audience=children")


def name_of(entity: str, value: object) -> str:
    """`level=A1`, `childcare=true`."""
    return f"{entity}={str(value).lower() if isinstance(value, bool) else value}"


class Wishes:
    """Trained weights; needs only numpy."""

    def __init__(self, names: Sequence[str], weights: np.ndarray, bias: np.ndarray) -> None:
        """`weights` is columns × names, for the first columns of the features."""
        self.names = list(names)
        self.weights = np.ascontiguousarray(weights, dtype=np.float16)
        self.bias = bias.astype(np.float32)

    def margins(self, columns: np.ndarray, values: np.ndarray) -> Dict[str, float]:
        """How much a text speaks for each detail: 0 is the border, 1 and -1 are sure."""
        known = columns < len(self.weights)
        found = values[known] @ self.weights[columns[known]].astype(np.float32) + self.bias
        return dict(zip(self.names, found.astype(np.float64).round(3).tolist(), strict=True))

    def arrays(self) -> Dict[str, np.ndarray]:
        """What has to be kept to build it again, beside the names."""
        return {"wishes": self.weights, "wishes_bias": self.bias}


def fit(matrix: Any, asked: Sequence[Set[str]], features: Sequence[str]) -> Wishes:
    """Learns from a sparse matrix, what each of its rows asks for, and the names of its columns."""
    from joblib import Parallel, cpu_count, delayed

    names = _learnable(asked)
    matrix = matrix[:, :COLUMNS]
    scale = np.array([_SCALE[name.split(" ", 1)[0]] for name in features[:COLUMNS]])
    scaled = matrix.multiply(scale).tocsr()
    work = [delayed(_fit_one)(scaled, np.array([name in one for one in asked])) for name in names]
    found = Parallel(n_jobs=min(cpu_count(), max(1, len(work))), mmap_mode="c")(work)
    weights = np.zeros((matrix.shape[1], len(names)), dtype=np.float32)
    bias = np.zeros(len(names))
    for column, (own, intercept) in enumerate(found):
        weights[:, column], bias[column] = own * scale, intercept
    return Wishes(names, weights, bias)


def _learnable(asked: Sequence[Set[str]]) -> List[str]:
    seen: Dict[str, int] = {}
    for one in asked:
        for name in one:
            seen[name] = seen.get(name, 0) + 1
    return sorted(
        name for name, lines in seen.items() if lines >= FEWEST_LINES and not name.startswith(_NOT_LEARNT)
    )


def _fit_one(matrix: Any, asked: np.ndarray) -> tuple[np.ndarray, float]:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LinearSVC(C=COST, tol=TOLERANCE, max_iter=ROUNDS, random_state=SEED).fit(matrix, asked)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
