"""The picture lock on the phone: nothing of a record is shown before the pictures were right, whichever way somebody asks for it."""

import pytest

from bot.routes import RouteKind
from bot.table import ROUTES
from people.locks import rules
from playground.types import Json
from tests.bot.world import CLIENT, COORDINATOR, LotseWorld, Pocket, all_said, data_of, said, sentence

RIGHT, WRONG = "0158", "0185"
MINUTES = rules.OPEN_FOR.total_seconds() / 60
TITLE = "CV"
OPEN_TO_ALL = {
    # What stops, hides or deletes, and who calls for help, must never wait for pictures.
    *("pause", "hide", "forget", "forget.yes", "sos", "human", "talk", "talk.for", "fam.leave", "whose"),
    # Language, notice, invitation: the way in, where a new link is the second factor.
    *("lang", "langs", "notice", "menu", "join", "fam.new", "fam.first"),
    # Offers are everybody's; what was liked of a course is counted without anybody.
    *(
        "topic",
        "guess",
        "meant",
        "near",
        "other",
        "other.off",
        "offer",
        "card",
        "ics",
        "date",
        "wrong",
        "wrong.as",
        "card.langs",
        "card.in",
        "placed",
    ),
    *("filter", "filter.none", "filter.by", "filter.set", "filter.list", "kept", "kept.list", "kept.page"),
    *("fb", "fb.is"),
    *("who", "who.for", "who.where", "who.in"),
    # They only show, and what they show of a record is held back by itself.
    *("settings", "privacy", "mydata", "mydata.file", "mydata.seen", "my.goals", "my.appts", "goal", "appt"),
    *(
        "appt.ics",
        "appt.no",
        "seen",
        "answer",
        "consent",
        "fam",
        "fam.picture",
        "agree.no",
    ),
    *("my.papers", "lb.reg", "lb.offices", "lb.to", "lb.pdf", "lb.appt", "restrict", "times"),
    # The lock itself.
    *("pin", "pin.change", "pin.new", "pin.again", "pin.is", "pin.off"),
}
"""Taps of people who are not staff, and why they work while the lock is shut."""


@pytest.fixture
async def amira(lotse: LotseWorld) -> Pocket:
    staff = await lotse.coordinator(COORDINATOR, "en")
    amira, case = await lotse.client(staff, "LM-41", CLIENT, "en")
    now, actor = lotse.clock.now(), await staff.actor()
    async with lotse.core.database.write() as tx:
        day = now.date().replace(year=2027)
        await lotse.core.agreements.add_milestone(tx, actor, case, "write_cv", {}, day, None, now)
        local = now.replace(tzinfo=None, year=2027)
        await lotse.core.agreements.add_appointment(
            tx, actor, case, "jobcenter", "Haar", "Hauptstraße 1", local, 30, [], now
        )
    await lotse.quiet()
    await amira.reads()
    return amira


async def taps(phone: Pocket, route: str, pictures: str) -> Json:
    """Tap pictures one after the other, by what a changed app could send; returns what then stands on the phone."""
    for number in range(1, len(pictures) + 1):
        await phone.tampers(f"{route}:{pictures[:number]}")
    return await phone.last()


async def lock(phone: Pocket) -> None:
    await phone.tampers("pin")
    asked = await taps(phone, "pin.new", RIGHT)
    assert sentence("en", "pin.repeat", number=4) in said(asked)
    on = await taps(phone, "pin.again", RIGHT)
    assert sentence("en", "pin.is_on") in said(on)


async def test_every_way_to_details_leads_to_the_pictures_first(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    goal = next(data for data in data_of(goals) if data.startswith("goal:"))
    appointment = next(
        data for data in data_of((await amira.says("/appointments"))[-1]) if data[:5] == "appt:"
    )
    await lock(amira)
    assert TITLE in said((await amira.says("/goals"))[-1]), "open for a while, for whoever has just set it"
    await lotse.moves(minutes=MINUTES + 1)
    for command in ("/goals", "/appointments", "/mydata"):
        locked = await amira.says(command)
        assert sentence("en", "pin.enter", number=4) in said(locked[-1]), command
        assert not any(mark in all_said(locked) for mark in (TITLE, "Hauptstraße", "LM-41")), command
    for data in (
        goal,
        appointment,
        appointment.replace("appt:", "appt.ics:"),
        "mydata.file:json",
        "lb.pdf:agreement",
        "mydata.seen",
    ):
        # From another message: the pad does not change when it is asked for anew.
        await amira.says("/menu")
        locked = await amira.tampers(data)
        assert sentence("en", "pin.enter", number=4) in said(locked[-1]), data
        assert not [message for message in locked if "document" in message], data
    assert sentence("en", "menu.title") in said((await amira.says("/menu"))[-1]), (
        "what is everybody's stays open"
    )


async def test_the_right_pictures_open_what_was_asked_for(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    pad = (await amira.says("/goals"))[-1]
    assert data_of(pad)[:9] == [f"pin.is:{number}" for number in range(9)]
    wrong = await taps(amira, "pin.is", WRONG)
    assert sentence("en", "pin.wrong", number=4) in said(wrong)
    opened = await taps(amira, "pin.is", RIGHT)
    assert data_of(opened)[0] == "my.goals"
    assert TITLE in said((await amira.taps(data="my.goals", message_id=opened["message_id"]))[-1])


async def test_wrong_pictures_make_wait(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    await amira.says("/goals")
    for _ in range(3):
        told = await taps(amira, "pin.is", WRONG)
    assert sentence("en", "pin.wait", moment="")[:25] in said(told)
    assert sentence("en", "pin.wait", moment="")[:25] in said(await taps(amira, "pin.is", RIGHT))
    assert sentence("en", "pin.wait", moment="")[:25] in said((await amira.says("/goals"))[-1])
    await lotse.moves(minutes=2)
    assert data_of(await taps(amira, "pin.is", RIGHT))[0] == "my.goals"


async def test_neither_removed_nor_changed_while_it_is_shut(lotse: LotseWorld, amira: Pocket) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    for data in ("pin", "pin.off", "pin.change"):
        await amira.says("/menu")
        assert sentence("en", "pin.enter", number=4) in said((await amira.tampers(data))[-1]), data
    await taps(amira, "pin.new", WRONG)
    refused = await taps(amira, "pin.again", WRONG)
    assert sentence("en", "error.not_found") in said(refused)
    await amira.tampers("pin.off")
    opened = await taps(amira, "pin.is", RIGHT)
    assert data_of(opened)[0] == "pin"
    await amira.taps(data="pin", message_id=opened["message_id"])
    gone = (await amira.tampers("pin.off"))[-1]
    assert sentence("en", "pin.is_off") in said(gone)
    await lotse.moves(minutes=MINUTES + 1)
    assert TITLE in said((await amira.says("/goals"))[-1])


async def test_forgotten_pictures_go_with_a_new_link_of_the_coordinator(
    lotse: LotseWorld, amira: Pocket
) -> None:
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)
    staff = lotse.phone(COORDINATOR)
    async with lotse.core.database.write() as tx:
        actor, now = await staff.actor(), lotse.clock.now()
        case = await lotse.core.agreements.client_by_case(tx, actor, "LM-41")
        code = (await lotse.core.agreements.relink(tx, actor, case.id, now)).code
    await amira.opens(f"join_{code}")
    await amira.taps(data="join")
    assert TITLE in said((await amira.says("/goals"))[-1])
    assert lotse.rows("SELECT count(*) FROM picture_locks") == [(0,)]


async def test_nothing_is_answered_behind_the_lock(lotse: LotseWorld, amira: Pocket) -> None:
    [goals] = await amira.says("/goals")
    goal = next(data for data in data_of(goals) if data.startswith("goal:")).partition(":")[2]
    appointment = next(
        data for data in data_of((await amira.says("/appointments"))[-1]) if data[:5] == "appt:"
    ).partition(":")[2]
    await lock(amira)
    await lotse.moves(minutes=MINUTES + 1)

    def record() -> list[object]:
        tables = ("milestones", "appointments", "requests", "milestone_events", "opt_ins", "clients")
        return [lotse.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]

    before = record()
    for data in (
        f"goal.is:{goal}:done",
        f"goal.is:{goal}:time",
        f"goal.why:{goal}:language",
        f"appt.why:{appointment}:language",
        "remind:off",
        "unlink",
    ):
        await amira.says("/menu")
        assert sentence("en", "pin.enter", number=4) in said((await amira.tampers(data))[-1]), data
        assert record() == before, data
    await amira.tampers(f"goal.is:{goal}:done")
    opened = await taps(amira, "pin.is", RIGHT)
    assert data_of(opened)[0] == f"goal.is:{goal}:done"
    await amira.taps(data=f"goal.is:{goal}:done", message_id=opened["message_id"])
    assert lotse.rows("SELECT status FROM milestones") == [("reported_done",)]


def test_every_tap_is_locked_or_has_its_reason() -> None:
    """A new way to write into a record must not forget the lock."""
    theirs = {
        route.name: route.locked
        for route in ROUTES
        if route.kind is RouteKind.TAP
        and route.handler.__module__.startswith(("bot.handlers.client", "bot.handlers.shared"))
    }
    assert {name for name, locked in theirs.items() if not locked} == OPEN_TO_ALL
    assert sum(theirs.values()) >= 25
