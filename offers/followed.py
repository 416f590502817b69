"""Up to where something that is held in memory follows the catalogue, in however many processes it is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.engine import Transaction
from offers.repository import OffersRepository, Seen

MOST_CHANGES = 500
"""After more changes than this all is read anew."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_BACK = timedelta(minutes=10)
"""So long may the import of a large catalogue take, all of which is written as of its begin."""


@dataclass(frozen=True)
class Followed:
    """What had changed since a time when it was looked at, and in which offers; `ids` may be more than MOST_CHANGES."""

    since: datetime
    seen: tuple[Seen, Seen]
    ids: frozenset[str]


async def follow(repository: OffersRepository, tx: Transaction, seen: tuple[Seen, Seen]) -> Followed:
    """Where to look from next time: a little back, since what was written earlier may be committed later.

    It is the newest change of all that counts, an offer's or a text's: after a night in which everything was translated at once, each
    change of an offer would read all of it again, for as long as no text changes.
    """
    newest = max((moment for moment, *_ in seen if moment), default=None)
    since = newest - _LOOK_BACK if newest else EVER
    ids = await repository.changed(tx, since, MOST_CHANGES)
    return Followed(since, await repository.changes(tx, since), ids)
