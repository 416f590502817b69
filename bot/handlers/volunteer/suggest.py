"""Suggesting an offer: five short questions, each with a way back; it lands as a draft with a coordinator."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.dialogue import begin, current
from bot.handlers.volunteer import hub
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_place
from bot.turn import Screens, Turn
from bot.views import suggest as views
from i18n.languages import SOURCE
from i18n.messages import Message, words
from offers import cells, kinds
from offers.errors import CellError, FieldError
from offers.types import Suggestion, Topic
from people.errors import NotFoundError
from people.types import Permission

KIND = "suggestion"
_STEPS = ("name", "topic", "what", "place", "when")
_LONGEST = {"name": 150, "when": 300}


async def new(turn: Turn) -> Screen:
    """What is it called?"""
    return await _go_on(turn, {})


async def choose(turn: Turn, step: str, code: str) -> Screen:
    """An answer was tapped; a button of another step does nothing."""
    draft = current(turn, KIND)
    if draft.step != step:
        raise NotFoundError
    return await _go_on(turn, {**draft.data, step: _tapped(step, code)})


async def typed(turn: Turn) -> Screen:
    """An answer was typed."""
    draft = current(turn, KIND)
    try:
        text = cells.typed(turn.text)
    except CellError:
        message = Message("helper.hidden_signs")
        return views.step_screen(turn.words, draft.step, draft.data, message=message)
    longest = _LONGEST[draft.step]
    if len(text) > longest:
        message = Message("import.too_long", {"limit": longest})
        return views.step_screen(turn.words, draft.step, draft.data, message=message)
    if not text.strip(" ,"):
        return views.step_screen(turn.words, draft.step, draft.data)
    return await _go_on(turn, {**draft.data, draft.step: text})


async def back(turn: Turn) -> Screen:
    """The question before this one, with its answer taken back."""
    data = dict(current(turn, KIND).data)
    answered = [step for step in _STEPS if step in data]
    if answered:
        del data[answered[-1]]
    return await _go_on(turn, data)


async def send(turn: Turn) -> Screen:
    """It lands with a coordinator."""
    draft = current(turn, KIND)
    if draft.step != "check":
        raise NotFoundError
    data = draft.data
    said = Suggestion(str(data["what"]), str(data["name"]), str(data["place"]), str(data["when"]))
    source = words(SOURCE).plain("suggest.source")
    try:
        await turn.services.circle.suggesting.suggest(turn.tx, turn.actor, said, source, turn.now)
    except FieldError as error:
        return views.step_screen(turn.words, draft.step, data, message=error.message)
    await turn.end_draft(KIND)
    return views.sent_screen(turn.words)


async def stop(turn: Turn) -> Screen:
    """Out of the questions, with nothing kept."""
    await turn.end_draft(KIND)
    return await hub.hub(turn)


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    step = next((step for step in _STEPS if step not in data), "check")
    await begin(turn, KIND, step, **data)
    return views.step_screen(turn.words, step, data)


def _tapped(step: str, code: str) -> str:
    """What a button says. Raises NotFoundError."""
    known = kinds.load()
    match step:
        case "topic" if code in set(Topic):
            return code
        case "what" if code in known:
            return code
        case "place":
            return tapped_place(code)
        case "when" if code == "none":
            return ""
    raise NotFoundError


_TAP, _HELP = RouteKind.TAP, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "sg.new", new, _HELP, "suggest an offer: what it is called"),
    Route(_TAP, "sg.set", choose, _HELP, "suggest an offer: an answer by a tap", args=2),
    Route(_TAP, "sg.back", back, _HELP, "suggest an offer: one question back"),
    Route(_TAP, "sg.send", send, _HELP, "suggest an offer: send it to a coordinator"),
    Route(_TAP, "sg.stop", stop, _HELP, "stop suggesting an offer"),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "name"): typed,
    (KIND, "when"): typed,
}
