"""Spans of the sort of value that a question asks for."""

from __future__ import annotations

import pytest

from rag.reading.expected import Sort, as_read, expected, fitting
from tests.comparing.papers import paper, read


@pytest.mark.parametrize(
    ("question", "sort"),
    [
        ("At what time did it start?", Sort.HOUR), ("In which year did it sink?", Sort.YEAR),
        ("On what date was it signed?", Sort.DAY), ("How many were hurt?", Sort.NUMBER),
        ("How old is he?", Sort.NUMBER),
        ("At what time of year do they breed?", None), ("Who won?", None), ("How much did it cost?", None), ("", None),
    ],
)  # fmt: skip
def test_what_a_question_asks_for_outright(question: str, sort: Sort | None) -> None:
    assert expected(question) is sort


def test_spans_of_another_sort_are_left_out() -> None:
    text = "On Tuesday, at ten past six, the navy blew up a mine of 1944 with 300 kilograms in it."
    spans = [paper("Herald", "2025-06-04", text, found) for found in ("Tuesday", "ten past six", "1944", "a mine")]
    told = {question: [s.text for s in fitting(read(question, *spans)).spans] for question in (
        "At what time was it blown up?", "On which day was it blown up?", "In what year was it laid?", "What blew up?",
    )}  # fmt: skip
    assert list(told.values()) == [["ten past six"], ["Tuesday"], ["1944"], [s.text for s in read("", *spans).spans]]


def test_where_none_is_of_the_sort_all_stay() -> None:
    span = paper("Herald", "2025-06-04", "The navy blew up a mine.", "a mine")
    assert fitting(read("At what time was it blown up?", span)).spans == (span,)


def test_of_two_numbers_in_a_row_the_single_one_is_meant() -> None:
    text = "Two people were killed and 11 were hurt."
    both = paper("Herald", "2025-06-04", text, "Two people were killed and 11", 8.0)
    one = paper("Herald", "2025-06-04", text, "11", 7.0)
    assert fitting(read("How many people were hurt?", both, one)).spans == (one,)
    far = paper("Herald", "2025-06-04", text, "11", 2.0)
    assert fitting(read("How many people were hurt?", both, far)).spans == (both, far)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("On what date did it open?", "When did it open?"),
        ("which day is the fair?", "When is the fair?"),
        ("What was the date of the fair?", "When was the fair?"),
        ("Until which day will it stay shut?", "Until which day will it stay shut?"),
        ("To what date was the match moved?", "To what date was the match moved?"),
        ("And exactly until what date is it shut?", "And exactly until what date is it shut?"),
        ("What date is on the coin?", "What date is on the coin?"),
        ("What was the date of birth of Ann Lee?", "What was the date of birth of Ann Lee?"),
        ("And on which day was it?", "When was it?"),
        ("What date palm was felled?", "What date palm was felled?"),
        ("What time did it open?", "What time did it open?"),
        ("Who set the date of the fair?", "Who set the date of the fair?"),
    ],
)
def test_a_date_is_asked_for_by_when(question: str, read: str) -> None:
    assert as_read(question) == read
