"""Files made to hurt whoever opens them, each for both importers; run as a program it opens them and says the longest time and the most memory.

Each is a table that is accepted, but for the one thing that is wrong with it: what is looked for is the sentence about that thing and no other.
"""

import io
import json
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agreements.transfer import reading
from agreements.transfer.types import Columns
from offers import importer, xlsxfile
from offers.hsds import reading as hsds
from offers.tables import SCHEDULES, SERVICES, tables
from offers.types import RowError

CATALOGUE, CLIENTS = "organizations", "clients"
NAME = "Grüner Verein"
ROWS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    CATALOGUE: (("id", "name"), ("p", NAME)),
    CLIENTS: (("case_number", "profession"), ("LM-1", NAME)),
}
"""The table that is made to hurt, of each importer: its header, and a row whose last cell may hold any text."""
OUTSIDE = Path("/tmp/lotse-slipped"), Path("/etc/lotse-slipped")


@dataclass(frozen=True)
class Made:
    """A file for one importer. It must be refused with a sentence of `keys`; where there is none it must be read, and its last cell says `reads`."""

    name: str
    table: str
    content: bytes
    keys: frozenset[str] = frozenset()
    reads: str = NAME


# --- Excel

_XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TYPES = (
    "<!DOCTYPE x ["
    '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_EXTERNAL = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
_SHEET = "xl/worksheets/sheet1.xml"


def _inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _sheet(table: str, cell: str = "", *, before: str = "", after: str = "") -> bytes:
    """The table as a sheet; `cell` stands in its last cell, `before` and `after` around it all."""
    (first, second), (key, name) = ROWS[table]
    head = _inline("A1", first) + _inline("B1", second)
    row = _inline("A2", key) + (cell or _inline("B2", name))
    rows = f'<row r="1">{head}</row><row r="2">{row}</row>{after}'
    return (
        f'<?xml version="1.0"?>{before}<worksheet {_XMLNS}><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def _book(table: str, sheet: bytes = b"", *, of_1904: bool = False, **parts: bytes) -> bytes:
    """A workbook that is accepted, with parts replaced or added; `__` stands for a slash, `_dot_` for a dot. Its style 1 is a date."""
    others = {name.removesuffix(".csv"): [_required(name)] for name in _OTHERS if table == CATALOGUE}
    made = _parts(xlsxfile.workbook({table: ROWS[table], **others}))
    made["xl/styles.xml"] = made["xl/styles.xml"].replace(b'numFmtId="49"', b'numFmtId="14"')
    if of_1904:
        made["xl/workbook.xml"] = made["xl/workbook.xml"].replace(
            b"<workbookPr ", b'<workbookPr date1904="1" '
        )
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    named[_SHEET] = sheet or _sheet(table)
    return _zip(*(made | named).items())


def _parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


_OTHERS = SERVICES, SCHEDULES


def _required(name: str) -> list[str]:
    return [column for column, how in tables()[name].items() if how.required]


def _zip(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def _shared(table: str, text: str, *, before: str = "") -> bytes:
    """The workbook with the text of its last cell where Excel keeps it."""
    part, kind = (
        "/xl/sharedStrings.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml",
    )
    parts = _parts(_book(table, _sheet(table, '<c r="B2" t="s"><v>0</v></c>')))
    types = f'<Override PartName="{part}" ContentType="{kind}"/></Types>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types)
    parts[part[1:]] = f'<?xml version="1.0"?>{before}<sst {_XMLNS}><si><t>{text}</t></si></sst>'.encode()
    return _zip(*parts.items())


def _far(table: str) -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _sheet(table, after=far).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')


def _many(table: str) -> bytes:
    return _sheet(
        table, after="".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, 30_000))
    )


_BIG, _NOT, _ROWS, _FORMULA = "file_too_big", "not_xlsx", "too_many_rows", "formula"
_BOOKS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "empty": (_NOT, lambda _: b""),
    "text": (_NOT, lambda t: ";".join(ROWS[t][0]).encode()),
    "old": (_NOT, lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096),
    "zip": (_NOT, lambda _: _zip(("x", b"nothing"))),
    "no content": (_NOT, lambda _: _zip(("[Content_Types].xml", b"<Types/>"))),
    "cut": (_NOT, lambda t: _book(t)[:900]),
    "laughs": (_NOT, lambda t: _book(t, _sheet(t, _inline("B2", "&j;"), before=_TYPES))),
    "external": (_NOT, lambda t: _book(t, _sheet(t, _inline("B2", "&j;"), before=_EXTERNAL))),
    "shared laughs": (_NOT, lambda t: _shared(t, "&j;", before=_TYPES)),
    "bomb": (_BIG, lambda t: _book(t, xl__theme__theme2_dot_xml=b"\0" * 61_000_000)),
    "bomb of a sheet": (_BIG, lambda t: _book(t, _sheet(t) + b" " * 61_000_000)),
    "many parts": (_BIG, lambda t: _book(t, **{f"x{n}": b"x" for n in range(600)})),
    "large": (_BIG, lambda t: _book(t) + b"\0" * 5_000_001),
    "far": (_ROWS, lambda t: _book(t, _far(t))),
    "many rows": (_ROWS, lambda t: _book(t, _many(t))),
    "broken book": (_NOT, lambda t: _book(t, xl__workbook_dot_xml=b"<workbook")),
    "broken sheet": (_NOT, lambda t: _book(t, _sheet(t)[:-20])),
    "formula": (_FORMULA, lambda t: _book(t, _sheet(t, '<c r="B2"><f>1+1</f><v>2</v></c>'))),
    "dde": (_FORMULA, lambda t: _book(t, _sheet(t, "<c r=\"B2\"><f>cmd|'/C calc'!A0</f></c>"))),
    "array": (_FORMULA, lambda t: _book(t, _sheet(t, '<c r="B2"><f t="array" ref="B2">SUM(1)</f></c>'))),
    "missing string": (_NOT, lambda t: _book(t, _sheet(t, '<c r="B2" t="s"><v>999999</v></c>'))),
    "not a number": (_NOT, lambda t: _book(t, _sheet(t, '<c r="B2"><v>x</v></c>'))),
    "turned": ("control", lambda t: _book(t, _sheet(t, _inline("B2", "Verein \u202egpj.exe")))),
}  # fmt: skip
"""Name → the sentence it is refused with, and how it is made."""
_READ: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "good": (NAME, _book),
    "slip": (NAME, lambda t: _book(t, **{"../../../tmp/lotse-slipped": b"x"})),
    "absolute": (NAME, lambda t: _book(t, **{"/etc/lotse-slipped": b"x"})),
    "macro": (NAME, lambda t: _book(t, xl__vbaProject_dot_bin=b"Attribute VB_Name")),
    "text of a formula": ("=1+1", lambda t: _book(t, _sheet(t, _inline("B2", "=1+1")))),
    "shared text": (NAME, lambda t: _shared(t, NAME)),
    "error": ("#REF!", lambda t: _book(t, _sheet(t, '<c r="B2" t="e"><v>#REF!</v></c>'))),
    "huge number": ("inf", lambda t: _book(t, _sheet(t, '<c r="B2"><v>1e999</v></c>'))),
    "date of 1900": ("1900-03-01", lambda t: _book(t, _sheet(t, '<c r="B2" s="1"><v>61</v></c>'))),
    "date of 1904": ("1904-03-02", lambda t: _book(t, _sheet(t, '<c r="B2" s="1"><v>61</v></c>'), of_1904=True)),
    "date before all": ("#VALUE!", lambda t: _book(t, _sheet(t, '<c r="B2" s="1"><v>-9999999</v></c>'))),
}  # fmt: skip
"""Name → what stands in the last cell, and how it is made: what does no harm is read as it is."""


def workbooks(table: str) -> Iterator[Made]:
    """Excel files."""
    for name, (key, make) in _BOOKS.items():
        yield Made(f"{name}.xlsx", table, make(table), frozenset({key}))
    for name, (reads, make) in _READ.items():
        yield Made(f"{name}.xlsx", table, make(table), reads=reads)
    if table == CATALOGUE:
        # The desk sends what a browser calls the file; without .xlsx it is no workbook to either importer.
        yield Made("macro.xlsm", table, _book(table), frozenset({"file_unknown"}))


# --- CSV


def _lines(table: str, name: str = NAME, *, mark: str = ";", more: str = "") -> str:
    header, (key, _) = ROWS[table]
    return f"{mark.join(header)}\r\n{key}{mark}{name}\r\n{more}"


_TEXT, _CSV = "not_text", "not_csv"
_REFUSED: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "empty": ("file_empty", lambda _: b""), "no header": ("file_empty", lambda _: b"\r\n\r\n"),
    "only nul": (_TEXT, lambda _: b"\0" * 4096), "nul": (_TEXT, lambda t: _lines(t, "Ver\0ein").encode()),
    "c1": (_TEXT, lambda t: _lines(t, "Ver\x85ein").encode()), "no cp1252": (_TEXT, lambda t: _lines(t).encode("cp1252") + b"\x81"),
    "utf-16 cut": (_TEXT, lambda t: _lines(t).encode("utf-16")[:-1]), "binary": (_TEXT, lambda _: bytes(range(256)) * 50),
    "picture": (_TEXT, lambda _: b"\x89PNG\r\n\x1a\n" + b"\0" * 500), "mojibake": ("mojibake", lambda t: _lines(t, "GrÃ¼n").encode()),
    "open quote": (_CSV, lambda t: _lines(t, '"Verein').encode()), "a line of quotes": (_CSV, lambda t: _lines(t, '"' * 99_999).encode()),
    "half a quote": (_CSV, lambda t: _lines(t, '"Ver"ein').encode()), "one long cell": (_CSV, lambda t: _lines(t, "a" * 200_000).encode()),
    "many columns": (_CSV, lambda t: _lines(t, ";" * 50_000).encode()),
    "many rows": (_ROWS, lambda t: _lines(t, more="".join(f"{ROWS[t][1][0]}{n};V\r\n" for n in range(30_000))).encode()),
    "a million rows": (_BIG, lambda t: _lines(t, more="a;b\r\n" * 1_000_000).encode()), "too large": (_BIG, lambda t: _lines(t, "x" * 5_000_001).encode()),
    "turned": ("control", lambda t: _lines(t, "Verein \u202egpj.exe").encode()), "terminal": ("control", lambda t: _lines(t, "\x1b[31mVerein").encode()),
    "a long text": ("too_long", lambda t: _lines(t, "a" * 5_000).encode()),
    "double": ("double_id", lambda t: (_lines(t) + _lines(t).split("\r\n")[1]).encode()),
    "double header": ("column_double", lambda t: _lines(t).replace(*reversed(ROWS[t][0]), 1).encode()),
    "other columns": ("column_missing", lambda _: b"a;b;c\r\n1;2;3\r\n"), "json": ("column_missing", lambda _: b'[{"id": 1}]'),
    "html": ("column_missing", lambda _: b"<html><script>alert(1)</script></html>"), "yaml": ("column_missing", lambda _: b"!!python/object/apply:os.system ['true']"),
    "pdf": ("column_missing", lambda _: b"%PDF-1.7\n" + b"\xff" * 500),
}  # fmt: skip
_AS_IT_IS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    **{name: (NAME, lambda t, as_=name: _lines(t).encode(as_)) for name in ("utf-8", "utf-8-sig", "cp1252", "utf-16")},
    "lines of unix": (NAME, lambda t: _lines(t).replace("\r\n", "\n").encode()), "tabs": (NAME, lambda t: _lines(t, mark="\t").encode()),
    "commas": (NAME, lambda t: _lines(t, mark=",").encode()), "trailing rows": (NAME, lambda t: _lines(t, more="\r\n" * 5000).encode()),
    "formula": ("=cmd|' /C calc'!A0", lambda t: _lines(t, "=cmd|' /C calc'!A0").encode()), "path": ("../../etc/passwd", lambda t: _lines(t, "../../etc/passwd").encode()),
    "code": ("<script>alert(1)</script>", lambda t: _lines(t, "<script>alert(1)</script>").encode()),
}  # fmt: skip


def texts(table: str) -> Iterator[Made]:
    """CSV files."""
    for name, (key, make) in _REFUSED.items():
        yield Made(f"{name}.csv", table, make(table), frozenset({key}))
    for name, (reads, make) in _AS_IT_IS.items():
        yield Made(f"{name}.csv", table, make(table), reads=reads)
    # What is an id in one of them.
    header, (key, name) = ROWS[table]
    content = f"{';'.join(header)}\r\n=1+1;{name}\r\n".encode()
    yield Made("formula as a key.csv", table, content, frozenset({"bad_id", "case_number_invalid"}))


# --- another catalogue


def services() -> Iterator[Made]:
    """JSON of another catalogue."""
    for name, content in {
        "deep": b"[" * 100_000, "deep objects": b'{"a":' * 50_000, "number": b"[" + b"9" * 100_000 + b"]", "cut": b'[{"name": "x"', "nul": b"\0",
    }.items():  # fmt: skip
        yield Made(f"{name}.json", "services", content, frozenset({"hsds_not_json"}))
    yield Made("wrong.json", "services", b'{"services": 7}', frozenset({"hsds_no_services"}))
    yield Made("big.json", "services", b" " * 50_000_001, frozenset({_BIG}))


def every() -> Iterator[Made]:
    """All of them, made one by one: together they would be the memory that is measured."""
    for table in ROWS:
        yield from workbooks(table)
        yield from texts(table)
    yield from services()


def outcome(made: Made) -> tuple[frozenset[str], str]:
    """Open it as its import would: the sentences it was refused with, and what was read of its last cell. Raises whatever the import raises."""
    kind = made.name.rpartition(".")[2]
    if made.table == "services":
        return _keys(hsds.parse_json(made.content).errors), ""
    if made.table == CLIENTS:
        file = "clients.csv" if kind == "csv" else made.name
        rows, errors = reading.read({file: made.content}, Columns())
        return _keys(errors), str(rows[0].values["profession"]) if rows else ""
    files = {made.name: made.content}
    if kind != "xlsx":
        files = {name: ";".join(_required(name)).encode() for name in _OTHERS}
        files["organizations.csv" if kind == "csv" else made.name] = made.content
    found = importer.parse(files)
    return _keys(found.errors), found.providers[0].name if found.providers else ""


def _keys(errors: Iterable[RowError]) -> frozenset[str]:
    return frozenset(error.message.key.partition(".")[2] for error in errors)


def wrong_with(made: Made) -> str:
    """What is not as it must be; empty where it is."""
    try:
        keys, reads = outcome(made)
    except Exception as error:  # noqa: BLE001 -- that is what is looked for
        return type(error).__name__
    if made.keys:
        return "" if keys & made.keys else f"{sorted(keys) or 'read'} for {sorted(made.keys)}"
    return "" if not keys and reads == made.reads else f"{sorted(keys) or reads!r} for {made.reads!r}"


def _peak() -> float:
    """The most megabytes this program has held. Not getrusage: that counts the parent's, from before the program was loaded."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """One line of JSON: how many, the longest in seconds, the most memory in megabytes, and what went wrong."""
    wrong, longest, count, before = [], (0.0, ""), 0, _peak()
    for made in every():
        began = time.monotonic()
        problem = wrong_with(made)
        longest = max(longest, (time.monotonic() - began, f"{made.table}, {made.name}"))
        count += 1
        if problem:
            wrong.append(f"{made.table}, {made.name}: {problem}")
    wrong += [f"{path} was written" for path in OUTSIDE if path.exists()]
    found = {"files": count, "seconds": longest[0], "slowest": longest[1], "before": before, "peak": _peak()}
    print(json.dumps({**found, "wrong": wrong}))


if __name__ == "__main__":
    sys.exit(main())
