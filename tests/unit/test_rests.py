"""How long what must wait for a chat waits, whatever is done to the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.rests import Rests

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("jump", [timedelta(), timedelta(hours=-1), timedelta(hours=1)])
async def test_what_is_put_off_waits_for_the_rest_and_not_for_a_clock_that_was_set(jump: timedelta) -> None:
    rests = Rests()
    rests.refused("anna", 2, NOON)
    first = rests.put_off("anna", NOON)
    now = NOON + jump
    second, third = rests.put_off("anna", now), rests.put_off("anna", now)
    assert timedelta(seconds=2) < first - NOON < timedelta(seconds=4)
    assert timedelta(seconds=3) < second - now < timedelta(seconds=6)
    assert second < third < now + timedelta(seconds=7)


async def test_what_is_put_off_stays_in_order_when_the_clock_is_a_little_slow() -> None:
    rests = Rests()
    rests.refused("anna", 2, NOON)
    dues = [rests.put_off("anna", NOON - timedelta(milliseconds=400 * number)) for number in range(5)]
    assert dues == sorted(dues)
