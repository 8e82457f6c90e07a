from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values.period import Order, Period, Relation, order, period

TODAY = "2025-06-20"


@pytest.mark.parametrize(
    ("question", "first", "last", "words", "relation"),
    [
        ("How full was the reservoir on 10 June?", "2025-06-10", "2025-06-10", "on 10 June", "on"),
        ("How full was it in August 2024?", "2024-08-01", "2024-08-31", "in August 2024", "on"),
        ("How many calls did the lifeboat have in 2018?", "2018-01-01", "2018-12-31", "in 2018", "on"),
        ("Who resigned last year?", "2024-01-01", "2024-12-31", "last year", "on"),
        ("What was decided yesterday?", "2025-06-19", "2025-06-19", "yesterday", "on"),
        ("What happened at the harbour last week?", "2025-06-09", "2025-06-15", "last week", "on"),
        ("Which minister spoke on Monday?", "2025-06-16", "2025-06-16", "on Monday", "on"),
        ("What will open on Monday?", "2025-06-23", "2025-06-23", "on Monday", "on"),
        ("how many were hurt on 8 june", "2025-06-08", "2025-06-08", "on 8 june", "on"),
        ("what did he say on monday", "2025-06-16", "2025-06-16", "on monday", "on"),
        ("what was sold in may", "2025-05-01", "2025-05-31", "in may", "on"),
        ("Who was arrested on December 6?", "2024-12-06", "2024-12-06", "on December 6", "on"),
        ("How many strikes were there in the 1990s?", "1990-01-01", "1999-12-31", "in the 1990s", "on"),
        ("What did the mayor say between 2 June and 11 June?", "2025-06-02", "2025-06-11", "2 June and 11 June", "on"),
        ("What was built from 2010 to 2014?", "2010-01-01", "2014-12-31", "2010 to 2014", "on"),
        ("At what time on 8 June did the engines stop?", "2025-06-08", "2025-06-08", "on 8 June", "on"),
        ("As of 30 May, how many were on strike?", None, "2025-05-30", "30 May", "as_of"),
        ("How many had died by 30 May?", None, "2025-05-30", "30 May", "as_of"),
        ("How many will be built by 2030?", None, "2030-12-31", "2030", "before"),
        ("What was known before 3 June?", None, "2025-06-02", "3 June", "before"),
        ("Which roads shut prior to last week?", None, "2025-06-08", "last week", "before"),
        ("What had they done before they joined in 2017?", None, "2017-12-31", "in 2017", "before"),
        ("Why have lorries gone round since February?", "2025-02-01", None, "February", "after"),
        ("What changed after 3 June?", "2025-06-04", None, "3 June", "after"),
    ],
)
def test_the_time_of_a_question(question: str, first: str | None, last: str | None, words: str, relation: str) -> None:
    assert period(question, TODAY) == Period(first, last, words, Relation(relation))


@pytest.mark.parametrize(
    "question",
    [
        "In which year did the strike begin?",
        "On what date was the bridge closed?",
        "When was the old mine found?",
        "On which day of the week does the ferry not sail?",
        "In which month may dogs not be on the beach?",
        "Who may march through the town?",
        "Was it founded in 2017 or in 2018?",
        "Will it open on Tuesday or Wednesday?",
        "Who won the 2016 election?",
        "What is Project 2025?",
        "Was the summer hotter than in 2019?",
        "How many votes did Theresa May lose?",
        "When is the next total eclipse of the sun?",
        "Who was the first woman to lead the council?",
        "In which year, before this one, was it last put off?",
        "",
    ],
)
def test_a_question_without_a_time(question: str) -> None:
    assert period(question, TODAY) is None


def test_without_a_day_only_whole_dates_are_understood() -> None:
    assert period("Who fell on 10 June?", None) is None
    assert period("Who fell last week?", None) is None
    assert period("Who fell on 10 June 2025?", None) == Period(
        "2025-06-10", "2025-06-10", "on 10 June 2025", Relation.ON
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the latest death toll?", Order.LATEST),
        ("How many people have died so far?", Order.LATEST),
        ("Who currently leads the council?", Order.LATEST),
        ("What is the current rate of interest?", Order.LATEST),
        ("What is now thought to be the cause?", Order.LATEST),
        ("What is the most recent estimate?", Order.LATEST),
        ("What interest do banks charge at the moment?", Order.LATEST),
        ("How many were thought at first to be missing?", Order.FIRST),
        ("What was originally blamed for the fire?", Order.FIRST),
        ("How many were initially reported dead?", Order.FIRST),
        ("How many were first reported missing?", Order.FIRST),
        ("What did the earliest reports say?", Order.FIRST),
        ("What was the first estimate of the damage?", Order.FIRST),
        ("Who was the first minister?", None),
        ("Who was the first woman to win?", None),
        ("Who gave first aid at the fair?", None),
        ("Who came first in the half marathon?", None),
        ("Which came first, the fire or the flood?", None),
        ("When was the bridge first built?", None),
        ("How strong was the tidal current?", None),
        ("What did she know about current affairs?", None),
        ("What had been found until now?", None),
        ("Why is it closed now that the strike is over?", None),
        ("Was it love at first sight?", None),
        ("When did it last happen?", None),
        ("", None),
    ],
)
def test_order(question: str, expected: Order | None) -> None:
    assert order(question) is expected


@given(st.text(max_size=120), st.none() | st.dates().map(str))
def test_nothing_raises_and_words_are_the_questions(question: str, today: str | None) -> None:
    found = period(question, today)
    assert found is None or found.words in question
    assert order(question) in {None, Order.FIRST, Order.LATEST}
