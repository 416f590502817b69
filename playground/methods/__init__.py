"""Every method of the Bot API the playground knows, by lower-case name; how a call travels is not its matter."""

from collections.abc import Awaitable, Callable
from typing import Any

from playground.methods import callbacks, editing, files, polling, profile, sending
from playground.params import Params
from playground.world import World

Method = Callable[[World, Params], Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for table in (
        polling.METHODS,
        sending.METHODS,
        editing.METHODS,
        callbacks.METHODS,
        files.METHODS,
        profile.METHODS,
    )
    for name, method in table.items()
}
