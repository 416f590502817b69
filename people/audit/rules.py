"""What a row is bound by, and how a chain is checked: pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from people.audit.types import Anchor, Break, End, Fault, Row

MOST_BREAKS = 20
Link = Callable[[str, int], str | None]
"""From a text and the id of a key to what binds it; None without that key."""


def said(row: Row, before: str) -> str:
    """Everything that a row says, and the link of the row before."""
    change = "change" if row.change else "read"
    words = (before, row.seq, row.at.isoformat(), row.actor_hash, row.acted_as.value, row.case_hash)
    return "\n".join(map(str, (*words, row.part.value, change, row.key_id)))


def end_said(end: End) -> str:
    """What the proof of an end of the chain is made of."""
    return f"{end.name}\n{end.seq}\n{end.link}\n{end.key_id}"


@dataclass
class Check:
    """Follows a chain row by row; `start` and `head` are its ends as stored, `anchor` an end that is known from elsewhere."""

    link: Link
    start: End | None
    head: End | None
    anchor: Anchor | None = None
    rows: int = 0
    breaks: list[Break] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seq, self._before = (self.start.seq, self.start.link) if self.start else (0, "")
        if self.start is not None and not self._proved(self.start):
            self._found(self.start.seq, Fault.START)

    def row(self, row: Row) -> None:
        """The next row, by number."""
        self.rows += 1
        gap = row.seq != self._seq + 1
        if gap:
            self._found(row.seq, Fault.MISSING)
        wanted = self.link(said(row, self._before), row.key_id)
        if wanted is None:
            self._found(row.seq, Fault.KEY)
        elif wanted != row.link and not gap:
            # After a gap it is not known what the row was bound to.
            self._found(row.seq, Fault.CHANGED)
        if self.anchor is not None and self.anchor.seq == row.seq and self.anchor.link != row.link:
            self._found(row.seq, Fault.CHANGED)
        self._seq, self._before = row.seq, row.link

    def end(self) -> Iterator[Break]:
        """There is no row after; yields every break, by number."""
        head = self.head
        if head is None:
            cut = self._seq > 0
        else:
            cut = (head.seq, head.link) != (self._seq, self._before) or not self._proved(head)
        if cut or (self.anchor is not None and self.anchor.seq > self._seq):
            self._found(self._seq, Fault.CUT)
        yield from self.breaks

    def _proved(self, end: End) -> bool:
        return self.link(end_said(end), end.key_id) == end.proof

    def _found(self, seq: int, fault: Fault) -> None:
        if len(self.breaks) < MOST_BREAKS and Break(seq, fault) not in self.breaks:
            self.breaks.append(Break(seq, fault))
