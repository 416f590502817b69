"""The newest row of the access log, kept in a file of its own: whoever cuts the log off in the database does not reach it."""

import json
import os
from pathlib import Path

import structlog

from db.engine import Database
from people.audit.service import Trail
from people.audit.types import Anchor

log = structlog.get_logger(__name__)


def read(path: Path) -> Anchor | None:
    """What was kept last; None before anything was. Raises ValueError for a file that is no anchor."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(found, dict) or set(found) != {"seq", "link"}:
        raise ValueError(f"{path} is no anchor of the access log")
    return Anchor(int(found["seq"]), str(found["link"]))


def keep(path: Path, anchor: Anchor | None) -> None:
    """Keep a newer row than before; never go back."""
    before = read(path)
    if anchor is not None and (before is None or anchor.seq > before.seq):
        replace(path, anchor)


async def keep_newest(database: Database, trail: Trail, path: Path) -> None:
    """Note the newest row where the database is not: in what is logged, and in the file. One that cannot be written is told in the log."""
    async with database.read() as tx:
        found = await trail.anchor(tx)
    if found is None:
        return
    log.info("anchor.access_log", seq=found.seq, link=found.link)
    try:
        keep(path, found)
    except (OSError, ValueError) as error:
        log.warning("anchor.not_kept", path=str(path), error=type(error).__name__)


def replace(path: Path, anchor: Anchor) -> None:
    """Write the file anew, whole or not at all, readable by its owner only."""
    part = path.with_name(path.name + ".new")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps({"seq": anchor.seq, "link": anchor.link}))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
