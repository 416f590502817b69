"""Telegram's measure of text and cutting long HTML: every part is taken, no tag and no letter is broken, nothing is lost."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from bot.texts import MAX_TEXT, plain, split_html, visible_length


class Balance(HTMLParser):
    """Raises for a tag that is not closed in order."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == [], markup[-80:]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def test_length_is_counted_in_utf16() -> None:
    assert visible_length("aä") == 2
    assert visible_length("👨‍👩‍👧") == 8
    assert visible_length("<b>a</b>&lt;🙂") == 4


def test_what_fits_stays_as_it_is() -> None:
    text = "<b>" + "x" * MAX_TEXT + "</b>"
    assert split_html(text) == [text]
    assert split_html("🙂" * (MAX_TEXT // 2)) == ["🙂" * (MAX_TEXT // 2)]


def test_one_character_more_is_split() -> None:
    assert len(split_html("x" * (MAX_TEXT + 1))) == 2
    assert len(split_html("🙂" * (MAX_TEXT // 2 + 1))) == 2


def test_cuts_fall_on_line_ends() -> None:
    lines = [f"line {number} " + "x" * 100 for number in range(200)]
    parts = split_html("\n".join(lines))
    assert len(parts) > 1
    assert "\n".join(parts).split("\n") == lines


def test_open_tags_are_closed_and_opened_again() -> None:
    first, *others = split_html("<b><i>" + "word " * 2000 + "</i></b>")
    assert first.endswith("</i></b>")
    assert others
    assert all(part.startswith("<b><i>") for part in others)


def test_a_link_keeps_its_address_in_every_part() -> None:
    parts = split_html('<a href="https://example.org/?a=1&amp;b=2">' + "word " * 2000 + "</a>")
    assert len(parts) > 1
    assert all(part.startswith('<a href="https://example.org/?a=1&amp;b=2">') for part in parts)


def test_a_space_within_a_tag_is_no_place_to_cut() -> None:
    folded = "<blockquote expandable>" + "w" * 150 + "</blockquote>"
    for before in range(60, 101):
        parts = split_html("x" * before + folded, 200)
        assert "".join(plain(part) for part in parts) == "x" * before + "w" * 150
        for part in parts:
            Balance(part)


def test_plain_takes_the_tags_out() -> None:
    assert plain("<b>a &lt; b</b>\n<blockquote>c &amp; d</blockquote>") == "a < b\nc & d"


_TEXT = st.text(alphabet="ab <>&🙂é\nم\u200c", max_size=30)
_LONG = st.tuples(_TEXT, st.integers(1, 40)).map(lambda pair: pair[0] * pair[1])
_TAGGED = st.tuples(
    st.sampled_from(["b", "i", "code", "blockquote", "blockquote expandable", ""]), _LONG
).map(
    lambda pair: f"<{pair[0]}>{escape(pair[1])}</{pair[0].split()[0]}>" if pair[0] else str(escape(pair[1]))
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TAGGED, max_size=12).map("".join), st.integers(80, 400))
def test_any_text_in_any_length(markup: str, limit: int) -> None:
    parts = split_html(markup, limit)
    for part in parts:
        assert visible_length(part) <= limit
        Balance(part)
    kept = "".join("".join(plain(part) for part in parts).split())
    assert kept == "".join(plain(markup).split())
