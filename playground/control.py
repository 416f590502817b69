"""The control API under /play and /clock: what the page and tests ask for, as JSON; the doing is in people and world."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground import people
from playground.errors import ControlError
from playground.types import Json, Message, User
from playground.world import World

Handler = Callable[[World, Request, Json], Awaitable[Any]]
_WAIT_MAX = 60.0
_LOOK_AGAIN = 0.5


def _sent(message: Message) -> Json:
    return {"message": message.view()}


async def say(world: World, _request: Request, body: Json) -> Json:
    return {"messages": [message.view() for message in people.say(world, body["user_id"], str(body["text"]))]}


async def open_link(world: World, _request: Request, body: Json) -> Json:
    payload, link = str(body.get("payload", "")), str(body.get("link", ""))
    return _sent(people.start(world, body["user_id"], payload=payload, link=link))


async def send(world: World, _request: Request, body: Json) -> Json:
    return _sent(people.send(world, body["user_id"], str(body.get("kind", "")), body))


async def forward(world: World, _request: Request, body: Json) -> Json:
    return _sent(people.forward(world, body["user_id"], str(body["text"]), str(body.get("from", "Someone"))))


async def edit(world: World, _request: Request, body: Json) -> Json:
    return _sent(people.edit(world, body["user_id"], int(body["message_id"]), str(body["text"])))


async def group(world: World, _request: Request, body: Json) -> Json:
    chat_id, title = int(body.get("chat_id", -1001234567890)), str(body.get("title", "Group"))
    return _sent(people.group(world, body["user_id"], str(body["text"]), chat_id, title))


async def press(world: World, _request: Request, body: Json) -> Json:
    return _sent(people.press(world, body["user_id"], str(body["text"])))


async def tap(world: World, _request: Request, body: Json) -> Json:
    """With wait (seconds) the answer to the callback query comes along, null when there was none in time."""
    if "raw_data" in body:
        result = people.tap_raw(world, body["user_id"], int(body["message_id"]), str(body["raw_data"]))
    else:
        result = people.tap(world, body["user_id"], body)
    if "callback_query_id" in result and body.get("wait"):
        query = world.queries[result["callback_query_id"]]
        await _until(world, lambda: query.answer is not None, float(body["wait"]))
        result["answer"] = query.answer
    return result


async def _until(world: World, ready: Callable[[], bool], seconds: float) -> None:
    """Waits for a change that makes it ready; counted in real seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(seconds, _WAIT_MAX)
    while not ready() and not world.hub.closed and (left := deadline - loop.time()) > 0:
        await world.hub.changed(min(_LOOK_AGAIN, left))


async def block(world: World, _request: Request, body: Json) -> Json:
    people.set_blocked(world, body["user_id"], blocked=True)
    return world.user(body["user_id"]).view()


async def unblock(world: World, _request: Request, body: Json) -> Json:
    people.set_blocked(world, body["user_id"], blocked=False)
    return world.user(body["user_id"]).view()


async def language(world: World, _request: Request, body: Json) -> Json:
    return people.set_language(world, body["user_id"], str(body["language_code"])).view()


async def delete_chat(world: World, _request: Request, body: Json) -> Json:
    people.delete_chat(world, body["user_id"])
    return {}


async def state(world: World, _request: Request, _body: Json) -> Json:
    return world.state_view()


async def users(world: World, _request: Request, _body: Json) -> Json:
    return {"users": [user.view() for user in world.users.values()]}


async def add_users(world: World, _request: Request, body: Json) -> Json:
    """One user, or count of them with ids from id on."""
    first = int(body.get("id") or max(world.users) + 1)
    made = []
    for number in range(int(body.get("count", 1))):
        user = User(first + number, str(body.get("first_name", f"Person {first + number}")))
        for name in ("last_name", "username", "language_code", "role"):
            setattr(user, name, str(body.get(name, "")))
        made.append(world.add_user(user).view())
        if body.get("started"):
            world.private_chat(user.id)
    return {"users": made}


async def change_user(world: World, request: Request, body: Json) -> Json:
    user = world.user(int(request.path_params["user_id"]))
    for name in ("first_name", "last_name", "username", "language_code", "role"):
        if name in body:
            setattr(user, name, str(body[name]))
    user.deactivated = bool(body.get("deactivated", user.deactivated))
    world.hub.publish("user", user.view())
    return user.view()


async def messages(world: World, request: Request, _body: Json) -> Json:
    """The phone; with after=seq only what changed since, with wait=seconds not before something did."""
    user = world.user(int(request.path_params["user_id"]))
    after = int(request.query_params.get("after", 0))
    seconds = float(request.query_params.get("wait", 0))
    await _until(world, lambda: bool(world.messages(user.id, after)), seconds)
    return world.phone_view(user, after)


async def calls(world: World, request: Request, _body: Json) -> Json:
    query = request.query_params
    wanted, after, chat_id = query.get("method", "").lower(), int(query.get("after", 0)), query.get("chat_id")
    found = [
        call.view()
        for call in world.calls
        if call.n > after
        and wanted in {"", call.method.lower()}
        and chat_id in {None, str(call.params.get("chat_id"))}
    ]
    return {"calls": found, "count": world.call_count}


async def clear_calls(world: World, _request: Request, _body: Json) -> Json:
    world.calls.clear()
    return {}


async def updates(world: World, _request: Request, _body: Json) -> Json:
    return {"pending": list(world.updates.pending), "next_id": world.updates.next_id}


async def add_update(world: World, _request: Request, body: Json) -> Json:
    """update: a raw update, queued as it is (an update_id is given when it has none); or jump: moves the next id."""
    if "jump" in body:
        world.updates.jump(int(body["jump"]))
    if "update" in body:
        update = dict(body["update"])
        if "update_id" not in update:
            update["update_id"] = world.updates.next_id
            world.updates.jump(1)
        world.updates.put_raw(update)
    return {"next_id": world.updates.next_id}


async def faults(world: World, _request: Request, _body: Json) -> Json:
    return {"faults": [fault.view() for fault in world.faults.active]}


async def add_fault(world: World, _request: Request, body: Json) -> Json:
    return world.faults.add(body).view()


async def clear_faults(world: World, _request: Request, _body: Json) -> Json:
    world.faults.clear()
    return {}


async def limits(world: World, _request: Request, _body: Json) -> Json:
    return world.limits.view()


async def set_limits(world: World, _request: Request, body: Json) -> Json:
    world.limits.configure(body)
    return world.limits.view()


async def notes(world: World, _request: Request, _body: Json) -> Json:
    return {"notes": world.notes}


async def add_note(world: World, _request: Request, body: Json) -> Json:
    note = {name: str(body.get(name, "")) for name in ("title", "link", "phone")}
    world.notes.append(note)
    world.hub.publish("notes", {"notes": world.notes})
    return note


async def clear_notes(world: World, _request: Request, _body: Json) -> Json:
    world.notes.clear()
    world.hub.publish("notes", {"notes": world.notes})
    return {}


async def reset(world: World, _request: Request, _body: Json) -> Json:
    world.reset()
    return world.state_view()


async def clock(world: World, _request: Request, _body: Json) -> Json:
    return world.clock_view()


async def move_clock(world: World, _request: Request, body: Json) -> Json:
    """advance_seconds, or now as an ISO time with its zone."""
    if "now" in body:
        now = datetime.fromisoformat(str(body["now"]))
        if now.tzinfo is None:
            raise ControlError("the time needs a zone, for instance 2027-03-01T08:00:00+01:00")
        world.clock.set(now)
    else:
        world.clock.advance(float(body["advance_seconds"]))
    world.hub.publish("clock", world.clock_view())
    return world.clock_view()


async def _body(request: Request) -> Json:
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def _endpoint(world: World, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            return JSONResponse(await handler(world, request, body))
        except ControlError as error:
            return JSONResponse({"error": error.text}, error.code)
        except KeyError as error:
            return JSONResponse({"error": f"{error.args[0]} is missing"}, 400)
        except (ValueError, TypeError, OverflowError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/clock", clock),
    ("POST", "/clock", move_clock),
    ("GET", "/play/state", state),
    ("GET", "/play/users", users),
    ("POST", "/play/users", add_users),
    ("POST", "/play/users/{user_id:int}", change_user),
    ("GET", "/play/users/{user_id:int}/messages", messages),
    ("POST", "/play/say", say),
    ("POST", "/play/tap", tap),
    ("POST", "/play/press", press),
    ("POST", "/play/send", send),
    ("POST", "/play/edit", edit),
    ("POST", "/play/forward", forward),
    ("POST", "/play/group", group),
    ("POST", "/play/open", open_link),
    ("POST", "/play/block", block),
    ("POST", "/play/unblock", unblock),
    ("POST", "/play/language", language),
    ("POST", "/play/delete_chat", delete_chat),
    ("GET", "/play/calls", calls),
    ("DELETE", "/play/calls", clear_calls),
    ("GET", "/play/updates", updates),
    ("POST", "/play/updates", add_update),
    ("GET", "/play/faults", faults),
    ("POST", "/play/faults", add_fault),
    ("DELETE", "/play/faults", clear_faults),
    ("GET", "/play/limits", limits),
    ("POST", "/play/limits", set_limits),
    ("GET", "/play/notes", notes),
    ("POST", "/play/notes", add_note),
    ("DELETE", "/play/notes", clear_notes),
    ("POST", "/play/reset", reset),
]


def routes(world: World) -> list[Route]:
    async def events(_request: Request) -> Response:
        stream = world.hub.stream("clock", world.clock_view())
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def file(request: Request) -> Response:
        found = world.files.get(request.path_params["file_id"])
        if found is None:
            return JSONResponse({"error": "no such file"}, 404)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
        return Response(found.content, media_type=found.mime_type, headers=headers)

    table = [Route(path, _endpoint(world, handler), methods=[verb]) for verb, path, handler in _TABLE]
    return [*table, Route("/play/events", events), Route("/play/files/{file_id}", file)]
