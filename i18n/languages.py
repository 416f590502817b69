"""The languages of Lotse and what is true of each; a new language is one line here, one catalogue and one folder of nlu data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from babel import Locale

SOURCE = "de"
"""Catalogue texts are written in it."""
FALLBACK = "en"
"""Spoken where a person's language is not known yet."""


@dataclass(frozen=True)
class Language:
    """A language: BCP 47 tag, its name in itself, Babel's locale, and the two-letter codes Telegram sends for it."""

    tag: str
    name: str
    locale: str
    right_to_left: bool = False
    telegram: tuple[str, ...] = ()


_ALL = (
    Language("de", "Deutsch", "de_DE", telegram=("de",)),
    Language("en", "English", "en_GB", telegram=("en",)),
    Language("fr", "Français", "fr_FR", telegram=("fr",)),
    Language("ar", "العربية", "ar_EG", right_to_left=True, telegram=("ar",)),
    Language("fa", "دری / فارسی", "fa_AF", right_to_left=True, telegram=("fa",)),
    Language("ps", "پښتو", "ps_AF", right_to_left=True, telegram=("ps",)),
    Language("ur", "اردو", "ur_PK", right_to_left=True, telegram=("ur",)),
    Language("ckb", "کوردیی ناوەندی (سۆرانی)", "ckb_IQ", right_to_left=True),
    Language("kmr", "Kurmancî", "ku_TR", telegram=("ku",)),
    Language("tr", "Türkçe", "tr_TR", telegram=("tr",)),
    Language("ti", "ትግርኛ", "ti_ER", telegram=("ti",)),
    Language("am", "አማርኛ", "am_ET", telegram=("am",)),
    Language("so", "Soomaali", "so_SO", telegram=("so",)),
    Language("ru", "Русский", "ru_RU", telegram=("ru",)),
    Language("uk", "Українська", "uk_UA", telegram=("uk",)),
)

LANGUAGES: Mapping[str, Language] = MappingProxyType({language.tag: language for language in _ALL})
"""Every language that is spoken, by tag, in the order in which it is offered."""


def from_telegram(code: str | None) -> str | None:
    """The language for Telegram's language_code (an IETF tag such as `pt-br`), or None."""
    base = (code or "").lower().partition("-")[0]
    return next((language.tag for language in _ALL if base in language.telegram), None)


def known(tag: str) -> bool:
    """Whether this is the tag of a language that is spoken."""
    return tag in LANGUAGES


@lru_cache(1024)
def name_in(tag: str, reader: str) -> str:
    """A language's name in the language of the reader: `Arabisch`."""
    found = Locale.parse(LANGUAGES[reader].locale).languages.get(tag)
    return str(found or (LANGUAGES[tag].name if tag in LANGUAGES else tag))
