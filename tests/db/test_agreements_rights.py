"""Every door of case work against everybody: what is not theirs answers like what does not exist."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

import pytest

from agreements.types import MilestoneStatus as Status
from db.engine import Transaction
from people.errors import NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World

FEB = date(2027, 2, 20)


Call = Callable[[World, Transaction, Actor, dict[str, str]], Awaitable[object]]

COORDINATORS: dict[str, Call] = {
    "get_client": lambda w, tx, a, i: w.agreements.get_client(tx, a, i["client"]),
    "invite_client": lambda w, tx, a, i: w.agreements.invite_client(tx, a, i["client"], w.now),
    "unlink": lambda w, tx, a, i: w.agreements.unlink(tx, a, i["client"], w.now),
    "agreement": lambda w, tx, a, i: w.agreements.agreement(tx, a, i["client"]),
    "milestones": lambda w, tx, a, i: w.agreements.milestones(tx, a, i["client"]),
    "add_milestone": lambda w, tx, a, i: w.agreements.add_milestone(
        tx, a, i["client"], "write_cv", {}, FEB, None, w.now
    ),
    "milestone": lambda w, tx, a, i: w.agreements.milestone(tx, a, i["milestone"]),
    "milestone_events": lambda w, tx, a, i: w.agreements.milestone_events(tx, a, i["milestone"]),
    "move_milestone": lambda w, tx, a, i: w.agreements.move_milestone(tx, a, i["milestone"], FEB, w.now),
    "confirm_milestone": lambda w, tx, a, i: w.agreements.confirm_milestone(tx, a, i["milestone"], w.now),
    "drop_milestone": lambda w, tx, a, i: w.agreements.drop_milestone(tx, a, i["milestone"], w.now),
    "preview_push": lambda w, tx, a, i: w.agreements.preview_push(tx, a, i["milestone"], w.now),
    "push_now": lambda w, tx, a, i: w.agreements.push_now(tx, a, i["milestone"], w.now),
    "appointments": lambda w, tx, a, i: w.agreements.appointments(tx, a, i["client"]),
    "appointment": lambda w, tx, a, i: w.agreements.appointment(tx, a, i["appointment"]),
    "add_appointment": lambda w, tx, a, i: w.agreements.add_appointment(
        tx, a, i["client"], "doctor", "Haar", "", datetime(2027, 3, 1, 9), 30, [], w.now
    ),
    "move_appointment": lambda w, tx, a, i: w.agreements.move_appointment(
        tx, a, i["appointment"], datetime(2027, 3, 1, 9), w.now
    ),
    "cancel_appointment": lambda w, tx, a, i: w.agreements.cancel_appointment(tx, a, i["appointment"], w.now),
    "request": lambda w, tx, a, i: w.agreements.request(tx, a, i["request"], w.now),
    "answer": lambda w, tx, a, i: w.agreements.answer(tx, a, i["request"], "i_will_call_you", {}, w.now),
    "news": lambda w, tx, a, i: w.agreements.news(tx, a, i["request"], w.now),
}
CLIENTS: dict[str, Call] = {
    "own_milestone": lambda w, tx, a, i: w.agreements.own_milestone(tx, a, i["milestone"]),
    "report": lambda w, tx, a, i: w.agreements.report(
        tx, a, i["milestone"], Status.REPORTED_DONE, None, w.now
    ),
    "own_appointment": lambda w, tx, a, i: w.agreements.own_appointment(tx, a, i["appointment"]),
    "request_cancel": lambda w, tx, a, i: w.agreements.request_cancel(tx, a, i["appointment"], None, w.now),
    "own_answer": lambda w, tx, a, i: w.agreements.own_answer(tx, a, i["request"]),
    "open": lambda w, tx, a, i: w.reminders.open(tx, a, i["reminder"], w.now),
}


async def _ids(world: World) -> tuple[Actor, Actor, dict[str, str]]:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    appointment = await world.appointment(coordinator, client, "2027-02-10 14:00")
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, person, None, world.now)
    ids = {
        "client": client.id,
        "milestone": milestone.id,
        "appointment": appointment.id,
        "request": receipt.request.id,
        "reminder": (await world.rows(milestone.id))[0].id,
    }
    return coordinator, person, ids


async def test_foreign_and_unknown_ids_are_the_same_to_everybody(world: World) -> None:
    coordinator, person, ids = await _ids(world)
    foreign_coordinator, _, foreign_person = await world.case()
    strangers = [
        await world.person(),
        await world.person(Role.VOLUNTEER),
        await world.person(Role.ADMINISTRATOR),
        foreign_coordinator,
        foreign_person,
    ]
    swapped = {name: ids["milestone" if name == "client" else "client"] for name in ids}
    tampered = [dict.fromkeys(ids, "nothing"), dict.fromkeys(ids, ""), swapped]
    for name, call in (COORDINATORS | CLIENTS).items():
        owner, wrong = (coordinator, person) if name in COORDINATORS else (person, coordinator)
        attempts = [(actor, ids) for actor in [*strangers, wrong]]
        if name != "news":
            attempts += [(owner, bad) for bad in tampered]
        messages = set()
        for actor, given in attempts:
            async with world.database.write() as tx:
                with pytest.raises(NotFoundError) as caught:
                    await call(world, tx, actor, given)
                messages.add((type(caught.value), caught.value.message.key))
        assert messages == {(NotFoundError, "error.not_found")}, name


async def test_the_owner_gets_through_every_door(world: World) -> None:
    for name in COORDINATORS | CLIENTS:
        coordinator, person, ids = await _ids(world)
        async with world.database.write() as tx:
            call = (COORDINATORS | CLIENTS)[name]
            await call(world, tx, coordinator if name in COORDINATORS else person, ids)
