"""Starts the bot process again and again, quickly: each line on standard input forks one that runs what `lotse bot` runs.

What every start would read and learn anew about language, many seconds of work, is there before the first fork. The code's picture on an
invitation, half of the work that an update makes here, is drawn once for all.
"""

import gc
import os
import sys

from bot.views import coordinator_invitations
from lotse import log, runtime
from lotse.learning import Learning
from lotse.process import run_bot
from lotse.settings import Settings
from nlu.interpreter import Interpreter
from tests.language import knowing


def main() -> None:
    _teach()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            settings = Settings()
            log.configure(level=settings.log_level, style=settings.log_format)
            run_bot(settings)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _teach() -> None:
    interpreter = knowing()
    runtime.__dict__["load_lexicons"] = dict
    Interpreter.build = lambda *_: interpreter  # type: ignore[method-assign, assignment]
    Learning.recall = _known  # type: ignore[method-assign]
    picture = coordinator_invitations.qr_png("https://t.me/lotse_bot?start=x")
    coordinator_invitations.__dict__["qr_png"] = lambda _link: picture
    # A start looks through all objects for garbage; what they share with this process need not be looked through each time.
    gc.collect()
    gc.freeze()


async def _known(_self: Learning) -> bool:
    return True


if __name__ == "__main__":
    main()
