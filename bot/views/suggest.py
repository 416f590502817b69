"""Questions for suggesting an offer, one a screen, and the check before it is sent."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.screens import Screen, tap
from bot.views.parts import bold, in_rows, lines, with_home
from i18n.bidi import isolate
from i18n.messages import Message, Words
from offers import kinds, places
from offers.facts import PICTOGRAMS, TOPICS

_QUESTION = {
    "topic": "filter.topic",
    "what": "filter.topic",
    "place": "filter.place",
    "check": "meeting.ask.check",
}
_PER_ROW = {"topic": 2, "place": 2}


def step_screen(
    words: Words, step: str, data: Mapping[str, Any], *, message: Message | None = None
) -> Screen:
    """The question of a step; the check shows all answers."""
    answers = (tap(label, "sg.set", step, code) for label, code in _answers(words, step, data))
    rows = in_rows(answers, _PER_ROW.get(step, 1))
    if step == "check":
        rows = [[tap(words.plain("suggest.send"), "sg.send")]]
    text = lines(
        Markup("⚠️ {}").format(words.render(message)) if message else None,
        *(_told(words, data) if step == "check" else ()),
        bold(words(_QUESTION.get(step, f"suggest.ask.{step}"))),
    )
    way_out = [tap(words.plain("helper.cancel"), "sg.stop")]
    if data:
        way_out.insert(0, tap(words.plain("button.back"), "sg.back"))
    return Screen(text, [*rows, way_out], edit=message is None)


def sent_screen(words: Words) -> Screen:
    """It is with a coordinator."""
    return Screen(
        words("suggest.sent"), with_home(words, [[tap(words.plain("button.back"), "vo")]]), edit=True
    )


def _answers(words: Words, step: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What can be tapped, with what the tap sends."""
    match step:
        case "topic":
            return [(f"{icon} {words.plain('topic.' + topic)}", topic) for topic, icon in TOPICS]
        case "what":
            some = (kind for kind in kinds.load().values() if kind.topic == data["topic"])
            return [(words.plain("kind." + kind.id), kind.id) for kind in some]
        case "place":
            return [(name, str(at)) for at, name in enumerate(places.load().names)]
        case "when":
            return [(words.plain("helper.skip"), "none")]
    return []


def _told(words: Words, data: Mapping[str, Any]) -> list[Markup | str]:
    kind = kinds.load()[str(data["what"])]
    when = str(data["when"])
    return [
        Markup("{} <b>{}</b>").format(PICTOGRAMS.get(kind.topic, "•"), isolate(str(data["name"]))),
        words("kind." + kind.id),
        Markup("📍 {}").format(isolate(str(data["place"]))),
        *([Markup("🕒 {}").format(isolate(when))] if when else []),
        "",
    ]
