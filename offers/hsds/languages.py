"""Languages as other directories write them, by code of ISO 639 or by name, as ours."""

from functools import cache

from babel import Locale

from i18n.languages import LANGUAGES
from offers.hsds.fields import items, text
from offers.hsds.terms import Json
from offers.types import LANGUAGE_CODES

_THREE = {
    "deu": "de", "ger": "de", "eng": "en", "fra": "fr", "fre": "fr", "ara": "ar", "arb": "ar", "prs": "fa", "fas": "fa",
    "per": "fa", "pes": "fa", "pus": "ps", "urd": "ur", "tir": "ti", "amh": "am", "som": "so", "tur": "tr", "rus": "ru",
    "ukr": "uk", "kur": "kmr", "ku": "kmr",
}  # fmt: skip
_NAMES = {"farsi": "fa", "kurmandschi": "kmr", "kurmanji": "kmr", "sorani": "ckb", "paschto": "ps"}
"""Beside what Babel calls them."""


def spoken(holder: Json) -> str:
    """The languages of a service or a location that Lotse knows, as a cell of ours."""
    found = dict.fromkeys(_code(one) for one in items(holder, "languages"))
    return ",".join(code for code in found if code)


def _code(language: Json) -> str:
    said = text(language, "code").casefold().replace("_", "-").partition("-")[0]
    code = _THREE.get(said, said)
    return code if code in LANGUAGE_CODES else _by_name(text(language, "name") or text(language, "code"))


def _by_name(said: str) -> str:
    return _names().get(said.casefold(), "")


@cache
def _names() -> dict[str, str]:
    """Names in German, English and themselves."""
    found = dict(_NAMES)
    for locale in (Locale("de"), Locale("en")):
        for tag, name in locale.languages.items():
            base = tag.partition("_")[0]
            code = _THREE.get(base, base)
            if code in LANGUAGE_CODES:
                found.setdefault(name.casefold(), code)
    return found | {language.name.casefold(): tag for tag, language in LANGUAGES.items()}
