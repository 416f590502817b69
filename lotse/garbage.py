"""When garbage is looked for: between answers and a little at a time, not in the middle of a page that somebody waits for."""

import asyncio
import gc

TIDY_SECONDS = 0.25
SECOND_LOOK_ROUNDS = 8
"""After so many rounds what an answer in the making held the first time is looked through again."""
THOROUGH_ROUNDS = 4 * 3600
"""After so many, once an hour, everything is."""
WORTH_IT = 1_000
"""Fewer new objects than this are left for a later round: looking takes a microsecond or two for each."""
_NEW_OBJECTS = 50_000
"""Whoever makes so many between two rounds has them looked through at once."""


def settle() -> None:
    """What is there now stays: the search alone is so large that looking through it for garbage holds up a page for a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


async def tidy() -> None:
    """Look through what is new, again and again; what was in use both times may stay until the hour is over."""
    rounds = 0
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        rounds += 1
        if rounds % THOROUGH_ROUNDS == 0:
            gc.unfreeze()
            settle()
        elif gc.get_count()[0] >= WORTH_IT:
            gc.collect(0 if rounds % SECOND_LOOK_ROUNDS else 1)
