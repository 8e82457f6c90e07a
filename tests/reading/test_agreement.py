"""Which answers say the same."""

from __future__ import annotations

import pytest

from rag.reading.agreement import group, same_answer
from tests.conftest import make_passage
from tests.reading.spans import A, B, C, span


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("43", "43 migrants", True),
        ("rubio", "marco rubio", True),
        ("marco rubio", "marco rubio", True),
        ("rubio", "secretary of state marco rubio", False),
        ("rubio", "state marco rubio", False),
        ("marco rubio", "state marco rubio said", True),
        ("43 2", "43", False),
        ("43 migrants", "44 migrants", False),
        ("migrants", "43 migrants", False),
        ("monday morning", "morning monday", False),
        ("rubio", "trump", False),
        ("marco x rubio", "marco rubio", False),
        ("", "rubio", False),
        ("$2.7 million", "almost $2.7 million", True),
        ("Captain Ilse Marrable", "Ilse Marrable", True),
        ("guilty", "not guilty", False),
        ("£40", "$40", False),
        ("$5", "5%", False),
        ("2", "2 million", False),
        ("-5", "5", False),
        ("four", "twenty-four", False),
        ("Korea", "North Korea", False),
        ("administrator", "acting administrator", False),
    ],
)
def test_the_shorter_answer_stands_in_the_longer_and_is_half_of_it(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


def test_case_articles_and_marks_do_not_make_answers_differ() -> None:
    one, other = make_passage("In the U.S. it was.", "a"), make_passage("In US it was.", "b")
    assert len(group([span(one, "the U.S.", 2.0), span(other, "US", 1.0)])) == 1


def test_groups_stay_in_order_and_take_one_span_of_a_passage() -> None:
    spans = [span(A, "43 migrants", 4.0), span(C, "119", 3.0), span(A, "43", 2.0), span(B, "43", 1.0)]
    assert group(spans) == [(spans[0], spans[3]), (spans[1],)]
    assert group([]) == []
