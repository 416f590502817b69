"""`lotse nlu evaluate`: what is read, what is counted, what is drawn."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lotse.cli import app
from nlu.emergency import EmergencyRule
from nlu.errors import EvaluationError
from nlu.evaluate import Report, evaluate
from nlu.lexicon import Lexicon
from nlu.report import report_html, to_json
from nlu.rows import read_rows
from nlu.types import Intent
from nlu.understanding import Understander

LINES = [
    ("find_german_course", '[{"entity": "place", "value": "Haar"}]', "german course in Haar"),
    (
        "find_german_course",
        '[{"entity": "childcare", "value": true}]',
        "german course with childcare in Haar",
    ),
    ("find_housing", "[]", "a german course <b>"),
    ("emergency", "[]", "my husband has a knife"),
    ("emergency", "[]", "he is going to hurt me"),
    ("find_housing", '[{"entity": "level", "value": "A1"}]', "burning kitchen in my house, fire"),
    ("out_of_scope", "[]", "what is the weather"),
    ("out_of_scope", "[]", "hello"),
]


def _write(folder: Path, name: str = "en.tsv", lines: list[tuple[str, str, str]] = LINES) -> Path:
    path = folder / name
    path.write_text(
        "".join(f"{intent}\tshort\t{entities}\t{text}\t0.9\n" for intent, entities, text in lines), "utf-8"
    )
    return path


async def _report(path: Path, lexicons: dict[str, Lexicon]) -> Report:
    return await evaluate(read_rows(path), Understander(None, lexicons), EmergencyRule(lexicons))


async def test_the_figures(tmp_path: Path, lexicons: dict[str, Lexicon]) -> None:
    _write(tmp_path)
    _write(tmp_path, "ar.tsv", [("find_german_course", "[]", "اريد كورس")])
    answer = json.loads(json.dumps(to_json(await _report(tmp_path, lexicons))))
    assert list(answer) == ["languages", "overall"]
    assert list(answer["languages"]) == ["ar", "en"]
    english = answer["languages"]["en"]
    assert english["intent_accuracy"] == 4 / 8
    assert english["emergency_recall"] == 0.5
    assert english["emergency_false_alarms"] == round(1 / 6, 4)
    assert english["out_of_scope_recall"] == 0.5
    assert (english["entity_precision"], english["entity_recall"]) == (round(2 / 3, 4), round(2 / 3, 4))
    assert english["entity_f1"] == round(2 / 3, 4)
    assert {"expected": "emergency", "got": "out_of_scope", "count": 1} in english["confusions"]
    assert answer["overall"]["intent_accuracy"] == round(5 / 9, 4)
    assert answer["overall"]["sources"] == {"keywords": 7, "rule": 2}
    arabic = answer["languages"]["ar"]
    assert (arabic["emergency_recall"], arabic["out_of_scope_recall"], arabic["intent_accuracy"]) == (
        None,
        None,
        1.0,
    )


async def test_a_fallback_counts_as_out_of_scope_and_its_buttons_among_three(
    tmp_path: Path, lexicons: dict[str, Lexicon]
) -> None:
    both = "flat or appointment"
    path = _write(
        tmp_path, lines=[("find_housing", "[]", both), ("out_of_scope", "[]", both), ("privacy", "[]", both)]
    )
    report = await _report(path, lexicons)
    assert {outcome.got.intent for outcome in report.outcomes["en"]} == {Intent.OUT_OF_SCOPE}
    assert (report.overall.intent_accuracy, report.overall.top3_accuracy) == (
        round(1 / 3, 4),
        round(2 / 3, 4),
    )


async def test_the_page_stands_alone_and_escapes(tmp_path: Path, lexicons: dict[str, Lexicon]) -> None:
    page = report_html(await _report(_write(tmp_path), lexicons))
    assert "german course &lt;b&gt;" in page
    assert "<b>" not in page.replace('<div class="tile"><b>', "")
    assert not [
        word for word in ("<script", "http://", "https://", "<link", "@import", "src=") if word in page
    ]
    assert "find_housing" in page


async def test_a_page_without_mistakes(tmp_path: Path, lexicons: dict[str, Lexicon]) -> None:
    page = report_html(await _report(_write(tmp_path, lines=LINES[:1]), lexicons))
    assert "No line was misunderstood" in page


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("find_pizza\tx\t[]\thello\t1", "no intent 'find_pizza'"),
        ("greet\tx\t[]\thello", "4 columns instead of 5"),
        ("greet\tx\t[\thello\t1", "not JSON"),
        ("greet\tx\t{}\thello\t1", "not a JSON list"),
        ("greet\tx\t[1]\thello\t1", "must be an object"),
        ('greet\tx\t[{"entity": "place"}]\thello\t1', "must be an object"),
        ('greet\tx\t[{"entity": "place", "value": "Berlin"}]\thello\t1', "'Berlin' is not a value of place"),
        ('greet\tx\t[{"entity": "place", "value": []}]\thello\t1', "is not a value of place"),
        (
            'greet\tx\t[{"entity": "childcare", "value": "yes"}]\thello\t1',
            "'yes' is not a value of childcare",
        ),
        ('greet\tx\t[{"entity": "colour", "value": "red"}]\thello\t1', "no entity 'colour'"),
        ("greet\tx\t" + "[" * 100_000 + "\thello\t1", "de.tsv, line 2"),
        ("greet\tx\t[]\t \t1", "text is empty"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "de.tsv"
    path.write_text(f"greet\tx\t[]\tHallo\t1\r\n{line}\n", "utf-8-sig")
    with pytest.raises(EvaluationError, match=r"de\.tsv, line 2: ") as caught:
        read_rows(tmp_path)
    assert problem in str(caught.value)


def test_bad_paths_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="does not exist"):
        read_rows(tmp_path / "nothing")
    with pytest.raises(EvaluationError, match="no file named"):
        read_rows(tmp_path)
    (tmp_path / "de.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(EvaluationError, match="UTF-8"):
        read_rows(tmp_path)
    (tmp_path / "de.tsv").write_text("\n", "utf-8")
    with pytest.raises(EvaluationError, match="no lines"):
        read_rows(tmp_path / "de.tsv")


def test_entities_as_other_tools_write_them(tmp_path: Path) -> None:
    """Rasa's own results say where an entity stands, and training lines have no other way to write what is true."""
    path = tmp_path / "de.tsv"
    path.write_text(
        'find_work\tx\t[{"entity": "childcare", "value": "true", "start": 0, "end": 4}]\tHallo\t1\n', "utf-8"
    )
    assert read_rows(path)["de"][0].entities == {("childcare", True)}


def test_a_file_that_is_none_gets_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "de.tsv"):
        result = CliRunner().invoke(app, ["nlu", "evaluate", str(path)])
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert "PATH" in result.output
