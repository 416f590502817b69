"""Up to where something that is held in memory follows the catalogue, in however many processes it is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.engine import Transaction
from offers.repository import OffersRepository, Seen, Since

MOST_CHANGES = 500
"""After more changes than this all is read anew."""
EVER: Since = (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))
_LOOK_BACK = timedelta(minutes=1)


@dataclass(frozen=True)
class Followed:
    """What had changed since a time when it was looked at, and in which offers; `ids` may be more than MOST_CHANGES."""

    since: Since
    seen: tuple[Seen, Seen]
    ids: frozenset[str]


async def follow(repository: OffersRepository, tx: Transaction, seen: tuple[Seen, Seen]) -> Followed:
    """Where to look from next time: a little back, since what was written earlier may be committed later."""
    since = (_before(seen[0][0]), _before(seen[1][0]))
    ids = await repository.changed(tx, since, MOST_CHANGES)
    return Followed(since, await repository.changes(tx, since), ids)


def _before(moment: datetime | None) -> datetime:
    return moment - _LOOK_BACK if moment else EVER[0]
