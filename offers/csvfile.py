"""From the bytes of a CSV file to rows of text, whoever saved it: UTF-8, UTF-16 or cp1252; semicolon, comma or tab."""

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from offers.errors import TableError


@dataclass(frozen=True)
class Limits:
    """How big a file may be."""

    megabytes: int
    rows: int


ONE_FILE = Limits(5, 20_000)
"""A table that somebody keeps by hand."""
_MAX_COLUMNS = 500
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = ";,\t"
_OTHER_PAGE = re.compile(r"(?<=[A-Za-zäöüÄÖÜ])[Ÿš„”Š](?=[a-zß-ÿ])")
"""What umlauts of a Macintosh or of MS-DOS are in Windows' letters: German words hold none of them in their midst."""
_SEPARATOR = re.compile(r"\"?sep=([;,\t|])\"?[;,\t]*(?:\r\n|\r|\n)", re.IGNORECASE)
"""The line by which programs tell Excel what parts the cells."""
_C1 = re.compile("[\x80-\x9f]")
_MOJIBAKE = re.compile("Ã[\x80-\xbfŸœžŒ„–—‚†‡ˆ‰Š‹Ž‘’“”•˜™š›€ƒ…]")


def decoded(content: bytes, limits: Limits = ONE_FILE, mend: Callable[[str], str] = str) -> str:
    """The text of a file, `mend` put right what it can. Raises TableError for what is too big, no text, or text that was broken before."""
    if len(content) > limits.megabytes * 1_000_000:
        raise TableError("import.file_too_big", limit=limits.megabytes)
    return checked(mend(_text(content)))


def checked(text: str) -> str:
    """The text itself. Raises TableError for what is no text, or text that was broken before."""
    if "\x00" in text or _C1.search(text):
        raise TableError("import.not_text")
    if broken := _MOJIBAKE.search(text):
        raise TableError("import.mojibake", value=broken[0])
    return text


def mended(text: str) -> str:
    """Text whose letters were broken by an older program, as it was meant: `Ã„` is `Ä`."""
    return _MOJIBAKE.sub(_letter, text)


def _letter(broken: re.Match[str]) -> str:
    second = broken[0][1]
    byte = second.encode("latin-1") if second <= "\xff" else second.encode("cp1252")
    return (b"\xc3" + byte).decode()


def _text(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strictly(content[len(bom) :], encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = _strictly(content, "cp1252")
    other = _OTHER_PAGE.search(text)
    if other:
        raise TableError("import.mojibake", value=other[0])
    return text


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise TableError("import.not_text") from None


def rows(
    content: bytes, limits: Limits = ONE_FILE, mend: Callable[[str], str] = str
) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with its number as a spreadsheet counts it. Raises TableError."""
    text = decoded(content, limits, mend)
    said = _SEPARATOR.match(text)
    if said:
        text = text[said.end() :]
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = said[1] if said else max(_DELIMITERS, key=first_line.count)
    reader = csv.reader((line[0] for line in _LINE.finditer(text)), delimiter=delimiter, strict=True)
    # A spreadsheet takes the line that says it away: the next one is its first row.
    number = filled = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise TableError("import.not_csv", row=number) from None
        if len(row) > _MAX_COLUMNS:
            raise TableError("import.not_csv", row=number)
        if not any(cell.strip() for cell in row):
            continue
        filled += 1
        if filled > limits.rows + 1:
            raise TableError("import.too_many_rows", limit=limits.rows)
        yield number, row
