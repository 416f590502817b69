"""getMe, getUpdates, the webhook methods, logOut and close."""

from typing import Any

from playground.constants import LONG_POLL_MAX
from playground.errors import bad_request
from playground.params import Params
from playground.profile import bot_user
from playground.types import Json
from playground.world import World


async def get_me(world: World, _params: Params) -> Json:
    return bot_user() | {
        "first_name": world.profile.text("name", ""),
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _remember_allowed(world: World, params: Params) -> None:
    allowed = params.json("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed_updates: Expected an Array")
    world.updates.allowed = [str(kind) for kind in allowed]


async def get_updates(world: World, params: Params) -> list[Json]:
    world.webhook.refuse_polling()
    _remember_allowed(world, params)
    if params.has("offset") and not params.confirm_lost:
        world.updates.confirm(params.integer("offset"))
    limit = params.integer("limit", 100)
    seconds = min(max(params.integer("timeout"), 0), LONG_POLL_MAX)
    return await world.updates.poll(limit=limit if 1 <= limit <= 100 else 100, seconds=seconds)


async def set_webhook(world: World, params: Params) -> bool:
    world.webhook.set(params.text("url"), params.text("secret_token"), params.integer("max_connections", 40))
    _remember_allowed(world, params)
    if params.flag("drop_pending_updates"):
        world.updates.pending.clear()
    return True


async def delete_webhook(world: World, params: Params) -> bool:
    world.webhook.set("", "", 40)
    if params.flag("drop_pending_updates"):
        world.updates.pending.clear()
    return True


async def get_webhook_info(world: World, _params: Params) -> Json:
    return world.webhook.info()


async def say_yes(_world: World, _params: Params) -> bool:
    return True


METHODS: dict[str, Any] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": say_yes,
    "close": say_yes,
}
