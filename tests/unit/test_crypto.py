"""Sealing of single fields, keyrings and key files: what opens, what does not, and what an error says."""

import base64
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.crypto import (
    Cipher,
    KeyFileError,
    Keyring,
    SealBrokenError,
    create_keyring,
    load_keyring,
)

HERE = ("persons", "chat_sealed", "id1")
GOOD = bytes(range(32))
TEXT = "Frau Canary, Hauptstraße 7"
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


def key_file(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def keyring_json(keys: dict[str, bytes], index: bytes) -> str:
    coded = {number: base64.b64encode(key).decode() for number, key in keys.items()}
    return json.dumps({"keys": coded, "index": base64.b64encode(index).decode()})


@given(ANYTHING)
def test_what_is_sealed_opens_again(text: str) -> None:
    cipher = Cipher(Keyring.generate())
    assert cipher.open(*HERE, cipher.seal(*HERE, text)) == text


def test_a_seal_shows_nothing_and_is_never_the_same(cipher: Cipher) -> None:
    first, second = cipher.seal(*HERE, TEXT), cipher.seal(*HERE, TEXT)
    assert first != second
    assert first[1:13] != second[1:13]
    assert b"Canary" not in first


@pytest.mark.parametrize(
    "there",
    [
        ("roles", "chat_sealed", "id1"),
        ("persons", "data_sealed", "id1"),
        ("persons", "chat_sealed", "id2"),
        ("persons", "chat_sealed", ""),
        ("persons\0chat_sealed", "id1", ""),
    ],
)
def test_a_value_belongs_to_its_table_column_and_row(cipher: Cipher, there: tuple[str, str, str]) -> None:
    sealed = cipher.seal(*HERE, TEXT)
    with pytest.raises(SealBrokenError):
        cipher.open(*there, sealed)


def test_every_changed_byte_is_noticed(cipher: Cipher) -> None:
    sealed = cipher.seal(*HERE, TEXT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBrokenError):
            cipher.open(*HERE, bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            cipher.open(*HERE, sealed[:length])


def test_an_error_names_the_column_and_nothing_else(cipher: Cipher) -> None:
    other = Cipher(Keyring.generate())
    with pytest.raises(SealBrokenError) as wrong_key:
        other.open(*HERE, cipher.seal(*HERE, TEXT))
    with pytest.raises(SealBrokenError) as no_key:
        other.open(*HERE, bytes([9]) + cipher.seal(*HERE, TEXT)[1:])
    for caught in (wrong_key, no_key):
        shown = f"{caught.value!r} {caught.value.__cause__!r}"
        assert "persons.chat_sealed" in shown
        assert "Canary" not in shown
        assert "id1" not in shown


def test_the_newest_key_seals_and_every_key_opens() -> None:
    one, two, index = os.urandom(32), os.urandom(32), os.urandom(32)
    old, both = Cipher(Keyring({1: one}, index)), Cipher(Keyring({2: two, 1: one}, index))
    new = Cipher(Keyring({2: two}, index))
    before = old.seal(*HERE, TEXT)
    after = both.seal(*HERE, both.open(*HERE, before))
    assert (before[0], after[0]) == (1, 2)
    assert both.open(*HERE, before) == new.open(*HERE, after) == TEXT
    with pytest.raises(SealBrokenError, match="no key"):
        new.open(*HERE, before)
    with pytest.raises(SealBrokenError, match="no key"):
        old.open(*HERE, after)
    # The index has a key of its own: rows are found with every keyring.
    assert old.blind("chat", "1") == both.blind("chat", "1") == new.blind("chat", "1")


def test_the_blind_index_finds_a_value_for_one_purpose_and_one_key(cipher: Cipher) -> None:
    found = cipher.blind("chat", "123456")
    assert found == cipher.blind("chat", "123456")
    assert len(found) == 32
    assert set(found) <= set("0123456789abcdef")
    assert "123456" not in found
    others = [
        cipher.blind("chat", "123457"),
        cipher.blind("case", "123456"),
        Cipher(Keyring.generate()).blind("chat", "123456"),
    ]
    assert len({found, *others}) == 4


@given(ANYTHING)
def test_whatever_somebody_types_can_be_looked_up(text: str) -> None:
    cipher = Cipher(Keyring({1: bytes(range(32))}, bytes(range(32))))
    assert cipher.blind("invitation", text) == cipher.blind("invitation", text)


def test_a_keyring_survives_its_json_and_never_shows_its_keys() -> None:
    keyring = Keyring({1: os.urandom(32), 7: os.urandom(32)}, os.urandom(32))
    assert Keyring.from_json(keyring.to_json()) == keyring
    assert repr(keyring) == "Keyring(ids=[1, 7])"
    assert Keyring.generate() != Keyring.generate()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"keys": {}}',
        '{"keys": [], "index": ""}',
        '{"keys": {"1": 5}, "index": 5}',
        keyring_json({}, GOOD),
        keyring_json({"one": GOOD}, GOOD),
        keyring_json({"1": GOOD[:31]}, GOOD),
        keyring_json({"1": GOOD}, GOOD[:16]),
        keyring_json({"1": b"\0" * 32}, GOOD),
        keyring_json({"1": GOOD}, b"ab" * 16),
        keyring_json({"0": GOOD}, GOOD),
        keyring_json({"256": GOOD}, GOOD),
    ],
)
def test_what_is_no_good_keyring_is_refused(text: str) -> None:
    with pytest.raises(KeyFileError):
        Keyring.from_json(text)


def test_a_new_key_file_is_for_its_owner_only_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    before = os.umask(0)
    try:
        keyring = create_keyring(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keyring(path) == keyring
    with pytest.raises(FileExistsError):
        create_keyring(path)
    assert load_keyring(path) == keyring


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o666, 0o777])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path / "keys.json", Keyring.generate().to_json().encode(), mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keyring(path)
    path.chmod(0o400)
    load_keyring(path)


def test_a_key_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"keys\.json"):
        load_keyring(tmp_path / "keys.json")
    with pytest.raises(KeyFileError, match="no text"):
        load_keyring(key_file(tmp_path / "bytes.json", b"\xff\xfe\x00\x80"))
    secret = Keyring.generate().to_json()[:60]
    with pytest.raises(KeyFileError) as caught:
        load_keyring(key_file(tmp_path / "half.json", secret.encode()))
    assert secret[20:50] not in str(caught.value)
