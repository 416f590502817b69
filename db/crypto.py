"""Encryption of single fields and the keys for it; which fields are personal is decided by the repositories."""

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
HEAD_BYTES = 1 + _NONCE_BYTES
"""What a sealed field begins with; it is never the same twice."""
_KEY_BYTES = 32


class KeyFileError(Exception):
    """The key file is missing, open to others, or not a key file; the text says what to do."""


class SealBrokenError(Exception):
    """A sealed field was changed, moved to another row, or sealed with a key that is not here."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """Keys by id (1 to 255); the highest id seals, all of them open. `index` makes the blind indexes, `chain` binds the rows of the access log."""

    keys: Mapping[int, bytes]
    index: bytes
    chain: Mapping[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.chain:
            # Key files from before there was a chain: a key of its own, made from the one that never changes.
            made = hmac.new(self.index, b"access chain", hashlib.sha256).digest()
            object.__setattr__(self, "chain", {0: made})

    def __repr__(self) -> str:
        return f"Keyring(ids={sorted(self.keys)})"

    @classmethod
    def generate(cls) -> "Keyring":
        """A fresh keyring from the operating system's randomness."""
        return cls(
            keys={1: os.urandom(_KEY_BYTES)},
            index=os.urandom(_KEY_BYTES),
            chain={1: os.urandom(_KEY_BYTES)},
        )

    @classmethod
    def from_json(cls, text: str) -> "Keyring":
        """Read what `to_json` wrote. Raises KeyFileError."""
        try:
            data = json.loads(text)
            keys, chain = _keys(data["keys"]), _keys(data.get("chain", {}))
            index = base64.b64decode(data["index"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyFileError("The keys are not readable: expected JSON with `keys` and `index`.") from error
        every = [*keys.values(), *chain.values(), index]
        if not keys or any(len(key) != _KEY_BYTES or len(set(key)) < 8 for key in every):
            raise KeyFileError("The keys are too short or too simple; make new ones with `lotse keys new`.")
        if not all(1 <= number <= 255 for number in keys):
            raise KeyFileError("The ids of the keys must lie between 1 and 255.")
        return cls(keys=keys, index=index, chain=chain)

    def with_new_key(self) -> "Keyring":
        """This keyring with one key more, which seals from now on, and one more for the chain. The index key stays: hashes cannot be made anew."""
        number = max(self.keys) + 1
        if number > 255:
            raise KeyFileError("There were 255 keys already; there is no id left for another.")
        chain = {**self.chain, max(self.chain) + 1: os.urandom(_KEY_BYTES)}
        return Keyring({**self.keys, number: os.urandom(_KEY_BYTES)}, self.index, chain)

    def without(self, ids: Collection[int], chain_ids: Collection[int] = ()) -> "Keyring":
        """This keyring without some keys."""
        keys = {number: key for number, key in self.keys.items() if number not in ids}
        chain = {number: key for number, key in self.chain.items() if number not in chain_ids}
        return Keyring(keys, self.index, chain)

    def to_json(self) -> str:
        """The keyring as JSON text for the key file."""
        index = base64.b64encode(self.index).decode()
        return json.dumps({"keys": _text(self.keys), "index": index, "chain": _text(self.chain)}, indent=1)


def _keys(given: Mapping[str, str]) -> dict[int, bytes]:
    return {int(number): base64.b64decode(key) for number, key in given.items()}


def _text(keys: Mapping[int, bytes]) -> dict[str, str]:
    return {str(number): base64.b64encode(key).decode() for number, key in keys.items()}


def load_keyring(path: Path) -> Keyring:
    """Read the key file; refuses one that others may read. Raises KeyFileError."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise KeyFileError(f"The key file {path} holds no text.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(f"The key file {path} can be read by others; run: chmod 600 {path}")
    return Keyring.from_json(text)


def create_keyring(path: Path) -> Keyring:
    """Write a new key file, readable by its owner only; never over an existing one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    keyring = Keyring.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(keyring.to_json())
        file.flush()
        os.fsync(file.fileno())
    return keyring


def replace_keyring(path: Path, keyring: Keyring) -> None:
    """Write a changed keyring over the key file, whole or not at all. Raises KeyFileError."""
    part = path.with_name(path.name + ".new")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(keyring.to_json())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise KeyFileError(
            f"{path} cannot be written ({error.strerror}); no key was changed. Set LOTSE_KEYS_FILE to where its folder may be written."
        ) from error


class Cipher:
    """Seals single fields with AES-GCM, bound to table, column and row, so that no cell can be moved to another row."""

    def __init__(self, keyring: Keyring) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keyring.keys.items()}
        self._current = max(keyring.keys)
        self._index = keyring.index
        self._chain = keyring.chain

    def seal(self, table: str, column: str, row: str, text: str) -> bytes:
        """Encrypt `text`; the result is key id (1 byte), nonce (12 bytes), ciphertext with tag."""
        nonce = os.urandom(_NONCE_BYTES)
        body = self._ciphers[self._current].encrypt(
            nonce, text.encode("utf-8", "surrogatepass"), _bound(table, column, row)
        )
        return bytes([self._current]) + nonce + body

    def open(self, table: str, column: str, row: str, sealed: bytes) -> str:
        """Decrypt what `seal` made for the same table, column and row. Raises SealBrokenError."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise SealBrokenError(f"{table}.{column}: no key for this field")
        try:
            nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
            return cipher.decrypt(nonce, body, _bound(table, column, row)).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(f"{table}.{column}: the field does not belong here") from error

    def blind(self, purpose: str, value: str) -> str:
        """A keyed hash (32 hex digits) that finds a value without showing it; `purpose` keeps indexes apart."""
        text = f"{purpose}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._index, text, "sha256").hex()[:32]

    @property
    def chain_key(self) -> int:
        """The id of the key that binds new rows of the access log."""
        return max(self._chain)

    def link(self, text: str, key_id: int) -> str | None:
        """What binds a row of the access log to the one before (64 hex digits), None when that key is not here."""
        key = self._chain.get(key_id)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest() if key else None


def _bound(table: str, column: str, row: str) -> bytes:
    return f"{table}\0{column}\0{row}".encode()
