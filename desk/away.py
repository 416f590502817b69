"""What a request gets that comes too late: the desk is locked, the session over, or another one has begun. What was typed stays."""

import hashlib
import hmac
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk import render
from desk.turn import Page, Turn
from i18n.messages import Message
from people.accounts.types import SignedIn

BY_ITSELF = ("lines", "answers")
"""Ids of what a page asks for again and again by itself: that nobody touched the desk must not go unseen."""
_NOTHING_TYPED = "/today"
"""What my day asks for by itself: nobody writes on that page, and what stands there is nobody's who comes by."""
_WHOSE = 16
_SAID = {"/sign-in": "desk.away.signed_out", "/locked": "desk.away.locked"}
"""The pages that come first, and what is said where one stays."""


def form_token(session_token: str, signed: SignedIn) -> str:
    """What every form of a session sends with it: whose page it is, and the proof that the desk made it."""
    proof = hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()
    return hashlib.sha256(f"csrf:{signed.account.id}".encode()).hexdigest()[:_WHOSE] + proof[_WHOSE:]


def is_token(given: object, wanted: str) -> bool:
    """Whether a form was made in this session."""
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def first(turn: Turn, path: str) -> Response:
    """On to the page that comes first, and back from there; who sends something or waits for a piece stays where they are."""
    request = turn.request
    if request.url.path == _NOTHING_TYPED and request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"hx-redirect": path})
    if _stays(request):
        return notice(turn, turn.words(_SAID[path]), way=path)
    target = path if (back := _back(request)) == "/" else f"{path}?to={quote(back)}"
    if request.headers.get("hx-boosted") == "true":
        return Response(status_code=204, headers={"hx-redirect": target})
    return RedirectResponse(target, status_code=303)


def stale(turn: Turn) -> Response:
    """A form of another session: the same person's gets this session's token and may be sent again, nobody else's."""
    request = turn.request
    if request.url.path in _SAID:
        return RedirectResponse(f"{request.url.path}?to={quote(turn.typed('to'))}", status_code=303)
    same = turn.typed("csrf")[:_WHOSE] == turn.token[:_WHOSE]
    sentence = turn.words("desk.away.again" if same else "desk.away.other")
    if _stays(request):
        return notice(turn, sentence, renewed=same)
    return render.respond(turn, Page("refused.html", {"sentence": sentence, "wrong": {}}, 403))


def notice(
    turn: Turn,
    sentence: str,
    *,
    way: str = "",
    renewed: bool = False,
    wrong: Mapping[str, Message] = MappingProxyType({}),
) -> Response:
    """422: a sentence into the notice of the page that is there, with what is `wrong` with which field of a file: a `way` on in another tab, or the token that its forms lack."""
    values = {"sentence": sentence, "way": way, "renewed": renewed, "wrong": wrong}
    response = render.respond(turn, Page("notice.html", values, 422))
    shown = "" if turn.request.headers.get("hx-trigger") in BY_ITSELF else " show:#notice:top"
    response.headers.update(
        {"hx-retarget": "#notice", "hx-reswap": f"innerHTML{shown}", "hx-push-url": "false"}
    )
    return response


def _stays(request: Request) -> bool:
    """Whether htmx asks for anything but another page: a click on a link leaves this one anyway."""
    headers = request.headers
    if headers.get("hx-request") != "true" or headers.get("hx-history-restore-request") == "true":
        return False
    return request.method != "GET" or headers.get("hx-boosted") != "true"


def _back(request: Request) -> str:
    """The page to come back to: the one that was wanted, or the one whose form was sent."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    left = urlsplit(request.headers.get("referer", ""))
    return left.path + (f"?{left.query}" if left.query else "") if left.netloc == request.url.netloc else "/"
