"""Seeded chance, so that every run can be repeated."""

import random

Dice = random.Random


def dice(seed: int) -> Dice:
    return random.Random(seed)  # noqa: S311  play, not secrets
