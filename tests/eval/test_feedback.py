"""`python -m rag.eval feedback`: verdicts by hand → rows by hand, and what is left to label."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import QuestionError
from rag.eval.__main__ import main
from rag.eval.feedback import Verdict, label, read_verdicts
from rag.eval.questions import Evidence, QuestionRow, read_questions
from rag.types import Alternative, Answer, Citation, Source
from tests.newsroom import STORIES, write_newsroom

CRACKS = "Engineers found 17 cracks in the piers of the Tarn bridge, the council said."
CLOSED = "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks in its piers."
COST = "Mayor Ines Calder said the repair would cost £4.2 million and take nine months."
BREAD = "Omar Lindqvist, a baker from Marlow, won the national bread prize with a rye loaf on Sunday."
ASKED = "How many cracks did engineers find?"


def cite(article_id: str, quote: str, number: int = 1) -> Citation:
    return Citation(number, Source(article_id, "A headline", None, None, f"{article_id}.md"), quote, 0, len(quote))


def answered(question: str, text: str, *citations: Citation, alternatives: tuple[Alternative, ...] = ()) -> Answer:
    return Answer(question, text, False, None, 0.9, citations[0].quote, citations, alternatives)


def silent(question: str, *citations: Citation) -> Answer:
    return Answer(question, "The articles do not say.", True, "the passages found do not answer", 0.1, "", citations)


def line(answer: Answer, good: bool, note: str = "") -> dict[str, object]:
    return {"time": "2025-03-06T10:00:00", "good": good, "note": note, "answer": answer.to_json()}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "feedback.jsonl"
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines), "utf-8")
    return path


def labelled(folder: Path, *lines: object) -> tuple[list[QuestionRow], list[str]]:
    rows, by_hand = label(read_verdicts(write(folder, *lines)))
    return [replace(row, row_id="") for row in rows], [each.reason for each in by_hand]


SEVENTEEN = answered(ASKED, "17", cite("bridge-again", CRACKS), cite("bridge", CLOSED, 2))


def test_a_good_answer_is_a_row_with_every_quote(tmp_path: Path) -> None:
    evidence = (Evidence("bridge-again", CRACKS), Evidence("bridge", CLOSED))
    row = QuestionRow("", ASKED, "feedback", ("17",), evidence=evidence)
    assert labelled(tmp_path, line(SEVENTEEN, True)) == ([row], [])


def test_good_silence_is_an_unanswerable_row(tmp_path: Path) -> None:
    answer = silent("Who painted the bridge?", cite("bridge", CLOSED))
    assert labelled(tmp_path, line(answer, True)) == ([QuestionRow("", "Who painted the bridge?", "feedback")], [])


@pytest.mark.parametrize("note", ["£4.2 million", " £4.2 million. ", "“£4.2 million”"])
def test_a_note_that_stands_in_the_closest_passage_is_the_answer(tmp_path: Path, note: str) -> None:
    answer = silent("How much is the repair?", cite("bridge", COST))
    row = QuestionRow(
        "", "How much is the repair?", "feedback", ("£4.2 million",), evidence=(Evidence("bridge", COST),)
    )
    assert labelled(tmp_path, line(answer, False, note)) == ([row], [])


def test_a_note_that_stands_in_an_alternative_is_the_answer(tmp_path: Path) -> None:
    other = Alternative("Omar Lindqvist", 0.4, BREAD, (cite("baker", BREAD),))
    answer = answered("Who won the bread prize?", "Ines Calder", cite("bridge", COST), alternatives=(other,))
    row = QuestionRow(
        "", "Who won the bread prize?", "feedback", ("Omar Lindqvist",), evidence=(Evidence("baker", BREAD),)
    )
    assert labelled(tmp_path, line(answer, False, "Omar Lindqvist")) == ([row], [])


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("", "no note says what would be right"),
        ("the", "the note 'the' is no answer"),
        ("Wrong!", "the note 'Wrong!' is no answer"),
        ("17", "the note is the answer that was called wrong"),
        ("7", "the note '7' stands in no quote of the answer"),
        ("crack", "the note 'crack' stands in no quote of the answer"),
        ("eighteen cracks", "the note 'eighteen cracks' stands in no quote of the answer"),
    ],
)
def test_other_bad_ones_are_left_to_a_hand(tmp_path: Path, note: str, reason: str) -> None:
    assert labelled(tmp_path, line(SEVENTEEN, False, note)) == ([], [reason])


def test_a_part_of_a_number_is_no_answer(tmp_path: Path) -> None:
    answer = silent("How many months?", cite("bridge", COST))
    assert labelled(tmp_path, line(answer, False, "2 million"))[0] == []


def test_a_good_answer_that_its_quotes_do_not_hold_is_left_to_a_hand(tmp_path: Path) -> None:
    answer = answered(ASKED, "seventeen", cite("bridge-again", CRACKS))
    assert labelled(tmp_path, line(answer, True)) == ([], ["the answer stands in none of its quotes"])


def test_of_two_verdicts_the_last_wins(tmp_path: Path) -> None:
    again = answered("how many cracks did engineers find", "17", cite("bridge-again", CRACKS))
    rows, by_hand = labelled(tmp_path, line(SEVENTEEN, False), line(again, True))
    assert ([row.question for row in rows], by_hand) == (["how many cracks did engineers find"], [])
    assert labelled(tmp_path, line(SEVENTEEN, True), line(again, False)) == ([], ["no note says what would be right"])


def test_the_id_is_the_question_s(tmp_path: Path) -> None:
    first, _ = label([Verdict("a:1", True, "", "Who won?", "", True)])
    again, _ = label([Verdict("b:9", True, "", "who won", "", True)])
    other, _ = label([Verdict("a:1", True, "", "Who lost?", "", True)])
    assert first[0].row_id == again[0].row_id != other[0].row_id
    assert first[0].row_id.startswith("feedback-")


def test_the_command_writes_rows_that_check_proves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        line(SEVENTEEN, True),
        line(silent("Who painted the bridge?", cite("bridge", CLOSED)), True),
        line(silent("How much is the repair?", cite("bridge", COST)), False, "£4.2 million"),
        line(silent("Who baked it?"), False, "Omar"),
    ]
    assert all(quote in "".join(STORIES.values()) for quote in (CRACKS, CLOSED, COST, BREAD))
    path, out = write(tmp_path, *asked), tmp_path / "rows.jsonl"
    assert main(["feedback", str(path), "--out", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [
        f"3 questions (1 of them unanswerable), written to {out}.",
        f"{path}:4 needs a label by hand: Who baked it? (the note 'Omar' stands in no quote of the answer)",
    ]
    assert [(row.question, row.answers) for row in read_questions(out)] == [
        (ASKED, ("17",)),
        ("Who painted the bridge?", ()),
        ("How much is the repair?", ("£4.2 million",)),
    ]
    news = write_newsroom(tmp_path / "news")
    assert main(["check", "--questions", str(out), "--articles", str(news)]) == 0


def test_nothing_to_write_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.jsonl"
    assert main(["feedback", str(write(tmp_path, line(SEVENTEEN, False))), "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith("0 questions (0 of them unanswerable), so nothing was written.")
    assert not out.exists()


WHOLE = line(SEVENTEEN, True)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{not json"], ":1 is not a line of feedback"),
        (["[1]"], ":1 is not a line of feedback (wanted dict, found [1])"),
        ([WHOLE, {k: v for k, v in WHOLE.items() if k != "good"}], ":2 has no 'good'"),
        ([{**WHOLE, "good": "yes"}], "wanted bool, found 'yes'"),
        ([{**WHOLE, "note": None}], "wanted str, found None"),
        ([{**WHOLE, "answer": {"question": "Who?"}}], "it has no 'text'"),
        ([{**WHOLE, "answer": {**SEVENTEEN.to_json(), "citations": [{"quote": "x"}]}}], "it has no 'published'"),
        ([{**WHOLE, "answer": {**SEVENTEEN.to_json(), "question": " "}}], "has an empty"),
        ([""], "holds no feedback"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, lines: list[object], said: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_verdicts(write(tmp_path, *lines))
    assert said in str(caught.value)
    assert "feedback.jsonl" in str(caught.value)


@pytest.mark.parametrize(
    ("file", "out", "said"),
    [
        ("nowhere.jsonl", "rows.jsonl", "nowhere.jsonl cannot be read"),
        ("feedback.jsonl", "feedback.jsonl", "feedback.jsonl is there already; name another file"),
        ("feedback.jsonl", "nowhere/rows.jsonl", "lies in no folder that exists"),
        ("feedback.jsonl", ".", "is a folder; name a file"),
    ],
)
def test_mistakes_exit_2_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, out: str, said: str
) -> None:
    kept = write(tmp_path, WHOLE).read_text("utf-8")
    assert main(["feedback", str(tmp_path / file), "--out", str(tmp_path / out)]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert len(shown.err.splitlines()) == 1
    assert said in shown.err
    assert (tmp_path / "feedback.jsonl").read_text("utf-8") == kept
