"""Files that hold what is nobody else's business."""

import os
from pathlib import Path


def write_closed(path: Path, content: bytes) -> None:
    """Write a file anew, readable by its owner only, also where an older one was open to others. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)
