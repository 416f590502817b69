"""`lotse search evaluate` counts what it should."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lotse.commands.search import app
from offers.guides.evaluation import evaluate_search

FLAT = "Wohnung suchen\nDie Beratung hilft kostenlos.\nSie ist im Rathaus."
COURSE = "Deutschkurs\nDer Kurs dauert 600 Stunden.\nEr beginnt im Herbst."


def row(question: str, page: int, context: str, answers: list[int]) -> str:
    return json.dumps(
        {"question": question, "pageId": page, "context": context, "city": "harbour", "answers": answers}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        row("Wie lange dauert der Kurs?", 1, COURSE, [1]),
        row("Welche Wohnung hilft der Beratung?", 1, COURSE, [2]),
        row("Was kostet ein Visum?", 2, FLAT, []),
    ]
    (tmp_path / "dev_de.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "train_de.jsonl").write_text(row("Wer hilft?", 2, FLAT, [1]) + "\n", encoding="utf-8")
    return tmp_path


def test_a_page_found_second_or_not_at_all_counts_less(folder: Path) -> None:
    scores = evaluate_search([folder], "dev")["languages"]["de"]
    # Two questions can be answered; the second one speaks of the other page.
    assert scores["r1"] == 0.5
    assert scores["r3"] in {0.5, 1.0}
    assert scores["passage"] == 1.0


def test_without_a_split_all_questions_are_asked(folder: Path) -> None:
    assert evaluate_search([folder])["languages"]["de"]["r1"] == pytest.approx(2 / 3, abs=0.001)


def test_the_command_prints_one_json_object(folder: Path) -> None:
    printed = CliRunner().invoke(app, ["evaluate", str(folder), "--questions", "train"])
    assert printed.exit_code == 0
    assert set(json.loads(printed.stdout)["languages"]["de"]) == {"r1", "r3", "mrr10", "passage"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"question": "?"}',
        '{"question":"?","context":"","pageId":1,"city":"x","answers":["?"]}',
    ],
)
def test_what_is_no_question_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dev_de.jsonl"
    path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(path)])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_name_without_a_split_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="<split>_<language>"):
        evaluate_search([path])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"context": None}, "`context` has to be a text"),
        ({"question": None}, "`question` has to be a text"),
        ({"answers": "12"}, "`answers` has to be a list"),
        ({"answers": [1.9]}, "`answers` has to be a list"),
        ({"answers": [True]}, "`answers` has to be a list"),
    ],
)
def test_a_value_of_another_kind_is_named_with_its_line(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    path = tmp_path / "dev_de.jsonl"
    path.write_text("\n" + json.dumps(json.loads(row("?", 1, COURSE, [1])) | change), encoding="utf-8")
    with pytest.raises(ValueError, match=r"dev_de\.jsonl:2: ") as caught:
        evaluate_search([path])
    assert told in str(caught.value)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"answers": [NaN]}', b'{"question": "\xff"}'])
def test_odd_content_is_refused_with_the_name_of_its_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dev_de.jsonl"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"dev_de\.jsonl"):
        evaluate_search([path])


def test_a_mark_of_the_byte_order_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "dev_de.jsonl"
    path.write_text(row("Wie lange dauert der Kurs?", 1, COURSE, [1]), encoding="utf-8-sig")
    assert evaluate_search([path])["languages"]["de"]["r1"] == 1


def test_a_split_that_is_not_there_is_named_beside_those_that_are(folder: Path) -> None:
    with pytest.raises(ValueError, match="in trian; splits that have some: dev, train"):
        evaluate_search([folder], "trian")


def test_each_text_of_a_page_is_found_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    old, new = tmp_path / "train_de.jsonl", tmp_path / "dev_de.jsonl"
    other = "Schule\nDie Schule beginnt um acht."
    old.write_text(row("Wann beginnt die Schule?", 1, other, [1]), encoding="utf-8")
    new.write_text(row("Wie lange dauert der Kurs?", 1, COURSE, [1]), encoding="utf-8")
    for paths in ([old, new], [new, old]):
        assert evaluate_search(paths)["languages"]["de"] == {"r1": 1, "r3": 1, "mrr10": 1, "passage": 1}
