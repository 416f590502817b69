"""Dates as coordinators type them, a line for each series: `Mo, Mi 18-19:30 ab 1.2.2027 bis 31.7.2027`; read and written back."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from i18n.bidi import strip_controls
from offers import rules
from offers.cells import shown
from offers.errors import CellError
from offers.types import WEEKDAYS, Schedule

MOST_LINES = 14
_LONGEST_LINE = 200
_LONGEST_NOTE = 200
_NAMES = {
    "MO": ("mo", "montag", "montags", "mon", "monday", "mondays"),
    "TU": ("di", "dienstag", "dienstags", "tu", "tue", "tues", "tuesday", "tuesdays"),
    "WE": ("mi", "mittwoch", "mittwochs", "we", "wed", "wednesday", "wednesdays"),
    "TH": ("do", "donnerstag", "donnerstags", "th", "thu", "thurs", "thursday", "thursdays"),
    "FR": ("fr", "freitag", "freitags", "fri", "friday", "fridays"),
    "SA": ("sa", "samstag", "samstags", "sonnabend", "sat", "saturday", "saturdays"),
    "SU": ("so", "sonntag", "sonntags", "su", "sun", "sunday", "sundays"),
}
_WEEKDAY = {name: code for code, names in _NAMES.items() for name in names}
_SHORT = dict(zip(WEEKDAYS, ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), strict=True))
_NUMBERS = {
    **{f"{number}.": number for number in range(1, 6)},
    **dict.fromkeys(("erster", "ersten", "1st", "first"), 1),
    **dict.fromkeys(("zweiter", "zweiten", "2nd", "second"), 2),
    **dict.fromkeys(("dritter", "dritten", "3rd", "third"), 3),
    **dict.fromkeys(("vierter", "vierten", "4th", "fourth"), 4),
    **dict.fromkeys(("letzter", "letzten", "last"), -1),
}
_FILLERS = frozenset(
    (
        "und",
        "and",
        "jeden",
        "jede",
        "jeder",
        "every",
        "immer",
        "am",
        "um",
        "at",
        "on",
        "von",
        "from",
        "vom",
        "the",
        "im",
        "monat",
        "of",
        "month",
        "uhr",
        "-",
        "–",
    )
)
_DASH = r"\s*(?:-|–|bis|to|until)\s*"
_NOTE = re.compile(r"[\"„“”]([^\"„“”]*)[\"„“”]")
_PART = re.compile(rf"(?:{_NOTE.pattern}|[^;])+")
"""What stands between semicolons; one within a note belongs to it."""
_QUOTES = str.maketrans(dict.fromkeys('"„“”', "'"))
_DATE = re.compile(
    r"(?:\b(bis|until|to)\b|(-|–)|\b(?:ab|from|vom|von|seit|since|am|on)\b)?\s*"
    r"(?:(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.(\s?\d{4}(?![\d:.])|\d{2}(?![\d:.]))?|\b(\d{4})-(\d{2})-(\d{2})\b)"
)
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr|h)?"
_HOURS = re.compile(rf"(?<![\d.]){_CLOCK}{_DASH}{_CLOCK}(?![\d.])")
_HOUR = re.compile(r"(?<![\d.])(?:(\d{1,2})[:.](\d{2})\s*(?:uhr|h)?|(\d{1,2})(?:\s*(?:uhr|h)\b)?)(?![\d.])")
_INTERVAL = re.compile(
    r"\b(?:alle|every)\s+(\d{1,2})\s*(?:wochen|weeks)\b|\b(\d{1,2})[- ]t(?:ä|ae)gig\b|\b(fortnightly)\b"
)
_NOT_IN_HOLIDAYS = re.compile(
    r"\b(?:nicht in|au(?:ß|ss)er in|ohne|not in)\s+(?:den |the )?(?:schul)?(?:ferien|school holidays)\b"
)
_ON_HOLIDAYS = re.compile(r"\b(?:auch (?:an|am)|also on)\s+(?:feiertagen|feiertag|public holidays)\b")
_DAYS = re.compile(
    rf"\b({'|'.join(sorted(_WEEKDAY, key=len, reverse=True))})\.?{_DASH}({'|'.join(sorted(_WEEKDAY, key=len, reverse=True))})\b"
)


def parse(text: str, today: date) -> tuple[Schedule, ...]:
    """A line for each series or single day. Raises CellError with the sentence that says what is missing.

    A year may be left out: then the next such day is meant. Series pause on public holidays unless the line says otherwise;
    what stands in quotation marks is a note.
    """
    parts = (found[0] for line in text.splitlines() for found in _PART.finditer(line))
    lines = [part for part in parts if part.strip()]
    if not lines:
        raise CellError("ed.series_no_day")
    if len(lines) > MOST_LINES:
        raise CellError("ed.series_too_many", limit=MOST_LINES)
    return tuple(_line(line, today) for line in lines)


def line(schedule: Schedule) -> str:
    """The series as `parse` reads it."""
    hours = "-".join(part for part in (schedule.opens_at, schedule.closes_at) if part)
    # A note that came with an import may hold the marks that a typed one stands between.
    note = f' "{schedule.note.translate(_QUOTES)}"' if schedule.note else ""
    if schedule.freq == "ONCE":
        return f"{schedule.valid_from:%d.%m.%Y} {hours}{note}"
    days = ", ".join(_said(number, day) for number, day in rules.parse_byday(schedule.byday))
    every = f"alle {schedule.interval} Wochen " if schedule.interval > 1 else ""
    until = f" bis {schedule.valid_to:%d.%m.%Y}" if schedule.valid_to else ""
    pauses = {"school": ", nicht in den Ferien", "none": ", auch an Feiertagen"}.get(
        schedule.skip_holidays, ""
    )
    return f"{every}{days} {hours} ab {schedule.valid_from:%d.%m.%Y}{until}{pauses}{note}"


def _said(number: int, day: str) -> str:
    which = {0: "", -1: "letzter "}.get(number, f"{number}. ")
    return which + _SHORT[day]


def _line(typed: str, today: date) -> Schedule:
    if len(typed) > _LONGEST_LINE + _LONGEST_NOTE:
        raise CellError("import.too_long", limit=_LONGEST_LINE)
    rest, note = _taken_note(" ".join(strip_controls(typed).split()))
    rest = rest.casefold()
    rest, interval = _taken_interval(rest)
    skip = "school" if _NOT_IN_HOLIDAYS.search(rest) else "none" if _ON_HOLIDAYS.search(rest) else "public"
    rest = _ON_HOLIDAYS.sub(" ", _NOT_IN_HOLIDAYS.sub(" ", rest))
    rest, first, last = _taken_dates(rest, today)
    rest, opens_at, closes_at = _taken_hours(rest)
    days = _weekdays(rest)
    if not days:
        if first is None or last is not None:
            raise CellError("ed.series_no_day")
        return Schedule(first, first, "ONCE", 1, "", opens_at, closes_at, "none", note)
    numbered = {bool(number) for number, _ in days}
    if len(numbered) > 1:
        raise CellError("ed.series_mixed")
    start = first or today
    if last is not None and last < start:
        raise CellError("ed.series_order")
    byday = ",".join(f"{number or ''}{day}" for number, day in days)
    freq = "MONTHLY" if numbered == {True} else "WEEKLY"
    return Schedule(start, last, freq, interval, byday, opens_at, closes_at, skip, note)


def _taken_note(text: str) -> tuple[str, str]:
    found = _NOTE.search(text)
    if found is None:
        return text, ""
    if len(found[1]) > _LONGEST_NOTE:
        raise CellError("import.too_long", limit=_LONGEST_NOTE)
    return text[: found.start()] + " " + text[found.end() :], found[1].strip()


def _taken_interval(text: str) -> tuple[str, int]:
    found = _INTERVAL.search(text)
    if found is None:
        return text, 1
    weeks = int(found[1]) if found[1] else 2 if found[3] else int(found[2]) // 7
    if not 1 <= weeks <= 52 or (found[2] and int(found[2]) % 7):
        raise CellError("ed.series_word", value=shown(found[0]))
    return text[: found.start()] + " " + text[found.end() :], weeks


def _taken_dates(text: str, today: date) -> tuple[str, date | None, date | None]:
    first = last = None
    for found in _DATE.finditer(text):
        ends = bool(found[1] or found[2])
        day = _day(found, (first or today) if ends else today)
        if ends and last is None:
            last = day
        elif not ends and first is None:
            first = day
        else:
            raise CellError("ed.series_word", value=shown(found[0].strip()))
    return _DATE.sub(" ", text), first, last


def _day(found: re.Match[str], earliest: date) -> date:
    try:
        if found[6]:
            return _sensible(date(int(found[6]), int(found[7]), int(found[8])), found)
        day, month = int(found[3]), int(found[4])
        if found[5]:
            return _sensible(
                date(int(found[5]) + (2000 if len(found[5].strip()) == 2 else 0), month, day), found
            )
        this_year = date(earliest.year, month, day)
        return this_year if this_year >= earliest else date(earliest.year + 1, month, day)
    except ValueError:
        raise CellError("import.bad_date", value=shown(found[0].strip())) from None


def _sensible(day: date, found: re.Match[str]) -> date:
    if not 2000 <= day.year <= 2099:
        raise CellError("import.bad_date", value=shown(found[0].strip()))
    return day


def _taken_hours(text: str) -> tuple[str, str, str]:
    found = _HOURS.search(text)
    if found is not None:
        opens_at, closes_at = _clock(found[1], found[2], found), _clock(found[3], found[4], found)
        if closes_at <= opens_at:
            raise CellError("ed.series_hours")
        return text[: found.start()] + " " + text[found.end() :], opens_at, closes_at
    found = _HOUR.search(text)
    if found is None:
        raise CellError("ed.series_no_time")
    return (
        text[: found.start()] + " " + text[found.end() :],
        _clock(found[1] or found[3], found[2], found),
        "",
    )


def _clock(hour: str, minute: str | None, found: re.Match[str]) -> str:
    if int(hour) > 23 or int(minute or 0) > 59:
        raise CellError("import.bad_time", value=shown(found[0].strip()))
    return f"{int(hour):02}:{int(minute or 0):02}"


def _weekdays(text: str) -> list[tuple[int, str]]:
    """Pairs of number (0: every week) and weekday, in the order of the week."""
    found: list[tuple[int, str]] = []
    for match in _DAYS.finditer(text):
        start, end = WEEKDAYS.index(_WEEKDAY[match[1]]), WEEKDAYS.index(_WEEKDAY[match[2]])
        found.extend((0, WEEKDAYS[index % 7]) for index in range(start, end + 1 + 7 * (end < start)))
    numbers: list[int] = []
    for word in re.split(r"[\s,/+&]+", _DAYS.sub(" ", text)):
        plain = word.rstrip(".:")
        if plain in _WEEKDAY:
            found.extend((number, _WEEKDAY[plain]) for number in numbers or [0])
            numbers = []
        elif word in _NUMBERS:
            numbers.append(_NUMBERS[word])
        elif word and plain and plain not in _FILLERS:
            raise CellError("ed.series_word", value=shown(word))
    if numbers:
        raise CellError("ed.series_no_day")
    return sorted(set(found), key=lambda pair: (WEEKDAYS.index(pair[1]), pair[0]))


def text(schedules: Sequence[Schedule]) -> str:
    """All series, a line each."""
    return "\n".join(map(line, schedules))


def single(typed: str, today: date) -> Schedule:
    """One day with its hours, to which a date moves. Raises CellError."""
    found = parse(typed, today)
    if len(found) != 1 or found[0].freq != "ONCE":
        raise CellError("ed.series_one_day")
    if found[0].valid_from < today or found[0].valid_from > today + timedelta(days=400):
        raise CellError("import.bad_date", value=f"{found[0].valid_from:%d.%m.%Y}")
    return found[0]
