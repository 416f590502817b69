"""`lotse search evaluate`: how often the guide search finds the page that answers, and quotes the right lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offers.guide_search import GuideIndex
from offers.guide_types import GuideHit, GuidePage

__all__ = ["Row", "evaluate_search", "guide_pages", "read_rows"]

_DEPTH = 10


@dataclass(frozen=True)
class Row:
    """One annotated question beside the page it was asked about."""

    split: str
    language: str
    city: str
    page_id: str
    question: str
    context: str
    answers: tuple[int, ...]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*_*.jsonl"))
        else:
            yield path


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """All questions of files named `<split>_<language>.jsonl`, or of folders of them."""
    rows = []
    for path in dict.fromkeys(_files(paths)):
        split, _, language = path.stem.rpartition("_")
        if not split or not language:
            raise ValueError(f"{path}: the name must be <split>_<language>.jsonl")
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    rows.append(_row(split, language, line, f"{path}:{number}"))
    if not rows:
        raise ValueError("No questions in these paths.")
    return rows


def _row(split: str, language: str, line: str, where: str) -> Row:
    try:
        data = json.loads(line)
        return Row(
            split,
            language,
            str(data["city"]),
            str(data["pageId"]),
            str(data["question"]),
            str(data["context"]),
            tuple(int(index) for index in data["answers"] or ()),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{where}: not a question ({type(error).__name__})") from error


def guide_pages(rows: Iterable[Row]) -> list[GuidePage]:
    """Every distinct page once, in the order of the rows."""
    first: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        first.setdefault((row.language, row.city, row.page_id), row)
    return [
        GuidePage(
            row.page_id,
            row.city,
            row.language,
            next((line for line in row.context.split("\n") if line.strip()), ""),
            tuple(row.context.split("\n")),
            "",
            "evaluation",
            None,
        )
        for row in first.values()
    ]


def quotes_answer(row: Row, passage: str) -> bool:
    """Whether one of the annotated lines stands in the passage as a whole."""
    lines, quoted = row.context.split("\n"), set(passage.split("\n"))
    answers = [lines[index].strip() for index in row.answers if 0 <= index < len(lines)]
    return any(answer and (answer in quoted or answer in passage) for answer in answers)


def evaluate_search(
    paths: Iterable[Path], questions: str | None = None
) -> dict[str, dict[str, dict[str, float]]]:
    """Scores by language over the answerable questions of a split, or of all."""
    rows = read_rows(paths)
    places: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        places[row.language, row.city].append(row)
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for (language, _), here in sorted(places.items()):
        index = GuideIndex(guide_pages(here))
        for row in here:
            if row.answers and questions in (None, row.split):
                found[language].append(_result(row, index.search(row.question, limit=_DEPTH)))
    if not found:
        raise ValueError("No answerable question in this split.")
    return {"languages": {language: _scores(results) for language, results in sorted(found.items())}}


def _result(row: Row, hits: Sequence[GuideHit]) -> tuple[int, bool]:
    for place, hit in enumerate(hits, 1):
        if hit.page.id == row.page_id:
            return place, quotes_answer(row, hit.passage)
    return 0, False


def _scores(results: Sequence[tuple[int, bool]]) -> dict[str, float]:
    asked, held = len(results), [right for place, right in results if place]
    return {
        "r1": round(sum(place == 1 for place, _ in results) / asked, 4),
        "r3": round(sum(1 <= place <= 3 for place, _ in results) / asked, 4),
        "mrr10": round(sum(1 / place for place, _ in results if place) / asked, 4),
        "passage": round(sum(held) / len(held), 4) if held else 0.0,
    }
