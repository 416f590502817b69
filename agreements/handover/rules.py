"""When a consent holds, and what it says: pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from agreements.handover.types import Consent, Part, State

VERSION = "1"
"""Of the text that is read before the answer; a test holds on to each version's words."""
SAID: Mapping[Part, str] = {
    Part.PERSON: "consent.part.person",
    Part.EDUCATION: "consent.part.education",
    Part.WORK: "consent.part.work",
    Part.AGREEMENT: "own.goals_title",
    Part.APPOINTMENTS: "own.appointments_title",
    Part.PLACEMENTS: "consent.part.placements",
}
"""How each part is called, to clients and staff alike."""
TEXT = ("consent.ask", *SAID.values(), "consent.why", "consent.free")
"""Every sentence of the text that is read."""
ASKED_FOR = timedelta(days=30)
VALID_FOR = timedelta(days=183)


def chosen(names: Iterable[str]) -> tuple[Part, ...]:
    """Parts by their names, in their order, with what always goes; unknown names are left out."""
    wanted = {Part.PERSON.value, *names}
    return tuple(part for part in Part if part.value in wanted)


def state(consent: Consent, now: datetime) -> State:
    """Where a consent stands."""
    if consent.revoked_at is not None:
        return State.REVOKED
    if consent.said is None or consent.answered_at is None:
        return State.ASKED if now - consent.asked_at < ASKED_FOR else State.LAPSED
    if not consent.said:
        return State.REFUSED
    return State.VALID if now - consent.answered_at < VALID_FOR else State.OLD


def standing(consent: Consent, counting: Consent | None, now: datetime) -> State:
    """Where a consent stands beside the one that counts: a yes that was followed by another answer holds no more."""
    found = state(consent, now)
    return State.OLD if found is State.VALID and consent != counting else found


def valid(consents: Sequence[Consent], now: datetime) -> Consent | None:
    """The consent on which something may go now. What was said last counts: after a no or a revocation there is none."""
    said_yes = [(c.answered_at, c) for c in consents if c.said and c.answered_at is not None]
    if not said_yes:
        return None
    at, newest = max(said_yes, key=lambda pair: pair[0])
    no = said_no_at(consents)
    overruled = no is not None and no >= at
    return newest if not overruled and state(newest, now) is State.VALID else None


def said_no_at(consents: Iterable[Consent]) -> datetime | None:
    """When a no was said or a yes taken back last; None where neither ever was."""
    refused = [c.answered_at for c in consents if c.said is False and c.answered_at is not None]
    revoked = [c.revoked_at for c in consents if c.revoked_at is not None]
    return max([*refused, *revoked], default=None)
