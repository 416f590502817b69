"""Files as they are written: whole or not at all, and what is nobody else's business closed to others."""

import os
from pathlib import Path


def write_closed(path: Path, content: bytes) -> None:
    """Write a file anew, readable by its owner only, also where an older one was open to others. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file anew with the folders it is in, whole or not at all: a full disk leaves what was there. Raises OSError.

    A link stays one, and what is no file, such as /dev/stdout, is written to.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
