"""The HTML parse mode: what it makes of right markup, and the byte where it stops at wrong markup."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import ApiError
from playground.markup import parse_html
from playground.text import detect, split, trim, utf16_length


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [entity("bold", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [entity("strikethrough", n, 1) for n in range(3)]),
        ("😀<b>ü</b>", "😀ü", [entity("bold", 2, 1)]),
        ("<b>😀 <i>b</i></b>", "😀 b", [entity("bold", 0, 4), entity("italic", 3, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        (
            "<a href='https://a.de/?x=1&amp;y=2'>a</a>",
            "a",
            [entity("text_link", 0, 1, url="https://a.de/?x=1&y=2")],
        ),
        ("<a href='nonsense'>a</a>", "a", []),
        ("<code>a&lt;b</code>", "a<b", [entity("code", 0, 3)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1, language="py")]),
        ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
        ("<B>a</B >", "a", [entity("bold", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("&lt;&gt;&amp;&quot;&#65;&#x1F600;", '<>&"A😀', []),
        ("a & b &nbsp; &unknown;", "a & b &nbsp; &unknown;", []),
        ("1 > 0", "1 > 0", []),
    ],
)
def test_right_markup_becomes_text_and_entities(
    source: str, text: str, entities: list[dict[str, Any]]
) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<3", "Unclosed start tag at byte offset 0"),
        ("ü <3 you", 'Unsupported start tag "3" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href='x>a</a>", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=https://a.de>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<a ='x'>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_wrong_markup_is_refused_with_its_place(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text(alphabet=st.sampled_from("ab<>/&;'\" ='#xü😀\n"), max_size=60))
def test_any_text_is_parsed_or_refused_with_a_reason(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError as error:
        reason = error.description
    else:
        reason = ""
    assert reason.startswith("Bad Request: can't parse entities: ") or not reason
    for found in entities if not reason else ():
        assert 0 <= found["offset"] < found["offset"] + found["length"] <= utf16_length(text)


@given(st.text(max_size=200))
def test_escaped_text_comes_through_whole(source: str) -> None:
    escaped = source.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == (source, [])


def test_commands_links_and_numbers_are_found() -> None:
    text = "😀 /start@lotse_playground_bot see https://a.de/x. or a@b.de, +49 89 99998 123"
    raw = text.encode("utf-16-le")

    def covered(hit: dict[str, Any]) -> str:
        return raw[hit["offset"] * 2 :][: hit["length"] * 2].decode("utf-16-le")

    assert {(hit["type"], covered(hit)) for hit in detect(text)} == {
        ("bot_command", "/start@lotse_playground_bot"),
        ("url", "https://a.de/x"),
        ("email", "a@b.de"),
        ("phone_number", "+49 89 99998 123"),
    }
    assert detect("1/2 and a/b") == []


def test_trimming_moves_entities_along() -> None:
    text, entities = trim("  ab  ", [entity("bold", 1, 2), entity("italic", 4, 2)])
    assert (text, entities) == ("ab", [entity("bold", 0, 1)])


@given(st.text(max_size=60))
def test_long_texts_are_split_without_loss(text: str) -> None:
    parts = split(text, 7)
    assert all(utf16_length(part) <= 7 for part in parts)
    assert "".join("".join(parts).split()) == "".join(
        char for char in "".join(text.split()) if char in "".join(parts)
    )
