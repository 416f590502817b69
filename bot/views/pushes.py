"""What is pushed: that there is news, and not a word more; the text opens after a tap."""

from collections.abc import Mapping

from bot.screens import Button, PushView, Screen, tap
from i18n.messages import Words


def _push(key: str, route: str) -> PushView:
    def view(words: Words, ref: str) -> Screen:
        return Screen(words(key), [[tap(words.plain("push.open"), route, ref)]])

    return view


def _closed(words: Words, opens: str) -> Screen:
    """What stands in place of details that were open long enough."""
    return Screen(words("closed.text"), [[Button(words.plain("push.open"), data=opens)]], edit=True)


PUSH_VIEWS: Mapping[str, PushView] = {
    "reminder": _push("push.reminder", "remember"),
    "again": _push("push.again", "remember"),
    "news": _push("push.news", "news"),
    "answer": _push("push.answer", "answer"),
    "appointment": _push("push.appointment", "appt"),
    "milestone": _push("push.milestone", "goal"),
    "agreement": _push("push.milestone", "agree"),
    "shared": _push("push.appointment", "seen"),
    "offer_date": _push("push.offer_date", "date"),
    "day": _push("push.day", "day"),
    "message": _push("push.message", "msg"),
    "consent": _push("push.message", "consent"),
    "restriction": _push("push.message", "restrict"),
    "suggestion": _push("push.suggestion", "placed"),
    "settled": _push("push.settled", "offer"),
    "feedback": _push("feedback.push", "fb"),
    "saved": _push("push.suggestion", "ss.news"),
    "draft": _push("push.news", "ed"),
    "meeting": _push("push.offer_date", "mt"),
    "review": _push("fr.push", "fr"),
    "closed": _closed,
}
