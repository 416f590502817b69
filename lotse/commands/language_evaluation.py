"""`lotse nlu evaluate-language`: how well the language of a message is told."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from i18n.catalogues import all_sentences
from nlu.errors import EvaluationError
from nlu.examples import load_examples
from nlu.language import LanguageGuesser
from nlu.language_evaluation import evaluate_language, read_sentences

_MEGABYTE = 1_000_000


def evaluate(
    paths: Annotated[
        list[Path], typer.Argument(help="Files <language>[_Script].….tsv with a column `text`, or folders.")
    ],
) -> None:
    """Measure language detection on whole sentences, six and three words; prints one JSON object."""
    try:
        found = read_sentences(paths)
    except (OSError, ValueError, EvaluationError) as error:
        raise typer.BadParameter(str(error), param_hint="PATHS") from error
    guesser = LanguageGuesser()
    guesser.learn(load_examples(), all_sentences())
    scores = evaluate_language(guesser, found)
    result = {
        "languages": {language: asdict(score) for language, score in scores.items()},
        "not_taught": sorted(set(found) - guesser.languages),
        "model_megabytes": round(guesser.model_bytes / _MEGABYTE, 1),
    }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
