"""The own account and phone, the team in numbers, and, for administrators, who may sign in with which roles."""

import asyncio
from collections.abc import Iterable
from datetime import date

from starlette.responses import RedirectResponse

from agreements.rules import today
from desk.errors import FieldMissingError
from desk.pages import giving
from desk.pages.signing import qr
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.accounts import rules
from people.accounts.errors import PhoneTakenError
from people.accounts.types import NewCode
from people.types import Permission as May
from people.types import Role


async def me(turn: Turn) -> Answer:
    """Language, digest, absence, deputies, phone, other sessions."""
    accounts, allowed = turn.services.accounts, turn.services.people.accessor.allowed(turn.actor)
    works = May.LIST_CLIENTS in allowed
    values = {
        "phone": await accounts.has_phone(turn.tx, turn.who),
        "claimed": await accounts.claimed_phone(turn.tx, turn.who, turn.now) is not None,
        "settings": await turn.services.cases.day.settings(turn.tx, turn.actor) if works else None,
        "colleagues": await accounts.colleagues(turn.tx, turn.actor, Role.COORDINATOR) if works else [],
        "deputies": await turn.services.cases.team.deputies(turn.tx, turn.actor) if works else {},
        "standing": await _standing(turn) if works else {},
        "names": await accounts.shown_names(turn.tx) if works else {},
    }
    return Page("me.html", values)


async def _standing(turn: Turn) -> dict[str, date]:
    """Who is the deputy of all own cases, and since which day."""
    found = await turn.services.cases.team.standing(turn.tx, turn.actor)
    return {person: today(since) for person, since in found.items()}


async def change_me(turn: Turn) -> Answer:
    """Language, digest, weeks of silence, absence."""
    if turn.typed("language") in ("de", "en"):
        await turn.services.people.choose_language(turn.tx, turn.actor, turn.typed("language"))
    if May.LIST_CLIENTS in turn.services.people.accessor.allowed(turn.actor):
        await turn.services.cases.day.change_settings(
            turn.tx,
            turn.actor,
            digest=turn.typed("digest") == "yes",
            silent_weeks=turn.number("silent_weeks"),
        )
        await turn.services.cases.day.be_absent(turn.tx, turn.actor, turn.day("absent_until"), turn.now)
    return Go("/me", "settings_saved")


async def end_others(turn: Turn) -> Answer:
    """End every other session of the account."""
    await turn.services.accounts.end_other_sessions(turn.tx, turn.who)
    return Go("/me", "sessions_ended")


async def phone(turn: Turn) -> Answer:
    """A link that the own phone opens."""
    new = await turn.services.accounts.phone_code(turn.tx, turn.who, turn.now)
    link = turn.house.bot.link(f"desk_{new.code}")
    values = {"link": link, "code": new.code, "qr": await asyncio.to_thread(qr, link)}
    return Page("phone.html", values, address="/me")


async def confirm_phone(turn: Turn) -> Answer:
    """The phone that opened the link is mine."""
    claimed = await turn.services.accounts.claimed_phone(turn.tx, turn.who, turn.now)
    if claimed is None:
        return Go("/me")
    other = await turn.services.people.actor(turn.tx, claimed)
    if await turn.services.agreements.own_clients(turn.tx, other):
        raise PhoneTakenError
    busy = await turn.services.cases.team.has_cases(turn.tx, turn.actor)
    if other.roles and not busy:
        await turn.services.cases.team.go_on_as(turn.tx, turn.actor, other.id)
    await turn.services.accounts.link_phone(turn.tx, turn.who, turn.now, busy=busy)
    return RedirectResponse("/me?done=phone_linked", status_code=303)


async def deputy(turn: Turn) -> Answer:
    """Let a colleague work on the own cases as well, or no longer."""
    if not turn.typed("colleague"):
        raise FieldMissingError
    team, colleague = turn.services.cases.team, turn.typed("colleague")
    if turn.typed("end") == "yes":
        await team.remove_deputy(turn.tx, turn.actor, colleague)
        return Go("/me#deputies", "deputy_changed")
    await team.add_deputy(turn.tx, turn.actor, colleague, turn.now)
    return Go("/me#deputies", "deputy_changed")


async def team(turn: Turn) -> Answer:
    """How the team stands, without who the clients are; cases of somebody who is ill or has left go to another."""
    numbers = await turn.services.cases.team.numbers(turn.tx, turn.actor, turn.now)
    names = await turn.services.accounts.shown_names(turn.tx)
    # Whoever begins has no cases yet, and is who they are given to.
    coordinators = await turn.services.accounts.colleagues(turn.tx, turn.actor, Role.COORDINATOR)
    own = [turn.actor.id] if Role.COORDINATOR in turn.actor.roles else []
    # Those with the most cases stand first among who gives, those with few among who gets.
    holders = dict.fromkeys([*numbers.caseloads, *numbers.closed])
    givers = sorted(holders, key=lambda id_: -numbers.caseloads.get(id_, 0))
    receivers = dict.fromkeys([*own, *(c.person_id for c in coordinators), *numbers.caseloads])
    fewest = sorted(receivers, key=lambda id_: numbers.caseloads.get(id_, 0))
    given = [one for one in await giving.given(turn) if turn.actor.id != one.before_id]
    shown = {"givers": givers, "receivers": fewest, "given": given}
    return Page("team.html", {"numbers": numbers, "names": names, **shown})


async def people(turn: Turn) -> Answer:
    """Who may sign in."""
    members = await turn.services.accounts.members(turn.tx, turn.actor)
    return Page("people.html", {"members": members, "roles": rules.STAFF})


async def invite(turn: Turn) -> Answer:
    """A new account, and the link with which it gets its password."""
    new = await turn.services.accounts.create(
        turn.tx, turn.actor, turn.typed("name"), turn.typed("shown"), _roles(turn.chosen("role")), turn.wall
    )
    return _link(turn, new)


async def recover(turn: Turn) -> Answer:
    """A link for a new password; whoever is signed in with the account is out."""
    return _link(
        turn,
        await turn.services.accounts.recover(turn.tx, turn.actor, turn.part("account_id"), turn.wall),
    )


async def set_roles(turn: Turn) -> Answer:
    """Exactly these roles."""
    wanted = _roles(turn.chosen("role"))
    person_id = await turn.services.accounts.set_roles(
        turn.tx, turn.actor, turn.part("account_id"), wanted, turn.wall
    )
    left = 0 if Role.COORDINATOR in wanted else await turn.services.cases.team.leave(turn.tx, person_id)
    return Go("/people", "roles_saved_cases" if left else "roles_saved")


async def close(turn: Turn) -> Answer:
    """Somebody leaves."""
    person_id = await turn.services.accounts.close(turn.tx, turn.actor, turn.part("account_id"), turn.wall)
    left = await turn.services.cases.team.leave(turn.tx, person_id)
    return Go("/people", "account_closed_cases" if left else "account_closed")


async def open_again(turn: Turn) -> Answer:
    """Somebody comes back: the link with which the account gets a new password."""
    new = await turn.services.accounts.open_again(
        turn.tx, turn.actor, turn.part("account_id"), _roles(turn.chosen("role")), turn.wall
    )
    return _link(turn, new)


def _link(turn: Turn, new: NewCode) -> Page:
    link = f"{turn.house.url}/welcome/{new.code}"
    values = {"account": new.account, "link": link, "until": new.expires_at}
    return Page("account_link.html", values, address="/people")


def _roles(names: Iterable[str]) -> list[Role]:
    return [Role(name) for name in names if name in set(Role)]


_MAY, _ACCOUNT = May.MANAGE_ACCOUNTS, "/people/{account_id}"
ROUTES = (
    DeskRoute("GET", "/me", me, May.USE_DESK, "the own account"),
    DeskRoute("POST", "/me", change_me, May.USE_DESK, "language, digest, absence"),
    DeskRoute("POST", "/me/sessions", end_others, May.USE_DESK, "end the other sessions"),
    DeskRoute("POST", "/me/phone", phone, May.USE_DESK, "a link for the own phone"),
    DeskRoute("POST", "/me/phone/confirm", confirm_phone, May.USE_DESK, "the phone is mine"),
    DeskRoute("POST", "/me/deputy", deputy, May.LIST_CLIENTS, "a deputy, or no longer"),
    DeskRoute("GET", "/team", team, May.SEE_TEAM, "the team in numbers"),
    DeskRoute("GET", "/people", people, _MAY, "who may sign in"),
    DeskRoute("POST", "/people", invite, _MAY, "a new account"),
    DeskRoute("POST", _ACCOUNT + "/recover", recover, _MAY, "a link for a new password"),
    DeskRoute("POST", _ACCOUNT + "/roles", set_roles, _MAY, "exactly these roles"),
    DeskRoute("POST", _ACCOUNT + "/close", close, _MAY, "somebody leaves"),
    DeskRoute("POST", _ACCOUNT + "/open", open_again, _MAY, "somebody comes back"),
)
