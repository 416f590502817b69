"""Which answers of the phrase book fit what a client asks for, and those with which something comes true: pure functions."""

from collections.abc import Mapping

from agreements.rules import FINAL
from agreements.types import HelpReason, RequestKind, RequestLine
from i18n import phrases

EXTENDED, WELL_DONE = "extended", "you_did_well"
MOVED_OK, CANCELLED_OK, STAYS = "appointment_moved_ok", "appointment_cancelled_ok", "appointment_stays"

_BY_KIND: Mapping[RequestKind, tuple[str, ...]] = {
    RequestKind.HELP: (),
    RequestKind.TALK: ("i_will_call_you", "i_will_call_you_on", "come_to_my_office", "i_come_to_you"),
    RequestKind.WISH: (
        "i_register_you",
        "course_is_full",
        "register_yourself_there",
        "costs_are_covered",
        "childcare_is_possible",
    ),
    RequestKind.CANCEL_APPOINTMENT: (CANCELLED_OK, STAYS),
    RequestKind.MORE_TIME: (EXTENDED, "take_your_time", "please_write_when_you_are_ready"),
    RequestKind.CHANGE: ("we_talk_next_time", "come_to_my_office", "i_will_call_you_on"),
    RequestKind.YES: ("i_register_you", "come_to_my_office", "we_talk_next_time"),
    RequestKind.NO: ("your_decision", "no_disadvantage", "take_your_time"),
    RequestKind.DONE: ("bring_this_paper", "we_talk_next_time"),
}
_BY_REASON: Mapping[HelpReason, tuple[str, ...]] = {
    HelpReason.PAPER: ("bring_letter", "bring_this_paper", "i_ask_the_office", "see_counselling"),
    HelpReason.LANGUAGE: ("interpreter_comes", "i_come_to_you"),
    HelpReason.CHILDCARE: ("i_look_for_childcare", "childcare_is_possible"),
    HelpReason.MONEY: ("costs_are_covered", "see_counselling", "i_ask_the_office"),
    HelpReason.TIME: (EXTENDED, "take_your_time"),
    HelpReason.ILLNESS: ("get_well_soon", EXTENDED),
    HelpReason.DONT_UNDERSTAND: ("come_to_my_office", "i_come_to_you"),
    HelpReason.OTHER: (),
}
_ALWAYS = ("i_will_call_you", "come_to_my_office", "i_will_call_you_on", "i_come_to_you", "i_ask_the_office")
_ABOUT_APPOINTMENTS = frozenset({MOVED_OK, CANCELLED_OK, STAYS})
EFFECTS = frozenset({EXTENDED, CANCELLED_OK, STAYS})
"""Answers with which something comes true, not only said."""


def answers_for(line: RequestLine) -> tuple[str, ...]:
    """Every answer that fits a request, those that fit best first."""
    request = line.request
    reasons = _BY_REASON[request.reason] if request.reason else ()
    book = tuple(phrase.id for category in phrases.SAYINGS for phrase in phrases.of_category(category))
    ordered = dict.fromkeys((*_BY_KIND[request.kind], *reasons, *_ALWAYS, *book))
    return tuple(phrase for phrase in ordered if _fits(phrase, line))


def _fits(phrase_id: str, line: RequestLine) -> bool:
    if phrase_id == EXTENDED:
        return line.milestone is not None and line.milestone.status not in FINAL
    if phrase_id in _ABOUT_APPOINTMENTS:
        return line.appointment is not None
    if phrases.SlotKind.OFFER in phrases.PHRASES[phrase_id].slots:
        return (line.request.offer_id or (line.milestone and line.milestone.offer_id)) is not None
    # Who reports something as done hears this once it is confirmed.
    return not (phrase_id == WELL_DONE and line.request.kind is RequestKind.DONE)
