"""Integreat's pages as its API writes them, and as nobody should."""

import json
from datetime import date
from typing import Any

import pytest

from offers.guides.html import lines_and_links
from offers.guides.integreat import MAX_BYTES, MAX_PAGES, parse


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "url": "https://cms.integreat-app.de/kreis/de/arbeit/minijob/",
        "path": "/kreis/de/arbeit/minijob/",
        "title": "Minijob",
        "modified_gmt": "2026-05-01T08:00:00Z",
        "last_updated": "2026-05-02T10:00:00.5+02:00",
        "content": "<h3>Was ist ein Minijob?</h3><p>Sie verdienen bis zu 603&nbsp;Euro.<br>Im Monat.</p>",
    } | changes


def parsed(*entries: Any) -> Any:
    return parse("de.json", json.dumps(entries).encode())


def test_a_page_becomes_lines_with_day_and_the_address_people_can_open() -> None:
    (page,), empty, errors = parsed(entry())
    assert errors == ()
    assert empty == 0
    assert (page.region, page.language, page.title) == ("kreis", "de", "Minijob")
    assert page.lines == ("Was ist ein Minijob?", "Sie verdienen bis zu 603 Euro.", "Im Monat.")
    assert page.last_updated == date(2026, 5, 2)
    assert page.url == "https://integreat.app/kreis/de/arbeit/minijob", "not the editors' host"
    assert page.source == "Integreat (kreis)"


def test_a_new_version_is_the_same_page() -> None:
    (old,), _, _ = parsed(entry())
    (new,), _, _ = parsed(entry(id=99, title="Minijobs"))
    assert old.id == new.id, "Integreat counts its id up with every edit"


def test_an_own_installation_keeps_its_address() -> None:
    (page,), _, _ = parsed(entry(url="https://guide.example.org/kreis/de/arbeit/minijob/"))
    assert page.url == "https://guide.example.org/kreis/de/arbeit/minijob/"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.org/",
        None,
        7,
        "x" * 2000,
        "http://[x",
        "https://x.org/\x00",
        "https://x.org/\udfff",
    ],
)
def test_an_address_that_is_no_web_page_is_never_linked(url: object) -> None:
    (page,), _, _ = parsed(entry(url=url))
    assert page.url == "https://integreat.app/kreis/de/arbeit/minijob"


def test_a_page_that_only_points_to_other_languages_is_no_page() -> None:
    content = (
        "<p>Die Seite existiert nicht in der ausgewählten Sprache:</p><ul>"
        '<li><a href="https://integreat.app/kreis/ar/x/">العربية</a></li>'
        '<li><a href="https://integreat.app/kreis/ti/y/">ትግርኛ</a></li></ul>'
    )
    assert parsed(entry(content=content)) == ((), 1, ())


def test_a_list_of_links_to_its_own_children_stays() -> None:
    content = '<p>Mehr:</p><ul><li><a href="https://integreat.app/kreis/de/arbeit/a/">Bewerbung</a></li></ul>'
    assert len(parsed(entry(content=content))[0]) == 1


@pytest.mark.parametrize("content", ["", "<p> </p>", "<script>alert('Geld')</script>", "<p>&nbsp;</p>"])
def test_a_page_without_text_is_left_out(content: str) -> None:
    assert parsed(entry(content=content)) == ((), 1, ())


def test_a_language_nobody_here_speaks_is_left_out() -> None:
    assert parsed(entry(path="/kreis/hr/posao/")) == ((), 1, ())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "x" * 401}, "title"),
        ({"content": 5}, "content"),
        ({"content": "x" * 200_001}, "content"),
        ({"path": "kreis"}, "path"),
        ({"path": '/kreis/de/"><b>'}, "path"),
        ({"path": ["kreis"]}, "path"),
        ({"path": "/kreis/de/\ud800/"}, "path"),
        ({"path": "/kreis/de/\x00/"}, "path"),
        ({"path": "/kreis/de/\u202egnp/"}, "path"),
    ],
)
def test_every_wrong_field_is_named_with_its_entry(changes: dict[str, Any], field: str) -> None:
    pages, _, errors = parsed(entry(), entry(**{"path": "/kreis/de/zwei/"} | changes))
    assert [(error.row, error.column, error.message.key) for error in errors] == [
        (2, field, "import.guide_field")
    ]
    assert len(pages) == 1


def test_an_entry_twice_and_an_entry_that_is_none() -> None:
    _, _, errors = parsed(entry(), "page", entry())
    assert [(error.row, error.message.key) for error in errors] == [
        (2, "import.guide_field"),
        (3, "import.guide_double"),
    ]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xff\xfe", "import.guide_no_json"),
        (b"<html>", "import.guide_no_json"),
        (b"[" * 200_000, "import.guide_no_json"),
        (b'{"detail": "not found"}', "import.guide_no_list"),
        (b"[" + b"1," * MAX_PAGES + b"1]", "import.guide_no_list"),
        (b" " * (MAX_BYTES + 1), "import.file_too_big"),
    ],
)
def test_a_file_that_is_no_list_of_pages(content: bytes, key: str) -> None:
    pages, _, (error,) = parse("de.json", content)
    assert (pages, error.row, error.message.key) == ((), 0, key)


def test_text_keeps_no_marks_that_turn_other_text_around() -> None:
    lines, links = lines_and_links(
        "<div>Ein<b>fach</b> \u202egedreht\x00</div><style>p{}</style><a href='tel:1'>Ruf</a>"
    )
    assert lines == ("Einfach gedreht", "Ruf")
    assert links == ("tel:1",)


def test_a_title_is_one_line_that_every_database_takes() -> None:
    (page,), _, _ = parsed(entry(title="Mini\x00job\n\u202e\ud800 hier"))
    assert page.title == "Mini job hier"


def test_a_link_that_is_no_address_is_no_link_to_another_language() -> None:
    content = "<p>Mehr:</p><a href='http://[x'>Hier</a>"
    assert len(parsed(entry(content=content))[0]) == 1


def test_an_address_in_arabic_stays() -> None:
    (page,), _, errors = parsed(entry(path="/kreis/ar/عمل/", url="https://guide.example.org/kreis/ar/عمل/"))
    assert errors == ()
    assert page.url == "https://guide.example.org/kreis/ar/عمل/"


@pytest.mark.parametrize("section", ["<![foo[x", "<![ ", "<![foo[x]]>", "<!"])
def test_a_section_that_nobody_knows_ends_nothing(section: str) -> None:
    (page,), _, errors = parsed(entry(content=f"<p>Text</p><p>{section}</p><p>mehr</p>"))
    assert errors == ()
    assert page.lines[0] == "Text"
