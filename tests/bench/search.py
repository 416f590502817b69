"""The offer search beside SQLite's FTS5 and tantivy, on the same texts in one run: speed, recall with slips of the finger, size."""

import contextlib
import gc
import os
import random
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import tantivy

from i18n.languages import LANGUAGES
from i18n.messages import words
from i18n.text import normalise
from offers import dates, kinds, places
from offers.search import OfferIndex
from offers.search_texts import body, kind_texts, named, stop_words
from offers.types import Offer, Query
from tests.bench.measure import Series
from tests.catalogue import UNCONFIRMED_FOR, sample

SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 200
ROUNDS = 5
FOUND_AMONG = 10
KINDS = ("right", "slipped")
_PEER = "tantivy fuzzy"
_NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
_LEAST = 4
"""Shorter words are no names of anything."""
_LETTERS = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщыьэюя",
}


@dataclass(frozen=True)
class Asked:
    """Two words of an offer's name, as they are and with one slip each."""

    offer: str
    right: str
    slipped: str


def measure(say: Callable[[str], None], data: Path) -> tuple[list[Series], list[dict[str, object]]]:
    """Speeds of every engine at every size, and a row each with recall, build time and memory."""
    texts = _texts(data)
    series: list[Series] = []
    rows: list[dict[str, object]] = []
    for size in SIZES:
        rnd = random.Random(size)
        catalogue = _catalogue(texts, size, rnd)
        asked = _questions(catalogue, rnd)
        say(f"Search among {size:,} offers with names out of {len(texts):,} real sentences …")
        with contextlib.ExitStack() as stack:
            finds: dict[str, Callable[[str], list[str]]] = {}
            built: dict[str, dict[str, object]] = {}
            for name, build in (("FTS5 trigram", _fts), (_PEER, _tantivy), ("Lotse", _lotse)):
                gc.collect()
                before, started = _memory(), time.perf_counter()
                finds[name] = stack.enter_context(build(catalogue))
                built[name] = {
                    "build_s": round(time.perf_counter() - started, 1),
                    "memory_mb": _memory() - before,
                }
            for name, each, recall in _ask(finds, size, asked):
                series.append(each)
                rows.append({"subject": each.name, "recall": recall, **built[name]})
        series.append(_filters(catalogue, size))
    for kind in (*KINDS, "filters"):
        say(f"From {SIZES[0]:,} to {SIZES[-1]:,} offers, {kind}: p95 grows {_growth(series, kind):.1f} times")
    return series, rows


def _growth(series: Sequence[Series], kind: str) -> float:
    rows = {each.name: each.row(None) for each in series}
    first, last = (rows[f"Lotse, {size:,}, {kind}"]["p95_ms"] for size in (SIZES[0], SIZES[-1]))
    return float(str(last)) / float(str(first))


def _ask(
    finds: Mapping[str, Callable[[str], list[str]]], size: int, asked: Sequence[Asked]
) -> list[tuple[str, Series, float]]:
    """Every engine in turn, a part of the questions at a time."""
    found = []
    part = len(asked) // ROUNDS
    for kind in KINDS:
        series = {name: Series(f"{name}, {size:,}, {kind}") for name in finds}
        series["Lotse"].peer = series[_PEER].name
        hits = Counter[str]()
        for at in range(0, part * ROUNDS, part):
            for name, find in finds.items():
                latencies = []
                begun = time.perf_counter()
                for one in asked[at : at + part]:
                    started = time.perf_counter()
                    hits[name] += one.offer in find(getattr(one, kind))
                    latencies.append((time.perf_counter() - started) * 1000)
                series[name].add(time.perf_counter() - begun, latencies)
        found += [(name, each, round(hits[name] / (part * ROUNDS), 3)) for name, each in series.items()]
    return found


def _filters(catalogue: Sequence[Offer], size: int) -> Series:
    """Questions as people tap them: a topic, a place, a level, with words and without."""
    index, rnd, series = _index(catalogue), random.Random(1), Series(f"Lotse, {size:,}, filters")
    for _ in range(4):
        latencies, begun = [], time.perf_counter()
        for number in range(QUESTIONS // 4):
            offer = rnd.choice(catalogue)
            text = " ".join(offer.name.split()[:2]) if number % 2 else ""
            query = Query(text, topic=offer.topic, place=offer.place, level="A1" if number % 3 else None)
            started = time.perf_counter()
            index.search(query, _NOW)
            latencies.append((time.perf_counter() - started) * 1000)
        series.add(time.perf_counter() - begun, latencies)
    return series


def _texts(data: Path) -> list[str]:
    """Real short sentences in nine languages; without the data, the sample's names over and over."""
    files = sorted((data / "massive").glob("*.tsv"))
    lines = (line.rstrip("\n").split("\t")[2] for file in files for line in file.open(encoding="utf-8"))
    texts = sorted({line for line in lines if len(_long(line)) > 1})
    if texts:
        return texts
    names = sorted({offer.name for offer in sample()})
    return [f"{one} {other}" for one in names for other in names if one != other]


def _catalogue(texts: Sequence[str], size: int, rnd: random.Random) -> list[Offer]:
    # What is over, or comes up only when its kind is asked for, is not found, however it is called.
    base = [
        offer
        for offer in sample()
        if offer.status == "published"
        and not dates.ended(offer, _NOW)
        and not kinds.load()[offer.kind].unasked
    ]
    where = places.load().names
    chosen = rnd.sample(texts, min(size, len(texts)))
    return [
        replace(rnd.choice(base), id=f"{n:016x}", external_id=f"o{n}", name=name, place=rnd.choice(where))
        for n, name in enumerate(chosen)
    ]


def _long(text: str) -> list[str]:
    return [word for word in normalise(text).split() if len(word) >= _LEAST]


def _questions(catalogue: Sequence[Offer], rnd: random.Random) -> list[Asked]:
    """Pairs of words that name one offer: such as no stop list has, no more than one offer of a hundred says, and no ten say together.

    Of more that say the same, no search can know which ten are meant.
    """
    stop = stop_words()
    names = {offer.id: sorted(set(_long(offer.name)) - stop) for offer in catalogue}
    said: dict[str, set[str]] = {}
    for offer in catalogue:
        for word in _whole(offer).split():
            said.setdefault(word, set()).add(offer.id)
    few = max(1, len(catalogue) // 100)
    naming = {id_: [w for w in mine if len(said[w]) <= few] for id_, mine in names.items()}
    found: list[Asked] = []
    for id_ in rnd.sample(sorted(naming), len(naming)):
        if len(naming[id_]) < 2:
            continue
        pair = rnd.sample(naming[id_], 2)
        if len(said[pair[0]] & said[pair[1]]) <= FOUND_AMONG:
            found.append(Asked(id_, " ".join(pair), " ".join(_slip(word, rnd) for word in pair)))
        if len(found) == QUESTIONS:
            break
    return found


def _slip(word: str, rnd: random.Random) -> str:
    """One letter left out, added, changed, or swapped with the next."""
    at = rnd.randrange(1, len(word))
    script = next((s for s, letters in _LETTERS.items() if word[0] in letters), None)
    letter = rnd.choice(_LETTERS[script] if script else word)
    match rnd.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + letter + word[at:]
        case 2:
            return word[:at] + letter + word[at + 1 :]
        case _:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _memory() -> int:
    """Megabytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return (
        pages * os.sysconf("SC_PAGE_SIZE") // 2**20
        if pages
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    )


def _whole(offer: Offer) -> str:
    """All that our own search reads of an offer, as one text."""
    said = " ".join(text for text, _ in (*named(offer), *body(offer)))
    return f"{_of_kind(offer.kind)} {normalise(said)}"


@cache
def _of_kind(kind: str) -> str:
    called = [words(tag).plain(f"kind.{kind}") for tag in LANGUAGES]
    return normalise(" ".join(text for text, _ in kind_texts(called, kinds.load()[kind])))


def _index(catalogue: Sequence[Offer]) -> OfferIndex:
    called = {k: tuple(words(tag).plain(f"kind.{k}") for tag in LANGUAGES) for k in kinds.load()}
    return OfferIndex(catalogue, places.load(), kinds.load(), called, unconfirmed_for=UNCONFIRMED_FOR)


@contextlib.contextmanager
def _lotse(catalogue: Sequence[Offer]) -> Iterator[Callable[[str], list[str]]]:
    index = _index(catalogue)

    def find(text: str) -> list[str]:
        return [hit.offer.id for hit in index.search(Query(text), _NOW, FOUND_AMONG).hits]

    yield find


@contextlib.contextmanager
def _fts(catalogue: Sequence[Offer]) -> Iterator[Callable[[str], list[str]]]:
    """FTS5 with trigrams: a word with a slip is found by the pieces that are left of it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, x, tokenize='trigram')")
        db.executemany("INSERT INTO t VALUES (?, ?)", ((o.id, _whole(o)) for o in catalogue))

        def find(text: str) -> list[str]:
            pieces = {f'"{w[i : i + 3]}"' for w in text.split() for i in range(len(w) - 2)}
            sql = "SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?"
            return (
                [row[0] for row in db.execute(sql, (" OR ".join(sorted(pieces)), FOUND_AMONG))]
                if pieces
                else []
            )

        yield find


@contextlib.contextmanager
def _tantivy(catalogue: Sequence[Offer]) -> Iterator[Callable[[str], list[str]]]:
    builder: Any = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("x", stored=False)
    with tempfile.TemporaryDirectory(prefix="lotse-tantivy-") as folder:
        index: Any = tantivy.Index(builder.build(), path=folder)
        writer = index.writer(64_000_000)
        for offer in catalogue:
            writer.add_document(tantivy.Document(id=offer.id, x=_whole(offer)))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        schema = index.schema

        def find(text: str) -> list[str]:
            parts = [
                (tantivy.Occur.Should, tantivy.Query.fuzzy_term_query(schema, "x", word, distance=1))
                for word in text.split()
            ]
            hits = searcher.search(tantivy.Query.boolean_query(parts), FOUND_AMONG).hits
            return [searcher.doc(address)["id"][0] for _, address in hits]

        yield find
