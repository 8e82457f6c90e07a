from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.additions import Additions
from rag.errors import StoreError
from rag.eval.feedback import Verdict, read_verdicts
from rag.eval.questions import Evidence
from rag.saved import load_answer
from tests.ui.page import QUOTE, make_answer
from ui.verdicts import MAX_NOTE, keep_verdict


def test_a_verdict_is_read_back_as_the_reader_gave_it(tmp_path: Path) -> None:
    additions = Additions(tmp_path / "index")
    keep_verdict(additions, make_answer(), good=True)
    keep_verdict(additions, make_answer(question="Wie viele?"), good=False, note=" It was\n 18, “not” 17. ")
    place, cited = additions.feedback, (Evidence("bridge", QUOTE),)
    assert read_verdicts(place) == [
        Verdict(f"{place}:1", True, "", "How many?", "17", False, cited),
        Verdict(f"{place}:2", False, "It was 18, “not” 17.", "Wie viele?", "17", False, cited),
    ]


def test_a_line_holds_the_whole_answer_and_the_hour(tmp_path: Path) -> None:
    additions = Additions(tmp_path / "index")
    before = datetime.now(UTC)
    keep_verdict(additions, make_answer(), good=True)
    [line] = map(json.loads, additions.feedback.read_text("utf-8").splitlines())
    assert list(line) == ["time", "good", "note", "answer"]
    assert load_answer(line["answer"]).to_json() == line["answer"] == make_answer().to_json()
    assert timedelta(seconds=-1) <= datetime.fromisoformat(line["time"]) - before < timedelta(seconds=30)


def test_a_long_note_is_cut(tmp_path: Path) -> None:
    additions = Additions(tmp_path / "index")
    keep_verdict(additions, make_answer(), good=False, note="word " * 5_000)
    [verdict] = read_verdicts(additions.feedback)
    assert verdict.note == ("word " * 5_000)[:MAX_NOTE].strip()


def test_a_verdict_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "index.page").write_text("a file where the folder should be")
    with pytest.raises(StoreError):
        keep_verdict(Additions(tmp_path / "index"), make_answer(), good=True)
