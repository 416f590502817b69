"""S4 at the bot: every naughty string into every place where the bot takes text, past the phones, as the wire could bring it."""

import itertools
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.dialogues import DIALOGUES
from offers import editing
from offers.dates import BERLIN
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm
from offers.translations.service import key_of
from offers.translations.types import TextField
from people.types import Actor
from tests.bot.world import LotseWorld, Pocket, data_of, sentence
from tests.trust import naughty
from tests.trust.promise import LONG, held

CLIENT, COORDINATOR, STRANGER = 7801, 7802, 7803


def strings(turn: int) -> tuple[str, ...]:
    """All of them in `make trust`; in `make test` one of each section, other ones for every place."""
    return naughty.EVERY if LONG else naughty.of_each(turn)


Step = tuple[str, str]
# The taps (and typed words, with a leading ">") that lead to each step which waits for text.
_OFFER = ("ed.new", "ed.topic:work", "ed.kind:job_fair")
_MEETING = ("mt.new", "mt.set:what:circle", "mt.set:place:1")
WAYS: Mapping[Step, tuple[str, ...]] = {
    ("client", "case"): ("cl.new",),
    ("find", "case"): ("cl.find",),
    ("milestone", "due"): ("ms.new:{case}", "ms.phrase:write_cv"),
    ("milestone", "offer"): ("ms.new:{case}", "ms.phrase:write_cv", "ms.due:2027-03-01"),
    ("move", "day"): ("ms.move:{milestone}",),
    ("appointment", "date"): ("ap.new:{case}", "ap.phrase:jobcenter"),
    ("appointment", "time"): ("ap.new:{case}", "ap.phrase:jobcenter", "ap.date:2027-03-01"),
    ("request", "date"): ("rq.say:{request}:i_will_call_you_on",),
    ("request", "time"): ("rq.say:{request}:i_will_call_you_on", "rq.date:2027-03-01"),
    ("edit", "date"): ("ed.dates:{offer}", "ed.date.move:{offer}:{stamp}"),
    ("offer", "name"): _OFFER,
    ("offer", "provider"): (*_OFFER, ">Jobmesse"),
    ("offer", "when"): (*_OFFER, ">Jobmesse", ">Neuer Träger", "ed.by.new", "ed.at:1"),
    ("offer", "phone"): (*_OFFER, ">Jobmesse", ">Neuer Träger", "ed.by.new", "ed.at:1", "ed.when.none"),
    ("translation", "text"): ("rv:fr", "{fix}"),
    ("meeting", "where"): _MEETING,
    ("meeting", "day"): (*_MEETING, "mt.set:where:none"),
    ("meeting", "time"): (*_MEETING, "mt.set:where:none", "mt.set:day:2027-03-01"),
    ("people", "number"): ("mt.was:{held}:yes",),
    ("suggestion", "name"): ("sg.new",),
    ("suggestion", "when"): (
        "sg.new",
        ">Sprachcafé, Verein",
        "sg.set:topic:work",
        "sg.set:what:job_fair",
        "sg.set:place:1",
    ),
    **{("edit", f"field:{name}"): (f"ed.field:{{offer}}:{name}",) for name in editing.FIELDS},
}


def test_every_step_that_waits_for_text_is_listed() -> None:
    """A new dialogue, or a new field of an offer, must be added to WAYS before the suite passes."""
    listed = {(kind, step.partition(":")[0]) for kind, step in WAYS}
    assert listed == set(DIALOGUES)


@dataclass
class Desktop:
    """Coordinator and client, and updates as Telegram's servers bring them."""

    lotse: LotseWorld
    staff: Pocket
    client: Pocket
    ids: dict[str, str]
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(6_000_000_000))
    given: int = 0

    async def feed(self, user: int, **content: Any) -> None:
        """One message of this user, past the phone, which would clean it."""
        chat = {"id": user, "type": "private", "first_name": "N"}
        person = {"id": user, "is_bot": False, "first_name": "N", "language_code": "en"}
        message = {"message_id": 1, "date": 1_796_000_000, "chat": chat, "from": person} | content
        text = content.get("text", "")
        if text.startswith("/"):
            length = (
                len(text.split(None, 1)[0].encode("utf-16-le", "surrogatepass")) // 2 if text.split() else 1
            )
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        await self._take({"update_id": next(self.numbers), "message": message})

    async def tap(self, user: int, data: Any, query: str = "1") -> None:
        """A tap with any data, on the newest message of the bot."""
        chat = self.lotse.server.state.private_chat(user)
        newest = next(m for m in reversed(chat.messages.values()) if m.from_bot).wire["message_id"]
        person = {"id": user, "is_bot": False, "first_name": "N", "language_code": "en"}
        message = {"message_id": newest, "date": 1, "chat": {"id": user, "type": "private"}, "text": "x"}
        tapped = {"id": query, "from": person, "chat_instance": "1", "data": data, "message": message}
        await self._take({"update_id": next(self.numbers), "callback_query": tapped})

    async def _take(self, update: dict[str, Any]) -> None:
        self.given += 1
        await self.lotse.lotse.intake.take([update])
        await self.lotse.quiet(60)

    def wrong(self) -> list[str]:
        """What went wrong so far: handlers that raised, updates tried twice, and calls that Telegram refused."""
        again = self.lotse.rows(
            "SELECT update_id, state, attempts FROM inbox WHERE attempts > 1 OR state <> 'done'"
        )
        refused = [
            f"{call.method}: {call.description}"
            for call in self.lotse.server.state.calls
            if call.error_code == 400 and call.method != "answerCallbackQuery"
        ]
        unsent = self.lotse.rows(
            "SELECT state, reason FROM outbox WHERE state IN ('failed', 'rejected', 'unknown')"
        )
        return [*map(str, again), *refused, *map(str, unsent)]


@pytest.fixture
async def desktop(lotse: LotseWorld) -> Desktop:
    staff = await lotse.coordinator(COORDINATOR, "en")
    client, case = await lotse.client(staff, "LM-77", CLIENT, "en")
    agreements, now = lotse.core.agreements, lotse.clock.now()
    actor, person = await staff.actor(), await client.actor()
    async with lotse.core.database.write() as tx:
        milestone = await agreements.add_milestone(
            tx, actor, case, "write_cv", {}, now.date().replace(year=2027), None, now
        )
        request = (await agreements.ask_human(tx, person, None, now)).request
    await lotse.quiet()
    offer = lotse.rows(
        "SELECT offer_id FROM schedules JOIN offers ON offers.id = offer_id WHERE status = 'published' AND freq <> '' ORDER BY 1 LIMIT 1"
    )[0][0]
    name, summary = lotse.rows("SELECT name, summary FROM offers WHERE id = ?", offer)[0]
    ids = {
        "was:name": name,
        "was:summary": summary,
        "case": case,
        "milestone": milestone.id,
        "request": request.id,
        "offer": str(offer),
    }
    found = Desktop(lotse, staff, client, ids)
    dates = await staff.tampers(f"ed.dates:{offer}")
    ids["stamp"] = next(d.split(":")[2] for d in data_of(dates[-1]) if d.startswith("ed.date:"))
    async with lotse.core.database.write() as tx:
        jobs = await lotse.core.translations.pending(tx, ["fr"], (TextField.NAME,))
        # One without a number: of those that have one most strings would be refused, because they lose it.
        job = next(job for job in jobs if not any(map(str.isdigit, job.source)))
        await lotse.core.translations.keep(tx, job, "Cours", lotse.clock.now())
    ids["held"] = await _held(lotse, actor)
    ids["fix"] = f"rv.fix:fr:{key_of(job)}"
    return found


async def _held(lotse: LotseWorld, actor: Actor) -> str:
    """A date of a meeting that has begun."""
    now = lotse.clock.now().astimezone(BERLIN)
    begun = now + timedelta(minutes=1)
    new = NewMeeting(MeetingKind.CIRCLE, "Haar", "", begun.date(), f"{begun:%H:%M}", Rhythm.ONCE)
    async with lotse.core.database.write() as tx:
        found = await lotse.core.circle.meetings.create(tx, actor, new, now)
    await lotse.moves(minutes=2)
    return f"{found.meeting.id}.{found.day:%Y%m%d}"


async def _reach(desktop: Desktop, step: Step) -> dict[str, Any]:
    """Walk to a step; returns what its draft holds."""
    for way in WAYS[step]:
        if way.startswith(">"):
            await desktop.staff.says(way[1:])
        else:
            await desktop.staff.tampers(way.format(**desktop.ids))
    kind, name = step[0], step[1].partition(":")[0]
    lotse = desktop.lotse
    async with lotse.core.database.read() as tx:
        drafts = await lotse.core.people.drafts(tx, await desktop.staff.actor(), lotse.clock.now())
    found = next((draft for draft in drafts if (draft.kind, draft.step) == (kind, name)), None)
    assert found is not None, f"{step} was not reached: {[(d.kind, d.step) for d in drafts]}"
    return dict(found.data)


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_naughty_text_into_every_dialogue(desktop: Desktop) -> None:
    lotse, actor = desktop.lotse, await desktop.staff.actor()
    people = lotse.core.people
    for turn, step in enumerate(WAYS):
        data = await _reach(desktop, step)
        kind, name = step[0], step[1].partition(":")[0]
        for text in strings(turn):
            async with lotse.core.database.write() as tx:
                for other in await people.drafts(tx, actor, lotse.clock.now()):
                    await people.drop_draft(tx, actor, other.kind)
                await people.put_draft(tx, actor, kind, name, data, lotse.clock.now())
            await desktop.feed(COORDINATOR, text=text)
            if step[0] == "edit" and step[1] in ("field:name", "field:summary"):
                _kept(desktop, step[1].partition(":")[2], text)
        assert not desktop.wrong(), (step, desktop.wrong()[:5])
    _report(
        desktop,
        f"{len(strings(0))} strings × {len(WAYS)} steps of the bot's dialogues",
        len(strings(0)) * len(WAYS),
    )


def _kept(desktop: Desktop, column: str, text: str) -> None:
    """What was accepted is what was typed, after the normalisation that is documented; else it is what it was before."""
    now = desktop.lotse.rows(f"SELECT {column} FROM offers WHERE id = ?", desktop.ids["offer"])[0][0]
    before = desktop.ids[f"was:{column}"]
    expected = naughty.in_a_cell(text)
    assert now in (expected, before), (column, ascii(text[:80]), ascii(now[:80]))
    desktop.ids[f"was:{column}"] = now


def _report(desktop: Desktop, what: str, wanted: int) -> None:
    wrong = desktop.wrong()
    held(
        "S4",
        what,
        f"{wanted:,} inputs, 0 exceptions, 0 refused by Telegram",
        f"{desktop.given:,} inputs, wrong {len(wrong)}",
        desktop.given >= wanted and not wrong,
    )


async def _as_question(desktop: Desktop, text: str) -> None:
    await desktop.feed(CLIENT, text=text)


async def _as_first_word(desktop: Desktop, text: str) -> None:
    await desktop.feed(STRANGER, text=text)


async def _as_payload(desktop: Desktop, text: str) -> None:
    await desktop.feed(CLIENT, text=f"/start {text}")


async def _as_tap(desktop: Desktop, text: str) -> None:
    await desktop.tap(CLIENT, text)


async def _as_part_of_a_tap(desktop: Desktop, text: str) -> None:
    await desktop.tap(COORDINATOR, f"offer:{text}"[:64])


async def _as_id_of_a_tap(desktop: Desktop, text: str) -> None:
    await desktop.tap(CLIENT, "menu", query=text)


async def _as_name(desktop: Desktop, text: str) -> None:
    person = {
        "id": CLIENT,
        "is_bot": False,
        "first_name": text,
        "last_name": text,
        "username": text,
        "language_code": text,
    }
    await desktop.feed(CLIENT, text="/menu", **{"from": person})


async def _as_caption(desktop: Desktop, text: str) -> None:
    file = {"file_id": text, "file_unique_id": "u", "width": 1, "height": 1, "file_size": 10**12}
    await desktop.feed(CLIENT, photo=[file], caption=text)


PLACES: Mapping[str, Callable[[Desktop, str], Awaitable[None]]] = {
    "a client's question": _as_question,
    "a stranger's first word": _as_first_word,
    "the payload of a link": _as_payload,
    "callback data": _as_tap,
    "a part of callback data": _as_part_of_a_tap,
    "a callback's id": _as_id_of_a_tap,
    "names that Telegram sends": _as_name,
    "a picture's caption": _as_caption,
}


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_naughty_text_wherever_an_update_has_some(desktop: Desktop) -> None:
    desktop.lotse.phone(STRANGER, language="en")
    desktop.lotse.server.state.private_chat(STRANGER)
    for turn, (name, put) in enumerate(PLACES.items()):
        for text in strings(turn):
            await put(desktop, text)
        assert not desktop.wrong(), (name, desktop.wrong()[:5])
    _report(
        desktop,
        f"{len(strings(0))} strings × {len(PLACES)} parts of an update",
        len(strings(0)) * len(PLACES),
    )
    calls = list(desktop.lotse.server.state.calls)
    assert not [call for call in calls if call.method in ("getFile", "getUserProfilePhotos")], (
        "media is never looked at"
    )
    await desktop.client.says("/menu")
    assert sentence("en", "menu.title") in str(await desktop.client.last()) or data_of(
        await desktop.client.last()
    )


def test_zero_width_non_joiners_are_kept() -> None:
    """Persian words need them; nothing that is kept may lose one."""
    from agreements.rules import clean_line  # noqa: PLC0415
    from offers.cells import cleaned  # noqa: PLC0415

    for text in (text for text in naughty.SECTIONS["right to left"] if "\u200c" in text):
        assert clean_line(text) == unicodedata.normalize("NFC", text)
        assert cleaned(text) == unicodedata.normalize("NFC", text)
