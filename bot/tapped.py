"""What the parts of a tap say: days, times, numbers, places, papers and offices of buttons, which anybody can send altered."""

from datetime import date, time

from i18n.phrases import OFFICES, PAPERS
from offers import places
from people.errors import NotFoundError


def tapped_day(text: str) -> date:
    """The day of a date button. Raises NotFoundError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFoundError from error


def tapped_time(text: str) -> time:
    """The time of a button, `HHMM`. Raises NotFoundError."""
    number = tapped_number(text, 2400)
    if len(text) != 4 or number % 100 > 59:
        raise NotFoundError
    return time(number // 100, number % 100)


def tapped_number(text: str, below: int) -> int:
    """The number of a button, from 0. Raises NotFoundError for anything that is not below `below`."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < below):
        raise NotFoundError
    return int(text)


def tapped_place(number: str) -> str:
    """The place whose button was tapped. Raises NotFoundError for any other."""
    names = places.load().names
    return names[tapped_number(number, len(names))]


def tapped_paper(paper: str) -> str:
    """The paper whose button was tapped. Raises NotFoundError for any other."""
    if paper not in PAPERS:
        raise NotFoundError
    return paper


def tapped_office(office: str) -> str:
    """The office whose button was tapped. Raises NotFoundError for any other."""
    if office not in OFFICES:
        raise NotFoundError
    return office
