"""A process that looks at cases as fast as it can, for the test of two of them: `python -m tests.db.audit_writer URL TIMES`, keys on stdin."""

import asyncio
import sys

from db.crypto import Cipher, Keyring
from db.engine import Database
from lotse.clock import SystemClock
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.audit.types import Capacity, Part


async def main(url: str, times: int, keys: str) -> None:
    database = Database(url)
    trail = Trail(AuditRepository(Cipher(Keyring.from_json(keys))), now=SystemClock().now)
    database.ends_with(trail)
    for number in range(times):
        opened = database.read if number % 2 else database.write
        async with opened() as tx:
            trail.note(tx, "somebody", Capacity.COORDINATOR, f"case{number}", Part.FILE)
            trail.note(tx, "somebody", Capacity.COORDINATOR, f"case{number}", Part.NOTES, change=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.stdin.read()))
