"""Machine translation behind one protocol: what a back end must do, what may go wrong, and how politely it is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiolimiter import AsyncLimiter

from i18n.breaker import Breaker


class TranslationError(Exception):
    """There is no translation; the text names the reason, never what was to be translated."""


class RefusedError(TranslationError):
    """The service does not want to be asked so often, or not for this."""


class Translator(Protocol):
    """One text into one language. Raises TranslationError; may take as long as it likes, whoever asks sets the limit."""

    async def translate(self, text: str, source: str, target: str) -> str:
        """`source` and `target` are BCP 47 tags as i18n.languages has them."""

    async def close(self) -> None:
        """Let go of connections."""


class Polite:
    """A back end asked with a time limit, one more try after a pause, no faster than agreed, and not at all while it is down."""

    def __init__(
        self,
        inner: Translator,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: float = 10.0,
        per_minute: float = 60.0,
        pause: float = 2.0,
        breaker: Breaker | None = None,
    ) -> None:
        """`timeout` and `pause` in seconds; `pause` comes before the second try, ten times as long after a refusal."""
        self._inner = inner
        self._sleep = sleep
        self._timeout = timeout
        self._pause = pause
        self._limiter = AsyncLimiter(1, 60.0 / per_minute)
        self.breaker = breaker or Breaker(monotonic, limit=4, pause=300.0)

    async def translate(self, text: str, source: str, target: str) -> str:
        """Raises TranslationError, at once while the breaker is open."""
        if not self.breaker.admits():
            raise TranslationError("the translation service does not answer; it is asked again later")
        try:
            said = await self._twice(text, source, target)
        except TranslationError:
            self.breaker.failed()
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self.breaker.succeeded()
        return said

    async def close(self) -> None:
        await self._inner.close()

    async def _twice(self, text: str, source: str, target: str) -> str:
        try:
            return await self._once(text, source, target)
        except RefusedError:
            await self._sleep(10 * self._pause)
        except TranslationError:
            await self._sleep(self._pause)
        return await self._once(text, source, target)

    async def _once(self, text: str, source: str, target: str) -> str:
        await self._limiter.acquire()
        try:
            async with asyncio.timeout(self._timeout):
                return await self._inner.translate(text, source, target)
        except TimeoutError:
            raise TranslationError("the translation service took too long") from None
