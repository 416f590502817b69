"""Telegram's HTML parse mode, as strict as the real one; offsets in errors are bytes, in entities UTF-16 units."""

from dataclasses import dataclass

from playground.errors import ApiError, bad_request
from playground.links import is_web_address
from playground.types import Json

_SPACE = " \t\r\n\0\v"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text without tags and its entities; ApiError 400 with the byte offset of the first mistake."""
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.units = 0
        self.nested: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                if self._peek(self.at + 1) == "/":
                    self._end_tag()
                else:
                    self._start_tag()
            elif char == "&" and (decoded := self._decode()):
                self._append(decoded)
            else:
                self._append(char)
                self.at += 1
        if self.nested:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.nested[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), self.entities

    def _peek(self, index: int) -> str:
        return self.source[index] if index < len(self.source) else "\0"

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode("utf-8", "surrogatepass"))

    def _append(self, char: str) -> None:
        self.out.append(char)
        self.units += 2 if char > "\uffff" else 1

    def _decode(self) -> str:
        """One character reference at the cursor; what is none stays as it is, as with Telegram."""
        stop = self.at + 1
        while (char := self._peek(stop)).isascii() and (
            char.isalnum() or (char == "#" and stop == self.at + 1)
        ):
            stop += 1
        name = self.source[self.at + 1 : stop]
        decoded = _NAMED.get(name, "") if not name.startswith("#") else _numeric(name[1:])
        if decoded:
            self.at = stop + (self._peek(stop) == ";")
        return decoded

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        while self._peek(self.at) not in _SPACE + ">":
            self.at += 1
        if self.at >= len(self.source):
            raise cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.source[begin + 1 : self.at].lower()
        if tag not in _TYPES:
            raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while self._skip_space() != ">":
            argument = self._attribute(tag, begin) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.nested.append(_Open(tag, argument, self.units, len(self.out)))

    def _skip_space(self) -> str:
        while self.at < len(self.source) and self.source[self.at] in _SPACE:
            self.at += 1
        return self._peek(self.at)

    def _attribute(self, tag: str, begin: int) -> str:
        start = self.at
        while self._peek(self.at) not in _SPACE + "=>/\"'":
            self.at += 1
        name = self.source[start : self.at].lower()
        if not name:
            if self.at >= len(self.source):
                raise cannot_parse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            raise cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
        if self._skip_space() != "=":
            if self.at >= len(self.source):
                raise cannot_parse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            return "expandable" if (tag, name) == ("blockquote", "expandable") else ""
        self.at += 1
        self._skip_space()
        value = self._value()
        if self.at >= len(self.source):
            raise cannot_parse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        return _argument(tag, name, value)

    def _value(self) -> str:
        quote = self._peek(self.at)
        if quote not in "'\"":
            start = self.at
            while (char := self._peek(self.at)).isascii() and (char.isalnum() or char in ".-"):
                self.at += 1
            if self._peek(self.at) not in _SPACE + ">":
                raise cannot_parse(f"Unexpected end of name token at byte offset {self._byte(start)}")
            return self.source[start : self.at].lower()
        self.at += 1
        value: list[str] = []
        while self.at < len(self.source) and self.source[self.at] != quote:
            if self.source[self.at] == "&" and (decoded := self._decode()):
                value.append(decoded)
                continue
            value.append(self.source[self.at])
            self.at += 1
        self.at += 1
        return "".join(value)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.nested:
            raise cannot_parse(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.at += 2
        start = self.at
        while self._peek(self.at) not in _SPACE + ">":
            self.at += 1
        name = self.source[start : self.at].lower()
        if self._skip_space() != ">":
            raise cannot_parse(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        opened = self.nested.pop()
        if name and name != opened.tag:
            raise cannot_parse(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.units - opened.offset
        if not length:
            return
        entity: Json = {"type": _TYPES[opened.tag], "offset": opened.offset, "length": length}
        if opened.tag == "a":
            target = opened.argument or "".join(self.out[opened.start :])
            if not is_web_address(target, any_scheme=True):
                return
            entity["url"] = target
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.argument and self.nested and self.nested[-1].tag == "pre":
            entity = {"type": "pre", "offset": opened.offset, "length": length, "language": opened.argument}
        elif opened.tag == "pre" and _covered(self.entities, entity):
            return
        self.entities.append(entity)


def _covered(entities: list[Json], entity: Json) -> bool:
    """A pre around a code of the same length is one entity, which carries the language."""
    return any(
        other["type"] == "pre" and other["offset"] == entity["offset"] and other["length"] == entity["length"]
        for other in entities
    )


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) == ("a", "href"):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "expandable" if (tag, name) == ("blockquote", "expandable") else ""


def _numeric(digits: str) -> str:
    base, digits = (16, digits[1:]) if digits[:1] in {"x", "X"} else (10, digits)
    try:
        code = int(digits, base)
    except ValueError:
        return ""
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
