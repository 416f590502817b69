"""The application: from a request to a turn, and from an answer or an error to a response; the same for every route."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agreements.files.errors import FieldsInvalidError
from db.engine import StorageBusyError
from delivery.limits import Limits
from desk import away, render
from desk.limits import PAGES, SIGN_IN
from desk.routes import DeskRoute
from desk.sso import SingleSignOn
from desk.turn import House, Page, Services, Turn
from i18n.languages import FALLBACK, SOURCE
from i18n.messages import words
from people.accounts import rules
from people.accounts.types import SignedIn
from people.errors import DomainError, NotAllowedError, NotFoundError

log = structlog.get_logger(__name__)

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_THERE = (200, 304)
_STATUS: dict[type[DomainError], int] = {NotFoundError: 404, NotAllowedError: 403}


class Desk:
    """Turns requests into turns. Holds what lives as long as the process."""

    def __init__(
        self,
        services: Services,
        house: House,
        *,
        now: Callable[[], datetime],
        wall: Callable[[], datetime],
        monotonic: Callable[[], float],
        sso: SingleSignOn | None = None,
    ) -> None:
        self.services = services
        self.house = house
        self.now = now
        self.wall = wall
        self.sso = sso
        self.limits = Limits(monotonic)

    @property
    def cookie(self) -> str:
        """The one cookie's name; behind https browsers keep it from subdomains and other paths."""
        return "__Host-lotse" if self.house.secure else "lotse-desk"

    async def serve(self, route: DeskRoute, request: Request) -> Response:
        """Rate, session, lock, token, rights, handler, commit: in this order for every route."""
        rate = SIGN_IN if route.permission is None and route.method == "POST" else PAGES
        address = request.client.host if request.client else ""
        if not self.limits.allows(f"{rate.burst}:{address}", rate):
            return PlainTextResponse("429", status_code=429, headers={"retry-after": "10"})
        if route.method == "POST" and (refused := self._foreign(request, route)):
            return refused
        token = request.cookies.get(self.cookie, "")
        signed = await self._signed(token)
        turn = self._turn(request, signed, away.form_token(token, signed) if signed else "")
        if route.permission is not None:
            if signed is None:
                return away.first(turn, "/sign-in")
            if signed.locked:
                return away.first(turn, "/locked")
        if route.method == "POST":
            turn.form = await request.form(max_files=4)
            if signed is not None and not away.is_token(turn.form.get("csrf"), turn.token):
                return away.stale(turn)
        return await self._run(route, turn)

    def _turn(self, request: Request, signed: SignedIn | None, token: str) -> Turn:
        language = signed.actor.person.language if signed else _wanted_language(request)
        spoken = words(_spoken(language))
        return Turn(
            request,
            self,
            self.services,
            self.house,
            self.now(),
            self.wall(),
            spoken,
            signed,
            token,
            FormData(),
        )

    async def _run(self, route: DeskRoute, turn: Turn) -> Response:
        writes = route.writes or route.method == "POST"
        try:
            if route.permission is not None:
                self.services.people.accessor.require(turn.actor, route.permission)
            if route.prepare is not None:
                async with self.services.database.read() as turn.tx:
                    await route.prepare(turn)
            if not writes:
                async with self.services.database.read() as turn.tx:
                    response = render.respond(turn, await route.handler(turn))
            else:
                response = await self._change(route, turn)
        except DomainError as error:
            return _refused(turn, error)
        signed = turn.signed
        asked = not route.passive and turn.request.headers.get("hx-trigger") not in away.BY_ITSELF
        if signed is not None and asked and not signed.locked:
            await self._see(signed)
        return response

    async def _change(self, route: DeskRoute, turn: Turn) -> Response:
        """The handler in one transaction; some errors, such as a wrong password, are kept in it."""
        kept: DomainError | None = None
        async with self.services.database.write() as turn.tx:
            try:
                response = render.respond(turn, await route.handler(turn))
            except DomainError as error:
                if not error.keeps_effect:
                    raise
                kept = error
        if kept is not None:
            raise kept
        return response

    async def _see(self, signed: SignedIn) -> None:
        now = self.wall()
        if now - signed.session.seen_at < rules.SEEN_EVERY:
            return
        async with self.services.database.write() as tx:
            await self.services.accounts.see(tx, signed.session, now)

    async def _signed(self, token: str) -> SignedIn | None:
        if not token:
            return None
        async with self.services.database.read() as tx:
            # What an administrator changed holds from the next page on, at every desk process.
            await self.services.house.refresh(tx)
            return await self.services.accounts.signed_in(tx, token, self.wall())

    def _foreign(self, request: Request, route: DeskRoute) -> Response | None:
        """A form that another site sends, or one that is too large."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        host = urlsplit(self.house.url).netloc if self.house.secure else request.headers.get("host", "")
        if site not in ("same-origin", "none") or (origin is not None and urlsplit(origin).netloc != host):
            return PlainTextResponse("403", status_code=403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > route.largest:
            return PlainTextResponse("413", status_code=413)
        return None

    def keep(self, response: Response, token: str) -> Response:
        """Give the browser its session; Strict, so that no other site's link arrives with it."""
        response.set_cookie(
            self.cookie,
            token,
            max_age=int(rules.SESSION_LIFE.total_seconds()),
            httponly=True,
            secure=self.house.secure,
            samesite="strict",
            path="/",
        )
        return response

    def drop(self, response: Response) -> Response:
        """Take the session from the browser."""
        response.delete_cookie(
            self.cookie, path="/", secure=self.house.secure, httponly=True, samesite="strict"
        )
        return response


def build_app(desk: Desk, routes: Sequence[DeskRoute]) -> ASGIApp:
    """The application with all its routes."""
    made = [Route(route.path, _endpoint(desk, route), methods=[route.method]) for route in routes]
    static = Mount("/static", StaticFiles(directory=render.STATIC))
    app = Starlette(routes=[*made, static], exception_handlers={404: _not_found(desk), 405: _not_found(desk)})
    return _Headers(app)


class _Headers:
    """Every response says what a browser may do with it; pages are never kept, files of the desk are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_the_desk = scope.get("path", "").startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                there = of_the_desk and message["status"] in _THERE
                added = {**SECURITY_HEADERS, "cache-control": _FOR_A_YEAR if there else "no-store"}
                message["headers"] = [
                    *message["headers"],
                    *((n.encode(), v.encode()) for n, v in added.items() if n.encode() not in given),
                ]
            await send(message)

        await self._app(scope, receive, sending)


def _endpoint(desk: Desk, route: DeskRoute) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await desk.serve(route, request)
        except StorageBusyError:
            log.warning("desk.storage_busy", route=route.name)
            return _plain_page(desk, request, "error.one_moment", 503)
        except (MultiPartException, UnicodeDecodeError):
            return PlainTextResponse("400", status_code=400)
        except Exception:
            log.exception("desk.failed", route=route.name)
            return _plain_page(desk, request, "error.unknown", 500)
        finally:
            # Uploaded files lie open in memory or the temporary folder until somebody closes them.
            await request.close()

    return endpoint


def _not_found(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, _error: Exception) -> Response:
        return _plain_page(desk, request, "error.not_found", 404)

    return handler


def _plain_page(desk: Desk, request: Request, key: str, status: int) -> Response:
    spoken = words(_wanted_language(request))
    text = render.environment().get_template("plain.html").render(words=spoken, key=key, house=desk.house)
    return Response(text, status_code=status, media_type="text/html")


def _refused(turn: Turn, error: DomainError) -> Response:
    """The sentence of the error: into the notice of the page that htmx shows, so that what was typed stays, else as a page."""
    sentence = turn.words.render(error.message)
    status = _STATUS.get(type(error), 422)
    wrong = error.fields if isinstance(error, FieldsInvalidError) else {}
    if turn.request.headers.get("hx-request") == "true" and status == 422:
        return away.notice(turn, sentence, wrong=wrong)
    return render.respond(turn, Page("refused.html", {"sentence": sentence, "wrong": wrong}, status))


def _spoken(language: str) -> str:
    """The desk speaks the two languages of the staff."""
    return language if language in (SOURCE, FALLBACK) else SOURCE


def _wanted_language(request: Request) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "de"
