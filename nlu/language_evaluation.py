"""Measures how well the language of sentences and fragments is told, and how often a switch would be offered wrongly."""

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu.errors import EvaluationError
from nlu.language import LanguageGuesser

FRAGMENTS: Mapping[str, int | None] = {"whole": None, "six": 6, "three": 3}
"""Lengths in words."""
TAGS: Mapping[str, str] = {
    "amh": "am",
    "arb": "ar",
    "ckb": "ckb",
    "deu": "de",
    "eng": "en",
    "fra": "fr",
    "kmr": "kmr",
    "pbt": "ps",
    "pes": "fa",
    "prs": "fa",
    "rus": "ru",
    "som": "so",
    "tir": "ti",
    "tur": "tr",
    "ukr": "uk",
    "urd": "ur",
}
"""ISO 639-3 as the files of SIB-200 and FLORES are named → BCP 47 as Lotse names its languages."""
_SEED = 20261124


@dataclass(frozen=True, slots=True)
class LanguageScores:
    """Shares from 0 to 1. `right` by fragment; `false_offers`: people who write their own language and are offered another;
    `offers`: whole sentences after which somebody with another language set is offered the right one."""

    sentences: int
    right: Mapping[str, float]
    false_offers: float
    offers: float


def read_sentences(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Language → sentences, out of tab-separated files with a column `text`, named `<language>[_Script].….tsv`."""
    files = [file for path in paths for file in (sorted(path.glob("*.tsv")) if path.is_dir() else [path])]
    found: dict[str, list[str]] = {}
    for file in files:
        code = file.name.partition(".")[0].partition("_")[0]
        found.setdefault(TAGS.get(code, code), []).extend(_sentences(file))
    if not found:
        raise EvaluationError("there are no .tsv files to measure with")
    return found


def _sentences(file: Path) -> list[str]:
    # A spreadsheet or an editor may put a mark of the byte order in front.
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if "text" not in (reader.fieldnames or ()):
                raise EvaluationError(f"{file}: there is no column 'text' in its first line")
            return [row["text"] for row in reader if row["text"]]
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{file}: no text in UTF-8") from error
    except csv.Error as error:
        raise EvaluationError(f"{file}: no table ({error})") from error


def fragment(text: str, words: int | None, rng: random.Random) -> str:
    """So many words out of the middle of a sentence; all of it for None."""
    parts = text.split()
    if words is None or len(parts) <= words:
        return text
    start = rng.randrange(len(parts) - words + 1)
    return " ".join(parts[start : start + words])


def evaluate_language(
    guesser: LanguageGuesser, sentences: Mapping[str, Sequence[str]]
) -> dict[str, LanguageScores]:
    """The scores of every language in `sentences`; one that the guesser was not taught has nothing right."""
    rng = random.Random(_SEED)  # noqa: S311 -- the same fragments each time
    languages = sorted(sentences)
    return {
        language: _scores(guesser, language, sentences[language], languages, rng) for language in languages
    }


def _scores(
    guesser: LanguageGuesser,
    language: str,
    sentences: Sequence[str],
    languages: Sequence[str],
    rng: random.Random,
) -> LanguageScores:
    others = [other for other in languages if other != language and other in guesser.languages] or [language]
    right, false_offers, asked, offers = dict.fromkeys(FRAGMENTS, 0), 0, 0, 0
    for number, sentence in enumerate(sentences):
        for name, words in FRAGMENTS.items():
            text = fragment(sentence, words, rng)
            right[name] += guesser.guess(text)[0] == language
            false_offers += guesser.offer(text, language) is not None
            asked += 1
        offers += guesser.offer(sentence, others[number % len(others)]) == language
    count = len(sentences) or 1
    return LanguageScores(
        len(sentences),
        {name: round(hits / count, 4) for name, hits in right.items()},
        round(false_offers / (asked or 1), 4),
        round(offers / count, 4),
    )
