"""Answers to taps on inline buttons."""

from datetime import timedelta
from typing import Any

from playground.constants import CALLBACK_ANSWER_MAX, CALLBACK_MINUTES
from playground.errors import bad_request
from playground.params import Params
from playground.text import utf16_length
from playground.world import World


async def answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if utf16_length(text) > CALLBACK_ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.queries.get(params.text("callback_query_id"))
    limit = timedelta(minutes=CALLBACK_MINUTES)
    if query is None or query.answer is not None or world.clock.now() - query.created > limit:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    about = {"callback_query_id": query.id, "chat_id": query.chat_id, "user_id": query.user_id}
    world.hub.publish("answer", about | {"message_id": query.message_id} | query.answer)
    return True


METHODS: dict[str, Any] = {"answerCallbackQuery": answer_callback_query}
