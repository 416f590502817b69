"""The reminder engine as a process that can be killed: ticker, worker and the real courier, as the bot process runs them.

Each line on standard input forks one: the worker's name, how long it must live until it is calm, and the pace (0 for none).
"""

import asyncio
import gc
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.application import build_application
from bot.courier import TelegramCourier
from bot.views.pushes import PUSH_VIEWS
from delivery.pace import Pace
from delivery.worker import DeliveryWorker
from i18n.messages import words
from lotse import log, runtime, ticking
from lotse.clock import SystemClock
from lotse.settings import Settings

IN_FLIGHT = 8
"""More than the pace of a real bot lets happen at once."""


class NoonClock(SystemClock):
    """The time, moved so far that nobody sleeps."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return super().now() + self._shift


async def live(name: str, calm: float, a_second: float) -> None:
    """Run until killed or told to stop; says "ready" when what an earlier life left is taken back."""
    settings = Settings().model_copy(update={"worker": name, "var": Path(os.environ["LOTSE_VAR"]) / name})
    assert settings.telegram_token is not None
    core = runtime.build_core(settings, clock=NoonClock(timedelta(seconds=float(os.environ["CRASH_SHIFT"]))))
    application = build_application(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
    worker = DeliveryWorker(
        core.database,
        core.delivery,
        core.people,
        TelegramCourier(application.bot, PUSH_VIEWS),
        recheck=core.reminders.recheck,
        outcome=core.reminders.outcome,
        now=core.clock.now,
        pace=Pace(a_second) if a_second else None,
        calm=calm,
        in_flight=IN_FLIGHT,
    )
    await application.bot.initialize()
    await worker.recover(own=True)
    sys.stdout.write(f"ready {name}\n")
    sys.stdout.flush()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        group.create_task(ticking.keep(core, worker))


def main() -> None:
    """Fork a life for each line; "wait PID" says how it ended."""
    log.configure(level="ERROR", style="readable")
    # What every life would read anew is there before the first.
    PUSH_VIEWS["reminder"](words("en"), "x")
    runtime.build_core(Settings(), clock=SystemClock())
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "wait":
            _, status = os.waitpid(int(arguments[0]), 0)
            sys.stdout.write(f"ended {os.waitstatus_to_exitcode(status)}\n")
        else:
            child = os.fork()
            if child == 0:
                asyncio.run(live(arguments[0], float(arguments[1]), float(arguments[2])))
                os._exit(0)
            sys.stdout.write(f"pid {child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
