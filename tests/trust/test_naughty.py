"""The list itself: long enough, every section there, and holding what it must."""

from i18n.text import utf16_length
from tests.trust import naughty


def test_the_list_is_as_long_as_was_promised() -> None:
    assert len(naughty.EVERY) >= 715
    assert len(naughty.SECTIONS) >= 19
    assert len({text for turn in range(30) for text in naughty.of_each(turn)}) >= 300


def test_what_must_be_in_it() -> None:
    every = "\n".join(naughty.EVERY)
    for sign in (
        "\0",
        "\u202e",
        "\u2066",
        "\u200c",
        "\ud800",
        "\u0661",
        "\u1230",
        "\x1b[",
        "DROP TABLE",
        "<script>",
        "%n",
        "LPT1",
    ):
        assert sign in every, ascii(sign)
    assert {4095, 4096, 4097} <= {utf16_length(text) for text in naughty.SECTIONS["long"]}
    assert any(text.count("\u200d") == 1000 for text in naughty.SECTIONS["emoji"])
