from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import QuestionError
from rag.eval.questions import (
    Evidence,
    QuestionRow,
    fingerprint,
    problems,
    read_asked,
    read_questions,
    read_tune_ids,
)
from tests.commands import ROOT


def write(folder: Path, *lines: object) -> Path:
    path = folder / "q.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_every_form_of_answer_is_accepted(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "1", "question": "Who?", "type": "who", "answers": ["Ada", "A. Quill"]},
        "",
        {"id": 2, "question": "Which?", "answers_all": [["red"], ["blue", "azure"]]},
        {"id": "3", "question": "How many?", "answers_by_article": {"x": ["5"], "y": ["7"]}},
        {"id": "4", "question": "Why?"},
    )
    rows = read_questions(path)
    assert rows == [
        QuestionRow("1", "Who?", "who", answers=("Ada", "A. Quill")),
        QuestionRow("2", "Which?", "", items=(("red",), ("blue", "azure"))),
        QuestionRow("3", "How many?", "", by_article={"x": ("5",), "y": ("7",)}),
        QuestionRow("4", "Why?", ""),
    ]
    assert [row.accepted for row in rows] == [("Ada", "A. Quill"), ("red", "blue", "azure"), ("5", "7"), ()]
    assert [row.answerable for row in rows] == [True, True, True, False]


def test_evidence_is_read_with_or_without_a_quote(tmp_path: Path) -> None:
    evidence = [{"article_id": "x", "quote": "Ada won."}, {"article_id": 7}]
    (row,) = read_questions(write(tmp_path, {"id": "1", "question": "Who?", "answers": ["Ada"], "evidence": evidence}))
    assert row.evidence == (Evidence("x", "Ada won."), Evidence("7", None))


def test_an_id_that_came_before_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "1", "question": "Who?"}, "", {"id": 1, "question": "Why?"})
    with pytest.raises(QuestionError, match=r"q\.jsonl:3: the id '1' stands on an earlier line too"):
        read_questions(path)


def test_the_ids_for_tuning_stand_beside_the_questions(tmp_path: Path) -> None:
    assert read_tune_ids(tmp_path / "q.jsonl") == frozenset()
    (tmp_path / "tune.txt").write_text("q1\nq2\n\n")
    assert read_tune_ids(tmp_path / "q.jsonl") == {"q1", "q2"}


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '{"id": "1"}',
        '{"question": "Who?"}',
        '{"id": "1", "question": "Who?", "answers": "Ada"}',
        '{"id": "1", "question": "Who?", "evidence": [{"quote": "Ada"}]}',
        '{"id": "1", "question": "Who?", "evidence": [{"article_id": "x", "quote": ""}]}',
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, bad: str) -> None:
    path = write(tmp_path, {"id": "0", "question": "Who?"}, bad)
    with pytest.raises(QuestionError, match=r"q\.jsonl:2 is not a question row"):
        read_questions(path)


@pytest.mark.parametrize(
    "answers",
    [
        {"answers_by_article": {"a": []}},
        {"answers_by_article": {"a": ["5"], "b": []}},
        {"answers_all": [["red"], []]},
        {"answers": ["5", " "]},
    ],
)
def test_an_answer_without_a_text_is_named(tmp_path: Path, answers: dict[str, object]) -> None:
    path = write(tmp_path, {"id": "0", "question": "Who?"}, {"id": "1", "question": "How many?", **answers})
    with pytest.raises(QuestionError, match=r"q\.jsonl:2 has an answer without a text; give one, or leave that"):
        read_questions(path)


def test_a_fingerprint_changes_with_the_question_and_its_labels() -> None:
    changes = [
        {"question": "Who lost?"},
        {"kind": "when"},
        {"answers": ("Ada", "Quill")},
        {"answers": (), "items": (("Ada",),)},
        {"by_article": {"x": ("Ada",)}},
        {"evidence": PROVEN.evidence[:1]},
    ]
    told = [fingerprint(PROVEN), *(fingerprint(replace(PROVEN, **change)) for change in changes)]
    assert len(set(told)) == 7
    assert {len(each) for each in told} == {12}
    assert fingerprint(replace(PROVEN, row_id="2")) == fingerprint(PROVEN)  # the id is compared by itself


def test_rows_are_asked_of_one_split(tmp_path: Path) -> None:
    path = write(tmp_path, *({"id": name, "question": f"Who is {name}?"} for name in "abc"))
    (tmp_path / "tune.txt").write_text("a\n")
    asked = read_asked(path)
    assert (asked.split, asked.apart, [row.row_id for row in asked.of("test")]) == ("test", ("tune",), ["b", "c"])
    asked = read_asked(path, "all")
    assert (asked.split, asked.apart, len(asked.of("all"))) == ("all", (), 3)
    with pytest.raises(QuestionError, match=r"q\.jsonl has no split 'dev'; name tune, test or all"):
        read_asked(path, "dev")


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="holds no question"):
        read_questions(write(tmp_path, "", " "))
    with pytest.raises(QuestionError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_a_quote_may_hold_a_line_separator(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "question": "Who\u2028said?"}\n', "utf-8")
    assert read_questions(path)[0].question == "Who\u2028said?"


@pytest.mark.parametrize("bad", ['{"id": " ", "question": "Who?"}', '{"id": "1", "question": ""}'])
def test_an_empty_id_or_question_is_named(tmp_path: Path, bad: str) -> None:
    with pytest.raises(QuestionError, match=r"q\.jsonl:1 has an empty"):
        read_questions(write(tmp_path, bad))


ARTICLES = {"x": "Ada won. Bo came second.", "y": "Ada Quill won by two votes."}
PROVEN = QuestionRow(
    "1", "Who won?", "who", ("Ada",), evidence=(Evidence("x", "Ada won."), Evidence("y", "Ada Quill won"))
)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (PROVEN, []),
        (replace(PROVEN, answers=("Cy",)), ["1: 'Cy' stands in no quote."]),
        (replace(PROVEN, answers=("no",), kind="yes_no"), []),
        (replace(PROVEN, evidence=(Evidence("z", "Ada won."),)), ["1: evidence from 'z', which is no article here."]),
        (replace(PROVEN, evidence=(Evidence("x", "Ada Quill won"),)), ["1: 'Ada Quill won' does not stand in 'x'."]),
        (replace(PROVEN, evidence=()), ["1: an answer, but no evidence."]),
        (replace(PROVEN, answers=()), ["1: no answer, but evidence."]),
        (replace(PROVEN, answers=(), evidence=()), []),
        (replace(PROVEN, answers=(), items=(("Ada", "she"), ("Bo",))), ["1: 'Bo' stands in no quote."]),
        (replace(PROVEN, by_article={"x": ("Ada",), "y": ("Ada Quill",)}), []),
        (replace(PROVEN, by_article={"x": ("Ada Quill",)}), ["1: 'Ada Quill' stands in no quote from 'x'."]),
        (replace(PROVEN, evidence=(Evidence("x"),)), []),
        (replace(PROVEN, by_article={"x": ()}), []),  # no row that is read has one
    ],
)
def test_a_label_that_is_not_proven_is_named(row: QuestionRow, said: list[str]) -> None:
    assert problems([row], ARTICLES) == said


def test_a_row_may_go_without_evidence_where_labels_need_no_proof() -> None:
    bare = replace(PROVEN, evidence=())
    assert problems([bare], ARTICLES, strict=False) == []
    wrong = replace(PROVEN, evidence=(Evidence("x", "Bo won."),))
    assert len(problems([wrong], ARTICLES, strict=False)) == 2


def test_a_question_asked_twice_is_named() -> None:
    again = replace(PROVEN, row_id="2", question="who WON")
    assert problems([PROVEN, again], ARTICLES) == ["2 asks what 1 asks."]
    assert problems([PROVEN, again], ARTICLES, strict=False) == []


def test_every_label_of_the_sample_questions_is_proven() -> None:
    from rag.articles import parse, scan

    texts = {}
    for record in scan([ROOT / "eval" / "articles"], lambda skipped: pytest.fail(str(skipped))):
        article = parse(record).article
        texts[article.source.article_id] = article.text
    rows = read_questions(ROOT / "eval" / "questions.jsonl")
    assert problems(rows, texts) == []
    assert len(rows) >= 60
