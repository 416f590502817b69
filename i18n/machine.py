"""googletrans behind the protocol of `translation`; the only place that imports it. Public catalogue texts only."""

import asyncio
from types import MappingProxyType

import httpx
from googletrans import LANGUAGES as KNOWN
from googletrans import Translator as Library

from i18n.translation import RefusedError, TranslationError

# Google speaks Tigrinya and Sorani; the library's own table is older.
KNOWN.setdefault("ti", "tigrinya")
KNOWN.setdefault("ckb", "kurdish (sorani)")
_TAGS = MappingProxyType({"kmr": "ku"})
_TOO_MANY = 429
_OK = 200


class GoogleTranslator:
    """Asks the service at `host` (`translate.google.com`, or a server of one's own) in a thread: the library is synchronous.

    A call that the asker gave up goes on in its thread until the library's own time limit.
    """

    def __init__(
        self, host: str = "translate.google.com", *, timeout: float = 10.0, client: httpx.Client | None = None
    ) -> None:
        self._library = Library(service_urls=[host], timeout=httpx.Timeout(timeout), http2=False)
        if client is not None:
            self._library.client.close()
            self._library.client = client
        self._library.client.event_hooks = {"response": [_look]}

    async def translate(self, text: str, source: str, target: str) -> str:
        """Raises RefusedError when it is asked too often, TranslationError for everything else that is no translation."""
        return await asyncio.to_thread(self._ask, text, _TAGS.get(source, source), _TAGS.get(target, target))

    async def close(self) -> None:
        """Let go of connections."""
        self._library.client.close()

    def _ask(self, text: str, source: str, target: str) -> str:
        try:
            said = self._library.translate(text, dest=target, src=source).text
        except TranslationError:
            raise
        except httpx.HTTPError as error:
            raise TranslationError(f"no answer ({type(error).__name__})") from None
        except Exception as error:  # noqa: BLE001 -- the library stumbles over every answer it does not expect
            raise TranslationError(f"an answer that is no translation ({type(error).__name__})") from None
        if not isinstance(said, str) or not said.strip():
            raise TranslationError("an empty answer")
        return said


def _look(response: httpx.Response) -> None:
    """The library reads whatever comes, also with a status of refusal."""
    if response.status_code == _TOO_MANY:
        raise RefusedError("asked too often")
    if response.status_code != _OK:
        raise TranslationError(f"status {response.status_code}")
