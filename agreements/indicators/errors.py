"""What can go wrong with a goal of the roadmap that two people write."""

from collections.abc import Collection, Mapping

from people.errors import DomainError


class GoalClashError(DomainError):
    """Somebody else has changed fields meanwhile that a form changes as well: `fields`; `there` is the goal as it stands now."""

    key = "desk.offer.clash"

    def __init__(self, fields: Collection[str], there: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = frozenset(fields)
        self.there = dict(there)


class GoalGoneError(DomainError):
    """Somebody else has taken the goal out meanwhile."""

    key = "desk.roadmap.gone"
