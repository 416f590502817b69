"""What is pushed: that there is news, and not a word more; the text opens after a tap."""

from collections.abc import Mapping

from bot.screens import Button, PushView, Screen, tap
from i18n.messages import Words


def _push(name: str, route: str, *, of: str = "push.") -> PushView:
    def view(words: Words, ref: str) -> Screen:
        return Screen(words(of + name), [[tap(words.plain("push.open"), route, ref)]])

    return view


def _closed(words: Words, opens: str) -> Screen:
    """What stands in place of details that were open long enough."""
    return Screen(words("closed.text"), [[Button(words.plain("push.open"), data=opens)]], edit=True)


PUSH_VIEWS: Mapping[str, PushView] = {
    "reminder": _push("reminder", "remember"),
    "again": _push("again", "remember"),
    "news": _push("news", "news"),
    "answer": _push("answer", "answer"),
    "appointment": _push("appointment", "appt"),
    "milestone": _push("milestone", "goal"),
    "agreement": _push("milestone", "agree"),
    "shared": _push("appointment", "seen"),
    "offer_date": _push("offer_date", "date"),
    "day": _push("day", "day"),
    "message": _push("message", "msg"),
    "consent": _push("message", "consent"),
    "restriction": _push("message", "restrict"),
    "suggestion": _push("suggestion", "placed"),
    "settled": _push("settled", "offer"),
    "feedback": _push("push", "fb", of="feedback."),
    "saved": _push("suggestion", "ss.news"),
    "draft": _push("news", "ed"),
    "meeting": _push("offer_date", "mt"),
    "review": _push("push", "fr", of="fr."),
    "closed": _closed,
}
