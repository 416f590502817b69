"""Signing in and out, the lock after an hour, and choosing a password behind a link."""

import asyncio
from urllib.parse import quote

import segno
from starlette.responses import RedirectResponse, Response

from desk import render
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from people.accounts import rules
from people.accounts.passwords import totp_uri
from people.errors import NotFoundError


def qr(text: str) -> str:
    """A QR code as an SVG for a page: no colours of its own, no size but its view box."""
    return segno.make(text, error="m").svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)


async def sign_in_page(turn: Turn) -> Answer:
    """Name, password, six digits; and the district's single sign-on where there is one."""
    to = _inside(turn.query("to"))
    if turn.signed is not None:
        return Go(f"/locked?to={quote(to)}" if turn.signed.locked else to)
    return Page("sign_in.html", {"to": to, "sso": turn.desk.sso is not None})


async def sign_in(turn: Turn) -> Answer:
    """Check all three; which one was wrong is not said."""
    accounts = turn.services.accounts
    candidate = turn.context["candidate"]
    session = await accounts.sign_in(
        turn.tx, candidate, turn.typed("code"), turn.wall, password_fits=turn.context["password_fits"]
    )
    return turn.desk.keep(_to(turn), session.token)


async def prepare_sign_in(turn: Turn) -> None:
    """The slow part, before the transaction that counts."""
    turn.context["candidate"] = candidate = await turn.services.accounts.candidate(
        turn.tx, turn.typed("name"), turn.wall
    )
    turn.context["password_fits"] = await asyncio.to_thread(
        turn.services.passwords.fits,
        candidate.password_hash,
        turn.typed("password")[: rules.PASSWORD_LONGEST],
    )


async def locked_page(turn: Turn) -> Answer:
    """An hour without anybody: the password brings everything back."""
    to = _inside(turn.query("to"))
    if turn.signed is None:
        return Go(f"/sign-in?to={quote(to)}")
    if not turn.signed.locked:
        return Go(to)
    return Page("locked.html", {"to": to, "sso": turn.desk.sso is not None})


async def prepare_unlock(turn: Turn) -> None:
    """The slow part, before the transaction that counts."""
    if turn.signed is None:
        return
    candidate = await turn.services.accounts.candidate(turn.tx, turn.who.account.name, turn.wall)
    turn.context["password_fits"] = await asyncio.to_thread(
        turn.services.passwords.fits,
        candidate.password_hash,
        turn.typed("password")[: rules.PASSWORD_LONGEST],
    )


async def unlock(turn: Turn) -> Answer:
    """Go on; where the session itself is over by now, by signing in."""
    if turn.signed is None:
        return Go(f"/sign-in?to={quote(_inside(turn.typed('to')))}")
    await turn.services.accounts.unlock(
        turn.tx, turn.who, turn.wall, password_fits=turn.context["password_fits"]
    )
    return _to(turn)


async def sign_out(turn: Turn) -> Answer:
    """End this session."""
    if turn.signed is not None:
        await turn.services.accounts.sign_out(turn.tx, turn.signed.session)
    return turn.desk.drop(RedirectResponse("/sign-in?done=signed_out", status_code=303))


async def welcome_page(turn: Turn) -> Answer:
    """Behind an invitation or recovery link: a new password and the authenticator's QR code."""
    code = await turn.services.accounts.code(turn.tx, turn.part("code"), turn.wall)
    uri = totp_uri(code.totp_secret, code.account.name, turn.words.plain("desk.title"))
    values = {"code": turn.part("code"), "account": code.account, "qr": qr(uri), "secret": code.totp_secret}
    return Page("welcome.html", values)


async def prepare_welcome(turn: Turn) -> None:
    """The slow part, before the transaction that counts."""
    turn.context["hash"] = await asyncio.to_thread(
        turn.services.passwords.hash, turn.typed("password")[: rules.PASSWORD_LONGEST]
    )


async def welcome(turn: Turn) -> Answer:
    """Keep both and come in."""
    session = await turn.services.accounts.choose_password(
        turn.tx,
        turn.part("code"),
        turn.typed("password"),
        turn.context["hash"],
        turn.typed("code"),
        turn.wall,
    )
    return turn.desk.keep(_to(turn), session.token)


async def single_sign_on(turn: Turn) -> Answer:
    """On to the district's single sign-on."""
    sso = turn.desk.sso
    if sso is None:
        raise NotFoundError
    return await sso.begin(turn)


async def single_sign_on_back(turn: Turn) -> Answer:
    """Back from it: whom it vouches for is signed in."""
    sso = turn.desk.sso
    if sso is None:
        raise NotFoundError
    subject, name = turn.context["vouched"]
    session = await turn.services.accounts.sign_in_external(turn.tx, sso.issuer, subject, name, turn.wall)
    # The session's cookie is Strict: a redirect that another site began would come without it.
    response = render.respond(turn, Page("arrived.html", {"to": _inside(turn.context["to"])}))
    return sso.forget(turn.desk.keep(response, session.token))


async def prepare_back(turn: Turn) -> None:
    """Ask the single sign-on, before the transaction."""
    sso = turn.desk.sso
    if sso is None:
        raise NotFoundError
    turn.context["vouched"] = await sso.finish(turn)


def _inside(path: str) -> str:
    """Where to go on: a path of the desk, never another site."""
    fine = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if fine else "/"


def _to(turn: Turn) -> Response:
    return RedirectResponse(_inside(turn.typed("to")), status_code=303)


ROUTES = (
    DeskRoute("GET", "/sign-in", sign_in_page, None, "name, password and six digits"),
    DeskRoute("POST", "/sign-in", sign_in, None, "sign in", prepare=prepare_sign_in),
    DeskRoute("GET", "/sign-in/sso", single_sign_on, None, "on to the district's single sign-on"),
    DeskRoute(
        "GET", "/sign-in/back", single_sign_on_back, None, "back from it", prepare=prepare_back, writes=True
    ),
    DeskRoute("GET", "/locked", locked_page, None, "the lock after an hour"),
    DeskRoute("POST", "/locked", unlock, None, "unlock with the password", prepare=prepare_unlock),
    DeskRoute("POST", "/sign-out", sign_out, None, "end the session"),
    DeskRoute("GET", "/welcome/{code}", welcome_page, None, "choose a password behind a link"),
    DeskRoute(
        "POST", "/welcome/{code}", welcome, None, "keep password and authenticator", prepare=prepare_welcome
    ),
)
