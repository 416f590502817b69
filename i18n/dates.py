"""Dates, times and lists as people of each language write them; always Gregorian, always with the weekday."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from i18n.bidi import left_to_right, strip_controls
from i18n.languages import FALLBACK, LANGUAGES
from i18n.messages import words

BERLIN = ZoneInfo("Europe/Berlin")
_WORD_JOINER = "\u2060"
_DAYS = 4096
"""So many days are kept as they are written: a list says a few of them again and again."""


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(LANGUAGES.get(language, LANGUAGES[FALLBACK]).locale)


@lru_cache(_DAYS)
def day(value: date, language: str) -> str:
    """Weekday, day and month, with the year: `Mittwoch, 3. Februar 2027`. Digits stay those of German papers."""
    return _western(format_date(value, _DAY_PATTERNS.get(language, "full"), locale=_locale(language)))


@lru_cache(_DAYS)
def short_day(value: date, language: str) -> str:
    """Short weekday, day and month: `Mi., 3. Feb.`"""
    if language in _FULL_WORDS:
        return _western(format_date(value, "EEEE d MMMM", locale=_locale(language)))
    at_midnight = datetime(value.year, value.month, value.day, tzinfo=BERLIN)
    return _western(format_skeleton("MMMEd", at_midnight, tzinfo=BERLIN, locale=_locale(language)))


def month(value: date, language: str) -> str:
    """Month and year: `Februar 2027`."""
    at_midnight = datetime(value.year, value.month, value.day, tzinfo=BERLIN)
    return _western(format_skeleton("yMMMM", at_midnight, tzinfo=BERLIN, locale=_locale(language)))


def clock(value: time) -> str:
    """A time as it stands on German papers and clocks, in all languages: `14:05`."""
    return left_to_right(f"{value:%H:%M}")


def hours(begins: str, ends: str) -> str:
    """From and to, `08:00-12:00`, which no line end parts; one alone where the other is empty."""
    return left_to_right(f"-{_WORD_JOINER}".join(part for part in (begins, ends) if part))


def moment(value: datetime, language: str) -> str:
    """Day and time in Berlin of an aware point in time."""
    local = value.astimezone(BERLIN)
    return f"{day(local.date(), language)}, {spoken_clock(local.time(), language)}"


def spoken_clock(value: time, language: str) -> str:
    """A time as on German papers; where clocks begin at sunrise, with the part of the day: `10:00 (morning)`."""
    if language not in _SUNRISE_CLOCKS:
        return clock(value)
    part = next(name for until, name in _PARTS if value.hour < until)
    return f"{clock(value)} ({words(language).plain('daypart.' + part)})"


def weekdays(codes: Sequence[str], language: str) -> str:
    """`MO`, `WE` … as a list of short names in the language."""
    names = get_day_names("wide" if language in _FULL_WORDS else "abbreviated", locale=_locale(language))
    order = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    return format_list([names[order.index(code)] for code in codes], locale=_locale(language))


def listed(items: Sequence[str], language: str) -> str:
    """`a, b and c` in the language."""
    return format_list(list(items), locale=_locale(language))


def euros(amount: float, language: str) -> str:
    """An amount of money as it stands on German price tags, with the decimal sign of the language: `60,00 €`."""
    number = format_decimal(amount, "#,##0.00", locale=_locale(language))
    return left_to_right(f"{strip_controls(_western(number))}\u00a0€")


# At 10:00 in Germany a clock in Asmara or Addis Ababa, set to begin at sunrise, shows four.
_SUNRISE_CLOCKS = frozenset({"ti", "am"})
_PARTS = ((5, "night"), (11, "morning"), (14, "midday"), (18, "afternoon"), (22, "evening"), (24, "night"))

# Persian has no short months and days; those of the others are cut so that nobody reads them (Kurmanji "brfê", Somali "Tldo").
_FULL_WORDS = frozenset({"fa", "ps", "kmr", "so", "ti", "am"})
# Babel's full pattern for these begins with the year or puts it between weekday and month.
_DAY_PATTERNS = {"ps": "EEEE، d MMMM y", "ckb": "EEEE، d'ی' MMMM'ی' y"}
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def _western(text: str) -> str:
    """German letters, tickets and doors carry Western digits and the Gregorian year: people must recognise them."""
    return text.translate(_DIGITS)
