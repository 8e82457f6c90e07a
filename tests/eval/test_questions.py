from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import QuestionError
from rag.eval.questions import QuestionRow, read_questions
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
    assert read_questions(path) == [
        QuestionRow("1", "Who?", "who", ("Ada", "A. Quill")),
        QuestionRow("2", "Which?", "", ("red", "blue", "azure")),
        QuestionRow("3", "How many?", "", ("5", "7")),
        QuestionRow("4", "Why?", "", ()),
    ]


@pytest.mark.parametrize(
    "bad", ["{", "[]", '{"id": "1"}', '{"question": "Who?"}', '{"id": "1", "question": "Who?", "answers": "Ada"}']
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, bad: str) -> None:
    path = write(tmp_path, {"id": "0", "question": "Who?"}, bad)
    with pytest.raises(QuestionError, match=r"q\.jsonl:2 is not a question row"):
        read_questions(path)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="holds no question"):
        read_questions(write(tmp_path, "", " "))
    with pytest.raises(QuestionError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")


def test_a_quote_may_hold_a_line_separator(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "question": "Who\u2028said?"}\n', "utf-8")
    assert read_questions(path)[0].question == "Who\u2028said?"


def test_the_evidence_of_the_sample_questions_is_verbatim_in_the_cleaned_articles() -> None:
    from rag.articles import parse, scan

    texts = {}
    for record in scan([ROOT / "eval" / "articles"], lambda skipped: pytest.fail(str(skipped))):
        article = parse(record).article
        texts[article.source.article_id] = article.text
    rows = [json.loads(line) for line in (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len({row["question"] for row in rows}) == len(rows) >= 60
    for row in rows:
        answerable = any(row.get(key) for key in ("answers", "answers_all", "answers_by_article"))
        assert answerable == bool(row.get("evidence")), row["id"]
        for evidence in row.get("evidence", []):
            assert evidence["quote"] in texts[evidence["article_id"]], row["id"]
