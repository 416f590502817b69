"""A month of one client's agreement, played with the clock: every push that is expected comes, by its text, and none beside them.

docs/playground-month.md plays the same month by hand.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from agreements.rules import local_time
from delivery.types import OutboxState
from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, Pocket, all_said, data_of, said, sentence

STAFF, NEXT = 7501, 7502
PUSHES = ("reminder", "again", "answer", "appointment", "milestone", "message", "news", "day")
DONE = {"ar": "خلصت", "ti": "ወዲአዮ", "uk": "я вже це зробив"}
LOOKS = ((7, 30), (8, 0), (9, 0), (18, 0), (21, 30))
"""When the phones are looked at on every day: before and after the night, and when reminders are due."""


class Month:
    """Three phones and a diary of what was pushed to them, each with the wall time at which it was seen."""

    def __init__(self, lotse: LotseWorld, phones: dict[str, tuple[Pocket, str]]) -> None:
        self.lotse = lotse
        self.phones = phones
        self.diary: list[str] = []
        self.now = local_time(lotse.clock.now())
        self._texts = {
            name: {sentence(language, "push." + key): key for key in PUSHES}
            for name, (_, language) in phones.items()
        }

    def noted(self, who: str, messages: Sequence[Json]) -> Sequence[Json]:
        """Keep the pushes among messages in the diary."""
        # The playground's clock goes on while the test works: what counts is where it was set to.
        at = f"{self.now:%d %b %H:%M}"
        found = [self._texts[who][said(message)] for message in messages if said(message) in self._texts[who]]
        self.diary += [f"{at} {who}: {key}" for key in found]
        return messages

    async def look(self) -> None:
        """Read all phones."""
        for who, (pocket, _) in self.phones.items():
            self.noted(who, await pocket.reads())

    async def tap(self, who: str, data: str) -> Json:
        """Tap a button of any message; returns the last screen."""
        return self.noted(who, await self.phones[who][0].tampers(data))[-1]

    async def opens(self, who: str, key: str) -> Json:
        """Open the newest push of this kind; returns the last screen."""
        pocket, _ = self.phones[who]
        pushed = [
            message
            for message in await pocket.phone.messages()
            if message["from_bot"] and self._texts[who].get(said(message)) == key
        ]
        return await self.tap(who, data_of(pushed[-1])[0])

    async def until(self, local: str) -> None:
        """Live on to a wall time, looking at the phones on the way; whoever looks twice a day misses nothing."""
        end, day = datetime.fromisoformat(local), self.now.date()
        while day <= end.date():
            for hour, minute in LOOKS:
                moment = datetime(day.year, day.month, day.day, hour, minute)
                if self.now < moment < end:
                    await self.at(moment)
            day += timedelta(days=1)
        await self.at(end)

    async def at(self, moment: datetime) -> None:
        """Set the clock to a wall time and look at the phones."""
        self.now = moment
        await self.lotse.waits_until(moment.isoformat())
        await self.look()

    async def answers(self, who: str, request: Json, phrase: str, *taps: str) -> None:
        """Answer an opened request out of the phrase book, as the preview shows it."""
        say = next(data for data in data_of(request) if data.startswith("rq.say:"))
        preview = await self.tap(who, f"{say.rpartition(':')[0]}:{phrase}")
        for data in taps:
            preview = await self.tap(who, data)
        await self.tap(who, next(data for data in data_of(preview) if data.startswith("rq.send:")))


EXPECTED = """
15 Mar 09:00 client: milestone
15 Mar 09:00 client: appointment
15 Mar 09:00 client: milestone
15 Mar 09:05 staff: news
16 Mar 10:00 client: milestone
17 Mar 09:00 client: reminder
17 Mar 09:30 staff: news
17 Mar 18:00 client: reminder
17 Mar 18:10 staff: news
17 Mar 18:30 client: appointment
18 Mar 08:00 client: answer
24 Mar 12:00 staff: news
28 Mar 09:00 client: reminder
29 Mar 18:00 client: reminder
30 Mar 10:00 staff: news
30 Mar 10:30 client: answer
01 Apr 10:00 next: day
02 Apr 10:00 next: news
02 Apr 11:00 client: answer
05 Apr 09:00 client: reminder
05 Apr 10:00 next: news
05 Apr 11:00 client: answer
12 Apr 09:00 client: reminder
"""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "ti", "uk"])
async def test_a_month_of_one_agreement(lotse: LotseWorld, language: str) -> None:
    await lotse.waits_until("2027-03-15 09:00")
    staff, following = await lotse.coordinator(STAFF, "de"), await lotse.coordinator(NEXT, "en")
    client, client_id = await lotse.client(staff, "LM-2041", CLIENT, language)
    month = Month(lotse, {"client": (client, language), "staff": (staff, "de"), "next": (following, "en")})
    await month.look()
    month.diary.clear()

    first, visit = await _agreed(month, client_id)
    agreement = await month.opens("client", "milestone")
    await month.tap("client", next(data for data in data_of(agreement) if data.startswith("agree.yes:")))
    await month.until("2027-03-15 09:05")
    assert "✅ bestätigt" in said(await month.opens("staff", "news"))
    await month.until("2027-03-16 10:00")
    second = await _milestone(month, client_id, "write_cv", date(2027, 4, 8))
    await month.look()

    await _help_and_a_move(month, visit)
    await _a_blocked_bot(month, client, second)
    await _the_clock_changes(month, client, language, first)

    await month.until("2027-04-01 10:00")
    async with lotse.core.database.write() as tx:
        to = (await following.actor()).id
        await lotse.core.cases.team.hand_over(tx, await staff.actor(), to, lotse.clock.now())
    await month.look()
    await _the_next_coordinator(month, staff, client_id, second)
    await month.until("2027-04-12 12:00")

    assert month.diary == EXPECTED.split("\n")[1:-1]
    outbox = (await lotse.counts()).outbox
    assert not set(outbox) & {OutboxState.UNKNOWN.value, OutboxState.AMBIGUOUS.value, OutboxState.DUE.value}
    lost = lotse.rows("SELECT state, subject_id FROM reminders WHERE state NOT IN ('sent', 'opened', 'answered', 'cancelled', 'planned', 'held')")  # fmt: skip
    assert lost == [("unreachable", second)], "one reminder met a blocked bot, and the coordinator was told"


async def _milestone(month: Month, client_id: str, phrase: str, due_on: date) -> str:
    """Agree on a step, on the coordinator's phone."""
    for data in (f"ms.new:{client_id}", f"ms.phrase:{phrase}"):
        await month.tap("staff", data)
    shown = await month.tap("staff", f"ms.due:{due_on.isoformat()}")
    if not any(data.startswith("ms.save:") for data in data_of(shown)):
        shown = await month.tap("staff", "ms.offer:none")
    await month.tap("staff", next(data for data in data_of(shown) if data.startswith("ms.save:")))
    rows = month.lotse.rows("SELECT id FROM milestones WHERE phrase = ?", phrase)
    return str(rows[0][0])


async def _agreed(month: Month, client_id: str) -> tuple[str, str]:
    """A goal, a step, an appointment and a signature; returns the ids of step and appointment."""
    await month.tap("staff", f"ag.add:{client_id}:german_for_work")
    step = await _milestone(month, client_id, "register_german_course", date(2027, 3, 31))
    await month.tap("staff", f"ap.new:{client_id}")
    for data in ("ap.phrase:jobcenter", "ap.date:2027-03-18", "ap.time:0900", "ap.where:none"):
        await month.tap("staff", data)
    preview = await month.tap("staff", "ap.ready")
    await month.tap("staff", next(data for data in data_of(preview) if data.startswith("ap.save:")))
    await month.tap("staff", f"ag.sign.yes:{client_id}")
    await month.look()
    return step, str(month.lotse.rows("SELECT id FROM appointments")[0][0])


async def _help_and_a_move(month: Month, visit: str) -> None:
    """A call for help is answered at night and read in the morning; an appointment is moved the evening before."""
    await month.until("2027-03-17 09:30")
    goal = await month.opens("client", "reminder")
    help_ = next(data for data in data_of(goal) if data.endswith(":help"))
    await month.tap("client", help_)
    await month.tap("client", f"goal.why:{help_.split(':')[1]}:paper")
    await month.look()
    call = await month.opens("staff", "news")
    assert sentence("de", "help.paper") in said(call)

    await month.until("2027-03-17 18:10")
    assert "09:00" in said(await month.opens("client", "reminder"))
    await month.tap("client", f"appt.why:{visit}:illness")
    await month.look()
    asked = await month.opens("staff", "news")
    assert sentence("de", "help.illness") in said(asked)
    await month.until("2027-03-17 18:30")
    await month.tap("staff", f"ap.move:{visit}")
    month.noted("staff", await month.phones["staff"][0].says("30.03.2027"))
    preview = await month.tap("staff", "ap.time:0830")
    await month.tap("staff", next(data for data in data_of(preview) if data.startswith("ap.save:")))
    await month.look()
    assert "08:30" in said(await month.opens("client", "appointment"))

    await month.until("2027-03-17 22:30")
    await month.answers("staff", call, "bring_letter")
    await month.until("2027-03-18 08:00")
    language = month.phones["client"][1]
    assert sentence(language, "phrase.answer.bring_letter") in said(await month.opens("client", "answer"))


async def _a_blocked_bot(month: Month, client: Pocket, step: str) -> None:
    """The bot is blocked while a reminder falls due: the coordinator hears of it, and nothing comes twice afterwards."""
    await month.until("2027-03-24 12:00")
    month.noted("client", await client.does("block"))
    await month.look()
    await month.until("2027-03-25 12:00")
    assert step in str(month.lotse.rows("SELECT subject_id FROM reminders WHERE state = 'unreachable'"))
    day = await month.tap("staff", "day:today")
    assert "📞" in said(day)
    await month.until("2027-03-26 10:00")
    month.noted("client", await client.does("unblock"))
    await month.look()


async def _the_clock_changes(month: Month, client: Pocket, language: str, step: str) -> None:
    """At nine by the new time; not repeated, because another is to come; and a typed word that it is done."""
    await month.until("2027-03-28 08:59")
    assert not [line for line in month.diary if line.startswith("28 Mar")]
    await month.until("2027-03-30 10:00")
    done = month.noted("client", await client.says(DONE[language]))
    assert done
    await month.tap("client", f"goal.is:{step}:done")
    await month.look()
    assert sentence("de", "request.kind.done") in said(await month.opens("staff", "news"))
    await month.until("2027-03-30 10:30")
    await month.tap("staff", f"ms.ok:{step}")
    await month.look()
    assert sentence(language, "phrase.answer.you_did_well") in said(await month.opens("client", "answer"))


async def _the_next_coordinator(month: Month, staff: Pocket, client_id: str, step: str) -> None:
    """After the hand-over everything goes to the next one, and nothing of it to the one before."""
    assert sentence("de", "error.not_found") in all_said(await staff.tampers(f"cl:{client_id}"))
    await month.until("2027-04-02 10:00")
    await month.tap("client", "talk:language")
    await month.look()
    await month.until("2027-04-02 11:00")
    await month.answers("next", await month.opens("next", "news"), "i_will_call_you")
    await month.look()
    await month.until("2027-04-05 10:00")
    await month.tap("client", f"goal.is:{step}:time")
    await month.look()
    await month.until("2027-04-05 11:00")
    longer = await month.opens("next", "news")
    await month.answers("next", longer, "extended", "rq.date:2027-04-15")
    await month.look()
    language = month.phones["client"][1]
    goal = said(await month.tap("client", f"goal:{step}"))
    assert sentence(language, "milestone.status.moved") in goal
