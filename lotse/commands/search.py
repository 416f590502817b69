"""`lotse search`: how well the guide search answers; each command is a few lines around a use case."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from offers.guides.evaluation import evaluate_search

app = typer.Typer(no_args_is_help=True, help="Finding guide pages.")


@app.callback()
def search() -> None:
    """Finding guide pages."""


@app.command("evaluate")
def evaluate(
    paths: Annotated[list[Path], typer.Argument(help="Files <split>_<language>.jsonl or folders of them.")],
    questions: Annotated[str | None, typer.Option(help="Ask the questions of this split only.")] = None,
) -> None:
    """Measure the search for guide pages on annotated questions; prints one JSON object."""
    try:
        scores = evaluate_search(paths, questions)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="PATHS") from error
    sys.stdout.write(json.dumps(scores, indent=2) + "\n")
