"""LibreTranslate's HTTP API behind the protocol of `translation`: a translator on a machine of the district's own."""

from http import HTTPStatus

import httpx

from i18n.translation import RefusedError, TranslationError


class LibreTranslator:
    """Asks `POST {url}/translate`. Which languages it speaks depends on its models: one it lacks is a TranslationError."""

    def __init__(self, url: str, api_key: str = "", *, client: httpx.AsyncClient | None = None) -> None:
        self._url = f"{url.rstrip('/')}/translate"
        self._key = api_key
        self._client = client or httpx.AsyncClient(timeout=30.0)

    async def translate(self, text: str, source: str, target: str) -> str:
        """Raises RefusedError when it is asked too often, TranslationError for everything else that is no translation."""
        asked = {"q": text, "source": source, "target": target, "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        try:
            response = await self._client.post(self._url, json=asked)
        except httpx.HTTPError as error:
            raise TranslationError(f"no answer ({type(error).__name__})") from None
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise RefusedError("asked too often")
        if response.status_code != HTTPStatus.OK:
            raise TranslationError(f"status {response.status_code}")
        try:
            said = response.json()["translatedText"]
        except (ValueError, KeyError, TypeError):
            raise TranslationError("an answer that is no translation") from None
        if not isinstance(said, str) or not said.strip():
            raise TranslationError("an empty answer")
        return said

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
