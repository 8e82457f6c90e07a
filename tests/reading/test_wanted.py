"""Which questions ask for several things."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.wanted import MAX_ITEMS, asks_for_list


@pytest.mark.parametrize(
    "question",
    [
        "Which clubs took part?",
        "Which local clubs took part?",
        "Which library branches does the council want to close?",
        "Which women are named?",
        "Which of the clubs were late?",
        "What items were stolen?",
        "What crimes did he plead guilty to?",
        "In what ways did it change?",
        "On which dates will it run?",
        "What were the conditions?",
        "What were Trump's demands?",
        "What are the names of the victims?",
        "Who were the candidates?",
        "Who were killed in the crash?",
        "Who stood as candidates?",
        "Who or what is exempt?",
        "Who was among the guests?",
        "Give the names of those killed.",
        "Name the brothers who founded it.",
        "Can you name the streets that were closed?",
        "List the winners",
        "Tell me which roads are closed",
    ],
)
def test_asked_without_a_number(question: str) -> None:
    wanted = asks_for_list(question)
    assert wanted is not None
    assert wanted.count is None


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Who were the two winners?", 2),
        ("For what three uses is it known?", 3),
        ("Along which two streets did they walk?", 2),
        ("Name the four conditions.", 4),
        ("Give 3 examples of damage.", 3),
        ("What two things did he ask for?", 2),
        ("What are Ann Lee's three worries about the ferry?", 3),
        ("Which three were jailed?", 3),
    ],
)
def test_asked_with_a_number(question: str, count: int) -> None:
    wanted = asks_for_list(question)
    assert wanted is not None
    assert wanted.count == count


@pytest.mark.parametrize(
    "question",
    [
        "Who won?",
        "Who are they?",
        "Who are the Tudors?",
        "How many people died?",
        "How did the clubs react?",
        "What are the odds?",
        "What is the news?",
        "What causes rust?",
        "What happened?",
        "Which of the two ships is older?",
        "Which company makes tyres?",
        "Which bus was late?",
        "Which tug both towed a boat and fought the fire?",
        "Which police force was called?",
        "Name the captain.",
        "Tell me who won",
        "Were the streets closed?",
        "When were the streets closed?",
        "",
    ],
)
def test_not_asked(question: str) -> None:
    assert asks_for_list(question) is None


WORDS = "Which what two clubs are of the Name who or as list 7"


@given(st.text(max_size=100) | st.lists(st.sampled_from(WORDS.split())).map(" ".join))
def test_nothing_raises(question: str) -> None:
    wanted = asks_for_list(question)
    assert wanted is None or wanted.count is None or 2 <= wanted.count <= MAX_ITEMS


@pytest.mark.parametrize("piece", ["which ", "who ", " ", "as ", "of ", "a", "name "])
@pytest.mark.parametrize("opening", ["", "Who ", "Which ", "Which of ", "Name "])
def test_long_questions_take_no_longer_than_they_are_long(opening: str, piece: str) -> None:
    began = time.perf_counter()
    asks_for_list(opening + piece * (100_000 // len(piece)))
    assert time.perf_counter() - began < 2
