"""What a turn knows of the drafts that were kept or ended while it lasts."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.turn import Turn
from people.types import Draft


class People:
    """Takes drafts as the service does."""

    def __init__(self) -> None:
        self.kept: dict[str, timedelta] = {}

    async def put_draft(self, *_: Any, life: timedelta) -> None:
        self.kept[_[2]] = life

    async def drop_draft(self, *_: Any) -> None:
        self.kept.pop(_[2])


def turn(people: People, **drafts: Draft) -> Turn:
    services: Any = SimpleNamespace(people=people)
    nothing: Any = None
    return Turn(nothing, services, nothing, nothing, nothing, nothing, drafts)


async def test_a_draft_is_known_as_soon_as_it_is_kept_and_no_longer_when_it_is_ended() -> None:
    people = People()
    one = turn(people, other=Draft("other", "on", {}))
    before = one.drafts
    await one.draft("profile", "used", timedelta(hours=1), kind="what a profile says")
    assert people.kept == {"profile": timedelta(hours=1)}
    assert one.drafts["profile"] == Draft("profile", "used", {"kind": "what a profile says"})
    await one.end_draft("profile")
    assert people.kept == {}
    assert set(one.drafts) == {"other"}
    assert one.in_hand == {"profile"}
    assert set(before) == {"other"}, "whoever goes through the drafts may end them meanwhile"
