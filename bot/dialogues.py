"""Dialogues that wait for typed text, by kind and step of their draft; what a step does is in the handlers."""

from collections.abc import Awaitable, Callable, Mapping

from bot.handlers.coordinator import (
    appointments,
    clients,
    editing,
    milestones,
    new_offer,
    requests,
    translations,
)
from bot.handlers.volunteer import meeting_entry, meetings, suggest
from bot.turn import Screens, Turn
from people.types import Draft

Step = Callable[[Turn], Awaitable[Screens]]
DIALOGUES: Mapping[tuple[str, str], Step] = {
    **clients.DIALOGUES,
    **milestones.DIALOGUES,
    **appointments.DIALOGUES,
    **requests.DIALOGUES,
    **editing.DIALOGUES,
    **new_offer.DIALOGUES,
    **translations.DIALOGUES,
    **meeting_entry.DIALOGUES,
    **meetings.DIALOGUES,
    **suggest.DIALOGUES,
}


def expecting_text(drafts: Mapping[str, Draft]) -> Step | None:
    """The handler of the step that waits for what the person types next."""
    for draft in drafts.values():
        step = DIALOGUES.get((draft.kind, draft.step))
        if step is not None:
            return step
    return None


async def leave(turn: Turn) -> None:
    """End what waits for typed text and was passed by: what somebody types after a command or a tap elsewhere does not belong to it."""
    for draft in turn.drafts.values():
        if (draft.kind, draft.step) in DIALOGUES and draft.kind not in turn.in_hand:
            await turn.end_draft(draft.kind)
