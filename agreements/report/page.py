"""The report as one page for the district's homepage: without scripts, readable by everybody, to be printed as it is."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from agreements.report.types import ReportText

_HERE = Path(__file__).parent


def page(text: ReportText, language: str) -> bytes:
    """The page as one file; its style stands inside, and its own policy allows nothing else."""
    style = (_HERE / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made = _templates().get_template("report.html")
    # The style is a file of ours: nothing in it comes from anybody.
    return made.render(text=text, language=language, style=Markup(style), digest=digest).encode()  # noqa: S704


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
