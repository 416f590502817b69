"""What a route of the desk is; the tables of routes are in `desk/pages`, in the order of the navigation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from desk.turn import Handler, Turn
from people.types import Permission


@dataclass(frozen=True)
class DeskRoute:
    """One way into the desk: a method and a path; what its ids point at is checked by the services.

    `permission` None is a page for people who are not signed in. `passive` requests come from the page by itself and do not
    keep a session awake. `largest` is the most bytes that a form may have. `prepare` runs first, in a transaction that only reads:
    what is slow there holds nobody up. `writes` is for the rare GET that changes something.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission | None
    what: str
    passive: bool = False
    largest: int = 256 * 1024
    prepare: Callable[[Turn], Awaitable[None]] | None = None
    writes: bool = False

    @property
    def name(self) -> str:
        """How the rights matrix lists it."""
        return f"{self.method} {self.path}"
