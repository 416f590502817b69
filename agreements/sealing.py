"""Sealed fields as the repositories of case work keep them: any JSON value, bound to table, column and row."""

import json
from typing import Any

from db.crypto import Cipher


class Sealing:
    """What repositories with personal columns inherit."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    @property
    def cipher(self) -> Cipher:
        """What other repositories of the same database seal with."""
        return self._cipher

    def _seal(self, table: str, column: str, row_id: str, value: object) -> bytes | None:
        return None if value is None else self._cipher.seal(table, column, row_id, json.dumps(value))

    def _open(self, table: str, column: str, row_id: str, sealed: bytes | None) -> Any:
        return None if sealed is None else json.loads(self._cipher.open(table, column, row_id, sealed))
