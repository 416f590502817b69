"""Tables as people save them: encodings, dates, amounts, mistakes, and cells that want to hurt."""

import pytest

from i18n.messages import words
from offers import csvfile, importer
from offers.errors import Errors
from offers.importer import Catalogue
from offers.tables import tables
from tests.catalogue import sample_files

ORGANIZATIONS = "id;name;place;phone;website\nverein;Verein für Käse;Haar;089 99998 001;https://example.org\n"
HEADER = (
    "id;organization_id;topic;kind;field_of_action;name;description;place;cost;cost_amount;registration;source;status;"
    "level_min;level_max;audience;capacity;free_places;assured_date;keywords\n"
)
SERVICE = (
    "kurs;verein;german_course;german_course;education;Deutschkurs;Text;Haar;fee;25,00;phone;Amt;published;"
    "A1;A2;women,parents;10;3;12.10.2026;Mama,Kita\n"
)
SERIES_HEADER = "service_id;valid_from;valid_to;freq;interval;byday;opens_at;closes_at;skip_holidays;note\n"
SERIES = "kurs;14.09.2026;31.07.2027;WEEKLY;1;MO,WE;8:30;11:30;school;\n"


def parse(
    services: str = HEADER + SERVICE,
    *,
    organizations: str = ORGANIZATIONS,
    schedules: str = SERIES_HEADER + SERIES,
    encoding: str = "utf-8",
) -> Catalogue:
    return importer.parse(
        {
            "organizations.csv": organizations.encode(encoding),
            "services.csv": services.encode(encoding),
            "schedules.csv": schedules.encode(encoding),
        }
    )


def errors_of(found: Catalogue) -> list[tuple[str, int, str, str]]:
    for error in found.errors:
        for language in ("de", "en"):
            assert words(language).plain(error.message.key, **error.message.params)
    return [(e.file, e.row, e.column, e.message.key) for e in found.errors]


def test_the_sample_catalogue_is_free_of_errors_and_big_enough() -> None:
    found = importer.parse(sample_files())
    assert errors_of(found) == []
    assert len(found.offers) >= 90
    assert len(found.providers) >= 35
    assert len({offer.topic for offer in found.offers}) == 13
    assert len({offer.place for offer in found.offers}) >= 20
    for offer in found.offers:
        phone = (offer.phone or offer.provider.phone).replace(" ", "")
        assert phone == "" or phone.startswith("08999998"), offer.external_id


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_usual_way_of_saving(encoding: str, newline: str) -> None:
    services = (HEADER + SERVICE).replace("\n", newline)
    found = parse(services, encoding=encoding)
    assert errors_of(found) == []
    offer = found.offers[0]
    assert offer.provider.name == "Verein für Käse"
    assert str(offer.cost_amount) == "25.00"
    assert offer.schedules[0].opens_at == "08:30"
    assert offer.audience == ("women", "parents")
    assert offer.level_max == "A2"


def test_commas_and_iso_dates() -> None:
    series = 'service_id,valid_from,freq,byday,opens_at\nkurs,2026-09-14,MONTHLY,"1TU,3TU",18:00\n'
    found = parse(schedules=series)
    assert errors_of(found) == []
    assert found.offers[0].schedules[0].byday == "1TU,3TU"
    assert found.offers[0].schedules[0].valid_to is None


def test_empty_rows_and_trailing_cells_are_no_rows() -> None:
    found = parse(HEADER + SERVICE.strip() + ";;;\n;;;;\n\n  ;  \n")
    assert errors_of(found) == []
    assert len(found.offers) == 1


@pytest.mark.parametrize("start", ["=1+1", "+49", "-5", "@SUM(A1)", "\t=2", "=cmd|' /C calc'!A0"])
def test_formulas_are_text(start: str) -> None:
    found = parse(HEADER + SERVICE.replace("Deutschkurs", start))
    assert errors_of(found) == []
    assert found.offers[0].name == start.strip()


def test_texts_are_trimmed_and_composed() -> None:
    found = parse(HEADER + SERVICE.replace(";Deutschkurs;", ";  Ma\u0308rz \u00a0Kurs ;"))
    assert found.offers[0].name == "März \u00a0Kurs"


def test_line_breaks_stay_in_the_description_alone() -> None:
    found = parse(
        HEADER + SERVICE.replace(";Text;", ';"eins\r\nzwei";').replace(";Deutschkurs;", ';"drei\nvier";')
    )
    assert errors_of(found) == []
    assert found.offers[0].description == "eins\nzwei"
    assert found.offers[0].name == "drei vier"


@pytest.mark.parametrize(
    ("old", "new", "column", "key"),
    [
        ("kurs;verein", "kurs;fremd", "organization_id", "import.unknown_id"),
        ("kurs;verein", "ku rs;verein", "id", "import.bad_id"),
        (";german_course;german_course;", ";cooking;german_course;", "topic", "import.not_one_of"),
        (";german_course;german_course;", ";leisure;german_course;", "kind", "import.wrong_kind"),
        (";Deutschkurs;", ";;", "name", "import.empty"),
        (";Deutschkurs;", ";" + "x" * 201 + ";", "name", "import.too_long"),
        (";Deutschkurs;", ";\x1b[31mrot;", "name", "import.control"),
        (";Deutschkurs;", ";\u202egnp.exe;", "name", "import.control"),
        (";Haar;", ";Hamburg;", "place", "import.unknown_place"),
        ("25,00", "1E5", "cost_amount", "import.bad_amount"),
        ("25,00", "-5", "cost_amount", "import.bad_amount"),
        (";fee;25,00;", ";free;25,00;", "cost_amount", "import.amount_though_free"),
        (";A1;A2;", ";B2;A2;", "level_max", "import.order"),
        (";A1;A2;", ";a1;A2;", "level_min", "import.not_one_of"),
        ("women,parents", "women,women", "audience", "import.double_value"),
        ("women,parents", "ladies", "audience", "import.not_one_of"),
        (";10;3;", ";3;10;", "free_places", "import.free_over_capacity"),
        (";10;3;", ";10;-3;", "free_places", "import.bad_number"),
        (";10;3;", ";10;3.0;", "free_places", "import.bad_number"),
        ("12.10.2026", "31.02.2026", "assured_date", "import.bad_date"),
        ("12.10.2026", "46305", "assured_date", "import.bad_date"),
        ("12.10.2026", "12.10.26", "assured_date", "import.bad_date"),
        ("12.10.2026", "٢٠٢٦-١٠-١٢", "assured_date", "import.bad_date"),
    ],
)
def test_a_wrong_cell_is_named(old: str, new: str, column: str, key: str) -> None:
    row = SERVICE.replace(old, new)
    assert row != SERVICE
    found = parse(HEADER + row)
    assert errors_of(found) == [("services.csv", 2, column, key)] or (
        column == "id" and ("services.csv", 2, "id", key) in errors_of(found)
    )
    assert found.offers == ()


@pytest.mark.parametrize(
    ("old", "new", "column", "key"),
    [
        ("kurs;", "fehlt;", "service_id", "import.unknown_id"),
        ("31.07.2027", "31.07.2025", "valid_to", "import.order"),
        ("WEEKLY", "DAILY", "freq", "import.not_one_of"),
        ("WEEKLY;1", "WEEKLY;0", "interval", "import.bad_number"),
        ("MO,WE", "Mo und Mi", "byday", "import.bad_byday"),
        ("MO,WE", "", "byday", "import.empty"),
        ("MO,WE", "1MO", "byday", "import.bad_byday"),
        ("WEEKLY;1;MO,WE", "MONTHLY;1;MO", "byday", "import.bad_byday"),
        ("WEEKLY;1;MO,WE", "ONCE;1;", "valid_to", "import.once_one_day"),
        ("8:30", "25:00", "opens_at", "import.bad_time"),
        ("8:30", "8.30", "opens_at", "import.bad_time"),
        ("11:30", "8:30", "closes_at", "import.order"),
    ],
)
def test_a_wrong_date_row_is_named(old: str, new: str, column: str, key: str) -> None:
    row = SERIES.replace(old, new)
    assert row != SERIES
    assert errors_of(parse(schedules=SERIES_HEADER + row)) == [("schedules.csv", 2, column, key)]


@pytest.mark.parametrize(
    ("old", "new", "column", "key"),
    [
        ("089 99998 001", "call me", "phone", "import.bad_phone"),
        ("https://example.org", "javascript:alert(1)", "website", "import.bad_url"),
        ("https://example.org", "https://a b", "website", "import.bad_url"),
    ],
)
def test_a_wrong_provider_is_named(old: str, new: str, column: str, key: str) -> None:
    assert errors_of(parse(organizations=ORGANIZATIONS.replace(old, new))) == [
        ("organizations.csv", 2, column, key)
    ]


@pytest.mark.parametrize("phone", ["8999998101", "49 89 99998101"])
def test_a_telephone_number_that_lost_its_zero_is_refused(phone: str) -> None:
    found = parse(organizations=ORGANIZATIONS.replace("089 99998 001", phone))
    assert errors_of(found) == [("organizations.csv", 2, "phone", "import.phone_prefix")]


@pytest.mark.parametrize("phone", ["116117", "115", "(089) 99998 001", "+49 89 99998001"])
def test_other_telephone_numbers_are_taken(phone: str) -> None:
    assert parse(organizations=ORGANIZATIONS.replace("089 99998 001", phone)).errors == ()


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_what_another_system_saved_is_refused_rather_than_broken(encoding: str) -> None:
    found = parse(organizations=ORGANIZATIONS.replace("für Käse", "der Mädchen"), encoding=encoding)
    assert {(file, key) for file, _, _, key in errors_of(found)} == {("organizations.csv", "import.mojibake")}


def test_a_line_that_says_what_parts_the_cells_is_no_row() -> None:
    found = parse("sep=;\r\n" + HEADER + SERVICE)
    assert errors_of(found) == []
    tabs = (HEADER + SERVICE.replace("fee", "teuer")).replace(";", "\t")
    found = parse('"sep=\t"\n' + tabs)
    assert [(row, column) for _, row, column, _ in errors_of(found)] == [(2, "cost")]


def test_the_names_of_columns_are_read_in_any_case() -> None:
    assert errors_of(parse(HEADER.upper() + SERVICE)) == []
    double = parse(HEADER.replace("keywords", "NAME") + SERVICE)
    assert errors_of(double) == [("services.csv", 1, "name", "import.column_double")]


def test_a_column_without_a_name_is_called_by_its_letter() -> None:
    found = parse(HEADER.replace("description", "") + SERVICE)
    assert errors_of(found) == [("services.csv", 1, "G", "import.column_unnamed")]


def test_the_same_dates_twice_are_told() -> None:
    found = parse(schedules=SERIES_HEADER + SERIES + SERIES)
    assert errors_of(found) == [("schedules.csv", 3, "", "import.double_row")]
    assert found.errors[0].message.params == {"row": 2}


def test_all_errors_are_told_at_once_and_none_twice() -> None:
    bad = SERVICE.replace("kurs;", "zwei;").replace("Haar", "Hamburg").replace("25,00", "viel")
    series = SERIES_HEADER + SERIES + SERIES.replace("kurs;", "zwei;") + SERIES.replace("8:30", "früh")
    assert errors_of(parse(HEADER + SERVICE + bad, schedules=series)) == [
        ("services.csv", 3, "place", "import.unknown_place"),
        ("services.csv", 3, "cost_amount", "import.bad_amount"),
        ("schedules.csv", 4, "opens_at", "import.bad_time"),
    ]


def test_the_same_id_twice() -> None:
    assert errors_of(parse(HEADER + SERVICE + SERVICE)) == [("services.csv", 3, "id", "import.double_id")]


@pytest.mark.parametrize(
    ("content", "row", "column", "key"),
    [
        (b"", 0, "", "import.file_empty"),
        (b"\n;;\n", 0, "", "import.file_empty"),
        (b"\x00\x01\x02", 0, "", "import.not_text"),
        (b"PK\x03\x04\x14\x00\x00\x00", 0, "", "import.not_text"),
        (b"id;name\nx;\x81\x8d", 0, "", "import.not_text"),
        ("id;name\nx;a\x85b\n".encode(), 0, "", "import.not_text"),
        ("id;name\nx;KÃ¤se\n".encode(), 0, "", "import.mojibake"),
        (b"id;name;id\nx;y;z\n", 1, "id", "import.column_double"),
        (b"id;name;colour\nx;y;z\n", 1, "colour", "import.column_unknown"),
        (b"id;phone\nx;y\n", 1, "name", "import.column_missing"),
        (b"id;name\nx;y;z\n", 2, "", "import.too_many_cells"),
        (b'id;name\nx;"never closed\n', 2, "", "import.not_csv"),
        (b"id;name\n" + b"x" * csvfile.ONE_FILE.megabytes * 1_000_000, 0, "", "import.file_too_big"),
        (b"id;name\n" + b"x;y\n" * (csvfile.ONE_FILE.rows + 1), 0, "", "import.too_many_rows"),
        (b'id;name\nx;"' + b"y" * 200_000 + b'"\n', 2, "", "import.not_csv"),
    ],
)
def test_a_file_that_is_no_table(content: bytes, row: int, column: str, key: str) -> None:
    found = importer.parse({**_good(), "organizations.csv": content})
    assert ("organizations.csv", row, column, key) in errors_of(found)
    assert found.offers == ()


def test_missing_and_unknown_files() -> None:
    files = _good()
    del files["schedules.csv"]
    found = importer.parse({**files, "../etc/passwd": b"x"})
    assert errors_of(found) == [
        ("../etc/passwd", 0, "", "import.file_unknown"),
        ("schedules.csv", 0, "", "import.file_missing"),
    ]


def test_errors_stand_in_the_order_of_the_rows() -> None:
    nobody = SERVICE.replace("verein;", "nobody;", 1)
    assert nobody != SERVICE
    found = parse(HEADER + nobody + SERVICE.replace("kurs;", "kurs2;", 1).replace(";Haar;", ";Timbuktu;"))
    assert [error.row for error in found.errors] == [2, 3]


def test_a_flood_of_errors_is_cut() -> None:
    found = importer.parse({**_good(), "organizations.csv": b"id;name\n" + b"!;y\n" * 1000})
    assert len(found.errors) == Errors.MOST + 1
    assert found.errors[-1].message.key == "import.too_many_errors"


def test_long_and_hostile_values_are_repeated_short() -> None:
    found = parse(HEADER + SERVICE.replace(";Haar;", ";" + "<b>[/x]\u2028" * 500 + ";"))
    value = found.errors[0].message.params["value"]
    assert len(value) <= 60
    assert "\n" not in value


def test_the_sample_has_every_column() -> None:
    for name, content in sample_files().items():
        header = content.decode("utf-8-sig").splitlines()[0].split(";")
        assert set(header) == set(tables()[name])


def _good() -> dict[str, bytes]:
    return {
        "organizations.csv": ORGANIZATIONS.encode(),
        "services.csv": (HEADER + SERVICE).encode(),
        "schedules.csv": (SERIES_HEADER + SERIES).encode(),
    }
