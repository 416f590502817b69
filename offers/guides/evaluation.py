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
_WITH_OTHER_TEXTS = 2 * _DEPTH
_TEXTS = ("city", "pageId", "question", "context")


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
        # A spreadsheet or an editor may put a mark of the byte order in front.
        with path.open(encoding="utf-8-sig") as lines:
            try:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        rows.append(_row(split, language, line, f"{path}:{number}"))
            except UnicodeDecodeError as error:
                raise ValueError(f"{path}: no text in UTF-8") from error
    if not rows:
        raise ValueError("No questions in these paths.")
    return rows


def _row(split: str, language: str, line: str, where: str) -> Row:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: no JSON") from error
    if not isinstance(data, dict):
        raise ValueError(f"{where}: a question is a JSON object")  # noqa: TRY004 -- of the file, not of the program
    page = data.get("pageId")
    if isinstance(page, int) and not isinstance(page, bool):
        data["pageId"] = str(page)
    city, page_id, question, context = (_text(data, name, where) for name in _TEXTS)
    if "answers" not in data:
        raise ValueError(f"{where}: `answers` is missing")
    answers = [] if data["answers"] is None else data["answers"]
    if not isinstance(answers, list) or not all(type(index) is int for index in answers):
        raise ValueError(f"{where}: `answers` has to be a list of whole numbers")
    return Row(split, language, city, page_id, question, context, tuple(answers))


def _text(data: dict[str, object], name: str, where: str) -> str:
    if name not in data:
        raise ValueError(f"{where}: `{name}` is missing")
    value = data[name]
    if not isinstance(value, str):
        raise ValueError(f"{where}: `{name}` has to be a text")  # noqa: TRY004 -- of the file, not of the program
    return value


def guide_pages(rows: Iterable[Row]) -> list[GuidePage]:
    """Every distinct page once, in the order of the rows: a page that was changed between two questions once with each of its texts."""
    first: dict[tuple[str, str, str, str], Row] = {}
    for row in rows:
        first.setdefault((row.language, row.city, row.page_id, row.context), row)
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
    """Whether one of the annotated lines stands in the passage as a whole; a line that the page does not have stands in none."""
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
                found[language].append(_result(row, index.search(row.question, limit=_WITH_OTHER_TEXTS)))
    if not found:
        there = ", ".join(sorted({row.split for row in rows if row.answers})) or "none"
        raise ValueError(
            f"No answerable question in {questions or 'these files'}; splits that have some: {there}."
        )
    return {"languages": {language: _scores(results) for language, results in sorted(found.items())}}


def _result(row: Row, hits: Sequence[GuideHit]) -> tuple[int, bool]:
    """The place of the page and whether its lines are right; a page with several texts has one place, that of its best."""
    best: dict[str, GuideHit] = {}
    for hit in hits:
        best.setdefault(hit.page.id, hit)
    for place, hit in enumerate(list(best.values())[:_DEPTH], 1):
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
