"""Sixty files made to hurt whoever opens them; run as a program it opens each and says the longest time and the most memory."""

import io
import json
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from agreements.transfer import reading
from agreements.transfer.types import Columns
from offers import importer, xlsxfile
from offers.hsds import reading as hsds
from tests.catalogue import SAMPLE

Made = tuple[str, bytes, bool]
"""A name, the content, and whether it must be refused (else it must be read as it is)."""

_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">""" + b"".join(
    f'<!ENTITY {chr(98 + n)} "{"&" + chr(97 + n) + ";" * 1}{("&" + chr(97 + n) + ";") * 9}">'.encode() for n in range(9)
) + b"""]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>"""  # fmt: skip
_EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""
_FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"""
_HEAD = "id;name\r\n"


def _book(**parts: bytes) -> bytes:
    """A good workbook with parts replaced or added; `__` stands for a slash, `_dot_` for a dot."""
    good = xlsxfile.workbook(
        {"organizations": [["id", "name"], ["p", "Verein"]], "services": [["id"]], "schedules": [["id"]]}
    )
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, named.pop(part, None) or old.read(part))
        for name, content in named.items():
            new.writestr(name, content)
    return out.getvalue()


def _zip(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def _sheet(cell: str) -> bytes:
    return _book(
        xl__worksheets__sheet1_dot_xml=f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row><row r="2">{cell}</row></sheetData></worksheet>'.encode()
    )


def workbooks() -> Iterator[Made]:
    """Excel files."""
    yield "empty.xlsx", b"", True
    yield "text.xlsx", b"id;name\r\n", True
    yield "old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, True
    yield "zip.xlsx", _zip(("x", b"nothing")), True
    yield "cut.xlsx", _book()[:900], True
    yield "laughs.xlsx", _book(xl__worksheets__sheet1_dot_xml=_LAUGHS), True
    yield "external.xlsx", _book(xl__worksheets__sheet1_dot_xml=_EXTERNAL), True
    yield "shared-laughs.xlsx", _book(xl__sharedStrings_dot_xml=_LAUGHS), True
    yield "bomb.xlsx", _zip(("xl/workbook.xml", b"\0" * 100_000_000)), True
    yield (
        "bomb-of-sheets.xlsx",
        _book(xl__worksheets__sheet1_dot_xml=b"<worksheet>" + b" " * 80_000_000 + b"</worksheet>"),
        True,
    )
    yield "many-parts.xlsx", _book(**{f"x{n}": b"x" for n in range(600)}), True
    yield "far.xlsx", _book(xl__worksheets__sheet1_dot_xml=_FAR), True
    yield "large.xlsx", b"\0" * 5_000_001, True
    yield "broken-book.xlsx", _book(xl__workbook_dot_xml=b"<workbook"), True
    yield "no-content.xlsx", _zip(("[Content_Types].xml", b"<Types/>")), True
    yield "slip.xlsx", _zip(("../../../tmp/lotse-slipped", b"x")), True
    yield "absolute.xlsx", _zip(("/etc/lotse-slipped", b"x")), True
    for name, cell in {
        "formula": '<c r="A2"><f>1+1</f><v>2</v></c>', "dde": '<c r="A2"><f>cmd|\'/C calc\'!A0</f></c>', "array": '<c r="A2"><f t="array" ref="A2">SUM(1)</f></c>',
        "error": '<c r="A2" t="e"><v>#REF!</v></c>', "huge number": '<c r="A2"><v>1e999</v></c>', "not a number": '<c r="A2"><v>x</v></c>',
        "date of 1900": '<c r="A2" s="1"><v>60</v></c>', "negative date": '<c r="A2" s="1"><v>-99999</v></c>', "missing string": '<c r="A2" t="s"><v>999999</v></c>',
    }.items():  # fmt: skip
        yield f"{name}.xlsx", _sheet(cell), True
    yield "macro.xlsm", _book(xl__vbaProject_dot_bin=b"Attribute VB_Name"), True


def tables() -> Iterator[Made]:
    """CSV files; what is only saved in another way must be read."""
    good = (SAMPLE / "organizations.csv").read_bytes().decode("utf-8-sig")
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        yield f"{encoding}.csv", good.encode(encoding, "replace"), encoding == "cp1252" and "\ufffd" in good
    yield "crlf.csv", good.replace("\r\n", "\n").replace("\n", "\r\n").encode(), False
    yield "tabs.csv", good.replace(";", "\t").encode(), False
    yield "trailing-rows.csv", (good + "\r\n" * 5000).encode(), False
    for name, content in {
        "empty": b"", "only-nul": b"\0" * 4096, "nul": (_HEAD + "p;Ver\0ein\r\n").encode(), "c1": (_HEAD + "p;Ver\x85ein\r\n").encode("latin-1") + b"\x81", "utf-16-cut": "id".encode("utf-16")[:-1],
        "binary": bytes(range(256)) * 50, "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "pdf": b"%PDF-1.7\n" + b"\xff" * 500, "html": b"<html><script>alert(1)</script></html>",
        "open-quote": (_HEAD + 'p;"Verein\r\n' * 50).encode(), "a-line-of-quotes": (_HEAD + '"' * 99_999).encode(), "double-header": b"id;id\r\np;p\r\n", "no-header": b"\r\n\r\n",
        "one-long-cell": (_HEAD + "p;" + "a" * 200_000 + "\r\n").encode(), "many-columns": (";".join(["id"] * 50_000) + "\r\n").encode(), "many-rows": (_HEAD + "p;V\r\n" * 60_000).encode(),
        "a-million-rows": b"id;name\r\n" + b"a;b\r\n" * 990_000, "too-large": b"x" * 5_000_001, "mojibake": (_HEAD + "p;GrÃ¼n\r\n").encode(), "formula": (_HEAD + "=1+1;=cmd|' /C calc'!A0\r\n").encode(),
        "path": (_HEAD + "../../etc/passwd;x\r\n").encode(), "turned": (_HEAD + "p;Verein \u202egpj.exe\r\n").encode(), "other-columns": b"a;b;c\r\n1;2;3\r\n", "json": b'[{"id": 1}]', "yaml": b"!!python/object/apply:os.system ['true']",
    }.items():  # fmt: skip
        yield f"{name}.csv", content, True


def services() -> Iterator[Made]:
    """JSON of another catalogue."""
    for name, content in {
        "deep": b"[" * 100_000,
        "deep-objects": b'{"a":' * 50_000,
        "number": b"[" + b"9" * 100_000 + b"]",
        "cut": b'[{"name": "x"',
        "nul": b"\0",
        "wrong": b'{"services": 7}',
        "big": b" " * 50_000_001,
    }.items():
        yield f"{name}.json", content, True


def every() -> list[Made]:
    """All of them."""
    return [*workbooks(), *tables(), *services()]


def is_refused(name: str, content: bytes) -> bool:
    """Open it as the import would; whether it was refused with a sentence. Raises whatever the import raises."""
    if name.endswith(".json"):
        return bool(hsds.parse_json(content).errors)
    if name.endswith((".xlsx", ".xlsm")):
        refused = bool(importer.parse({"k.xlsx" if name.endswith("x") else name: content}).errors)
        return refused and bool(reading.read({"k.xlsx": content}, Columns())[1] or name == "macro.xlsm")
    files = {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}
    found = importer.parse({**files, "organizations.csv": content}).errors
    return bool(found) and bool(reading.read({"clients.csv": content}, Columns())[1])


def _peak() -> float:
    """The most megabytes this program has held. Not getrusage: that counts the parent's, from before the program was loaded."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """One line of JSON: how many, the longest in seconds, the most memory in megabytes, and what went wrong."""
    wrong, longest = [], (0.0, "")
    files = every()
    before = _peak()
    for name, content, refused in files:
        began = time.monotonic()
        try:
            if is_refused(name, content) != refused:
                wrong.append(f"{name}: {'read' if refused else 'refused'}")
        except Exception as error:  # noqa: BLE001 -- that is what is looked for
            wrong.append(f"{name}: {type(error).__name__}")
        longest = max(longest, (time.monotonic() - began, name))
    peak = _peak()
    print(
        json.dumps(
            {
                "files": len(files),
                "seconds": longest[0],
                "slowest": longest[1],
                "before": before,
                "peak": peak,
                "wrong": wrong,
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
