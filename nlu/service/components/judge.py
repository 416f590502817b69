"""Which candidates are meant: a small logistic regression over their neighbourhood, learnt from the annotated lines."""

# ruff: noqa: PLC0415 - scikit-learn is needed for training only

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Set, Tuple

import numpy as np

from i18n.text import Token
from nlu.service.components.gazetteer import Candidate

COST = 2.0
SEED = 0
_EDGE = "|"


class Line(NamedTuple):
    """A training line: its words, its intent and what is annotated as (entity, value, first, end) in tokens."""

    words: Sequence[Token]
    intent: str
    wanted: Set[Tuple[str, str, int, int]]


def _script(word: str) -> str:
    code = ord(word[0])
    return (
        "latin" if code < 0x0250 else "cyrillic" if code < 0x0530 else "arabic" if code < 0x1200 else "other"
    )


def _share(meant: int, seen: int) -> str:
    return "new" if not seen else str(round(4 * (meant + 0.5) / (seen + 1))) + ("+" if seen > 3 else "")


def describe(
    candidate: Candidate,
    words: Sequence[Token],
    intent: str,
    listed: bool,
    record: Tuple[int, int],
    rivals: Sequence[Candidate],
) -> List[str]:
    """Features of a candidate; `record` is how often its spelling was meant and seen in other lines."""
    entity = candidate.entity
    around = [
        words[at].text if 0 <= at < len(words) else _EDGE
        for at in (candidate.first - 2, candidate.first - 1, candidate.end, candidate.end + 1)
    ]
    length = sum(len(token.text) for token in words[candidate.first : candidate.end])
    inside = any(
        (other.first <= candidate.first and candidate.end <= other.end)
        and (other.end - other.first > candidate.end - candidate.first)
        for other in rivals
    )
    same = any(other.value != candidate.value and other[2:4] == candidate[2:4] for other in rivals)
    return [
        entity,
        f"{entity}={candidate.value}",
        f"{entity}@{intent}",
        f"{entity}={candidate.value}@{intent}",
        f"{entity}:{candidate.kind}",
        f"{entity}:{candidate.kind}:{min(length, 12)}",
        f"{entity}:listed={listed}",
        f"{entity}:share={_share(*record)}",
        f"{entity}:inside={inside}",
        f"{entity}:same={same}",
        f"{entity}:{_script(words[candidate.first].text)}",
        f"{entity}:words={min(candidate.end - candidate.first, 3)}",
        f"{entity}:alone={len(words) == candidate.end - candidate.first}",
        f"{entity}~{candidate.surface}",
        f"{entity}<{around[1]}",
        f"{entity}>{around[2]}",
        f"{entity}<<{around[0]}",
        f"{entity}>>{around[3]}",
        f"{entity}<{around[1][:3]}*",
        f"{entity}>{around[2][:3]}*",
    ]


class Judge:
    """Trained weights and the record of each spelling."""

    def __init__(
        self,
        weights: Mapping[str, float],
        bias: float,
        record: Mapping[str, Sequence[int]],
        listed: Iterable[str],
    ) -> None:
        """`record` is spelling -> (meant, seen); `listed` are the spellings of the lexicons."""
        self.weights = weights
        self.bias = bias
        self.record = record
        self.listed = set(listed)

    def chance(
        self, candidate: Candidate, words: Sequence[Token], intent: str, rivals: Sequence[Candidate]
    ) -> float:
        """How likely a person who wants this (`intent`) would point at it."""
        key = _key(candidate)
        meant, seen = self.record.get(key, (0, 0))
        features = describe(candidate, words, intent, key in self.listed, (meant, seen), rivals)
        return 1 / (1 + math.exp(-self.bias - sum(self.weights.get(name, 0.0) for name in features)))

    def state(self) -> Dict[str, Any]:
        """What has to be kept, as JSON."""
        return {
            "weights": dict(self.weights),
            "bias": self.bias,
            "record": {key: list(value) for key, value in self.record.items()},
            "listed": sorted(self.listed),
        }


def _key(candidate: Candidate) -> str:
    return f"{candidate.entity}={candidate.value}~{candidate.surface}"


def _meant(candidate: Candidate, line: Line) -> bool:
    return candidate[:4] in line.wanted


def fit(lines: Sequence[Line], candidates: Sequence[Sequence[Candidate]], listed: Set[str]) -> Judge:
    """Learns from lines and their candidates; a spelling known from one line alone is no evidence in that line."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    meant: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for line, found in zip(lines, candidates, strict=True):
        seen.update(_key(one) for one in found)
        meant.update(_key(one) for one in found if _meant(one, line))
    columns: Dict[str, int] = {}
    rows: List[List[int]] = []
    wanted: List[bool] = []
    for line, found in zip(lines, candidates, strict=True):
        own_seen = Counter(_key(one) for one in found)
        own_meant = Counter(_key(one) for one in found if _meant(one, line))
        for one in found:
            key = _key(one)
            others = (meant[key] - own_meant[key], seen[key] - own_seen[key])
            if not others[0] and key not in listed:
                continue
            names = describe(one, line.words, line.intent, key in listed, others, found)
            rows.append([columns.setdefault(name, len(columns)) for name in names])
            wanted.append(_meant(one, line))
    ends = np.cumsum([0, *(len(row) for row in rows)])
    matrix = csr_matrix(
        (np.ones(ends[-1]), np.concatenate([np.array(row) for row in rows]), ends),
        shape=(len(rows), len(columns)),
    )
    model = LogisticRegression(C=COST, max_iter=1000, random_state=SEED).fit(matrix, wanted)
    weights = {name: round(float(model.coef_[0][column]), 5) for name, column in columns.items()}
    record = {key: (meant[key], seen[key]) for key in seen}
    return Judge(weights, float(model.intercept_[0]), record, listed)
