"""Phrases in forms: which can be chosen, which slots the chosen one has, and what was filled in."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from desk.turn import Turn
from i18n import phrases
from i18n.messages import Words
from i18n.phrases import OFFICES, PAPERS, PHRASES, Category, PhraseError, SlotKind
from offers import places

_SAMPLE = {
    SlotKind.DATE: date(2027, 2, 3).isoformat(),
    SlotKind.TIME: "10:00",
    SlotKind.PLACE: "Haar",
    SlotKind.PAPER: PAPERS[0],
    SlotKind.OFFICE: OFFICES[0],
    SlotKind.OFFER: "Deutschkurs A1",
}


def options(words: Words, *categories: Category) -> list[tuple[str, str]]:
    """Phrases to choose from, as the coordinator reads them; what fills a slot is shown as an example's gap."""
    found = [phrase for category in categories for phrase in phrases.of_category(category)]
    return [(phrase.id, _gaps(words, phrase)) for phrase in found]


def _gaps(words: Words, phrase: phrases.Phrase) -> str:
    return words.plain(phrase.key, **{kind.value: "…" for kind in phrase.slots})


def filled(turn: Turn, phrase_id: str) -> dict[str, str]:
    """The slots of a phrase from the form; what the phrase does not have is left out."""
    found = PHRASES.get(phrase_id)
    return {kind.value: turn.typed(f"slot_{kind.value}").strip() for kind in found.slots} if found else {}


def asked(turn: Turn, phrase_id: str) -> dict[str, str]:
    """The same from the address, for a preview; an empty or wrong slot shows an example instead."""
    found = PHRASES.get(phrase_id)
    if found is None:
        return {}
    given = {kind: turn.query(f"slot_{kind.value}").strip() for kind in found.slots}
    return {kind.value: value if _fits(kind, value) else _SAMPLE[kind] for kind, value in given.items()}


def _fits(kind: SlotKind, value: str) -> bool:
    try:
        phrases.checked_slot(kind, value)
    except PhraseError:
        return False
    return True


def fields_of(words: Words, phrase_id: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What `slots.html` shows: the fields of a phrase, filled in with what is `given` under `slot_<kind>`."""
    found = PHRASES.get(phrase_id)
    return {
        "kinds": [kind.value for kind in found.slots] if found else [],
        "given": {f"slot_{kind.value}": given.get(f"slot_{kind.value}", "") for kind in SlotKind},
        "papers": [(paper, words.plain("paper." + paper)) for paper in PAPERS],
        "offices": [(office, words.plain("office." + office)) for office in OFFICES],
        "places": place_names(),
    }


def place_names() -> list[str]:
    """The places of the district."""
    return list(places.load().names)


def wall_time(day: str, clock: str) -> datetime | None:
    """A day and a time of a form as a wall time, None where they are none."""
    try:
        return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        return None
