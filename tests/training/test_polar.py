"""Yes/no rows → rows that are answered by a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import ArticlesError
from rag.training.mixture import read_sets
from rag.training.polar import evenly, read_set, telling_sentence
from rag.training.recipe import Recipe

HARBOUR = (
    "The harbour of Port Wexley is run by a trust. A ferry crosses the sound twice a day in winter. "
    "Motorcycles park on the pier for nothing."
)


def told(question: str, context: str = HARBOUR) -> str | None:
    span = telling_sentence(question, context)
    return None if span is None else context[slice(*span)]


def test_the_sentence_with_most_words_of_the_question_tells_it() -> None:
    assert told("does the ferry cross in winter?") == "A ferry crosses the sound twice a day in winter."
    assert told("do motorcycles have to pay to park on the pier?") == "Motorcycles park on the pier for nothing."


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("is there a swimming pool?", HARBOUR),  # no word of it
        ("is the mayor of Port Wexley paid a salary by the council?", HARBOUR),  # too few of them
        ("is the ferry late?", "The ferry sails. The ferry is full."),  # two sentences alike
        ("is it red?", "Red."),  # too short to tell
        ("does the ferry cross?", f"The ferry crosses {'again and ' * 15}again."),  # longer than any span
        ("does the ferry cross?", ""),
    ],
)
def test_no_sentence_is_taken_where_none_clearly_tells(question: str, context: str) -> None:
    assert told(question, context) is None


def test_a_set_of_yes_no_rows_is_read_as_rows_with_sentences(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "context": HARBOUR, "question": "does the ferry cross in winter?", "verdict": True},
        {"id": "2", "context": HARBOUR, "question": "is there a swimming pool?", "verdict": False},
    ]
    (tmp_path / "polar.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    [row] = read_sets(tmp_path, Recipe(sets={"polar": 1.0}))["polar"]
    assert row.question == "Does the ferry cross in winter?"
    assert [row.context[slice(*span)] for span in row.spans] == list(row.answers)
    assert row.answers == ("A ferry crosses the sound twice a day in winter.",)


def test_official_files_and_span_rows_stay_as_they_are(tmp_path: Path) -> None:
    asked = {
        "question": "Who runs it?",
        "id": "1",
        "answers": [{"text": "a trust", "answer_start": HARBOUR.index("a trust")}],
    }
    official = {"data": [{"paragraphs": [{"context": HARBOUR, "qas": [asked]}]}]}
    (tmp_path / "squad.json").write_text(json.dumps(official), "utf-8")
    [row] = read_set(tmp_path / "squad.json")
    assert (row.question, row.answers) == ("Who runs it?", ("a trust",))
    (tmp_path / "empty.jsonl").write_text("", "utf-8")
    assert list(read_set(tmp_path / "empty.jsonl")) == []


def test_a_set_whose_first_line_is_no_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "polar.jsonl").write_text("no row\n", "utf-8")
    with pytest.raises(ArticlesError, match=r"polar\.jsonl, line 1: not a SQuAD-style row"):
        read_sets(tmp_path, Recipe(sets={"polar": 1.0}))


@pytest.mark.parametrize(
    ("most", "taken"),
    [(None, [0, 1, 2, 3, 4, 5, 6]), (9, [0, 1, 2, 3, 4, 5, 6]), (6, [0, 1, 2, 3, 4, 5]), (3, [0, 2, 4]), (1, [0])],
)
def test_so_many_are_taken_evenly(most: int | None, taken: list[int]) -> None:
    assert list(evenly(range(7), most)) == taken
