"""Interface texts: gettext catalogues with symbolic ids, rendered in one language; no text is written here."""

import gettext
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from i18n import catalogues
from i18n.bidi import isolate
from i18n.languages import FALLBACK, LANGUAGES


@dataclass(frozen=True)
class Message:
    """A sentence that is not rendered yet: its id in the catalogues and what fills its slots."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)


class UnknownMessageError(KeyError):
    """No catalogue has this id."""


@cache
def _translations(language: str) -> gettext.GNUTranslations:
    with catalogues.path(language).open("rb") as file:
        catalog = read_po(file, locale=LANGUAGES[language].locale)
    binary = io.BytesIO()
    write_mo(binary, catalog)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


class Words:
    """The catalogues, spoken in one language.

    `words("menu.title", name=…)` is HTML with every value escaped and isolated (U+2068 … U+2069), so that German names and numbers keep their order inside right-to-left text;
    `words.plain(…)` is the same without markup, for buttons and file names. A missing id raises UnknownMessageError; one missing in this language alone comes in English.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else FALLBACK

    def __call__(self, key: str, **params: Any) -> Markup:
        if not params:
            return _said(self.language, key)
        return _markup(self._template(key, params)).format(
            **{name: _isolated(value) for name, value in params.items()}
        )

    def plain(self, key: str, **params: Any) -> str:
        """The text without markup."""
        return self._template(key, params).format(
            **{name: _isolated(value) for name, value in params.items()}
        )

    def render(self, message: Message) -> Markup:
        """A message that another folder returned or raised; a param that is itself a Message is rendered too."""
        values = {
            k: self.plain(v.key, **v.params) if isinstance(v, Message) else v
            for k, v in message.params.items()
        }
        return self(message.key, **values)

    def has(self, key: str) -> bool:
        """Whether any catalogue knows this id."""
        return _lookup(_translations(FALLBACK), key, None) is not None

    def _template(self, key: str, params: dict[str, Any]) -> str:
        count = params.get("count")
        return _found(self.language, key, count if isinstance(count, int) else None)


@cache
def _said(language: str, key: str) -> Markup:
    """A text without slots: a page says some of them hundreds of times. There are as many as the catalogues have, since others raise."""
    return _markup(_found(language, key, None)).format()


def _markup(template: str) -> Markup:
    text = template.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(text)  # noqa: S704 -- escaped on the line before; Markup.format escapes the values


def _found(language: str, key: str, count: int | None) -> str:
    for spoken in (language, FALLBACK):
        found = _lookup(_translations(spoken), key, count)
        if found is not None:
            return found
    raise UnknownMessageError(key)


def _lookup(catalogue: gettext.GNUTranslations, key: str, count: int | None) -> str | None:
    lookup: Callable[[], str] = (
        (lambda: catalogue.ngettext(key, key, count))
        if count is not None
        else (lambda: catalogue.gettext(key))
    )
    text = lookup()
    if text == key and count is not None:
        text = catalogue.gettext(key)
    return None if text in (key, "") else text


def _isolated(value: Any) -> Any:
    return isolate(value) if isinstance(value, str) else value


@cache
def words(language: str) -> Words:
    """The catalogues in this language, English where it is not spoken."""
    return Words(language)


_COMMA = re.compile(r"\s*[,،፣]\s*")


@cache
def listed(key: str, languages: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The words of a text that is a list with commas, without repetitions: what people type, not what they read.

    Of these languages, or of every one there is: people mix them.
    """
    said = (_own(language, key) for language in languages or LANGUAGES)
    return tuple(dict.fromkeys(word for text in said for word in _COMMA.split(text.strip()) if word))


def _own(language: str, key: str) -> str:
    """What this language itself says, nothing where it says nothing."""
    return _lookup(_translations(language), key, None) or ""
