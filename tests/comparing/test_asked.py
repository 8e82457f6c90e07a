"""Questions that ask how reports compare."""

from __future__ import annotations

import pytest

from rag.comparing.asked import (
    asked_alone,
    asks_to_compare,
    named_publishers,
    topic_question,
    without_publishers,
)
from rag.comparing.cues import denies, tells_change

PAPERS = ["The Port Wexley Herald", "Kelsby Chronicle", "The Quay", "Parallel Daily (sample)"]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What does the Chronicle say, and what The Quay?", {"kelsby chronicle", "the quay"}),
        ("Who won, according to the Port Wexley Herald?", {"the port wexley herald"}),
        ("How many boats lay at the quay?", set()),
        ("Who won?", set()),
    ],
)
def test_publishers_are_named_whole_or_by_the_last_word(question: str, named: set[str]) -> None:
    assert named_publishers(question, PAPERS) == named


@pytest.mark.parametrize(
    ("question", "compares"),
    [
        ("How do the reports differ on the cost?", True),
        ("Where do they disagree?", True),
        ("What do the papers say differently about it?", True),
        ("Where do the sources conflict?", True),
        ("How do the reports compare on the toll?", True),
        ("Can you compare the two?", True),
        ("What did she say in each of the two papers?", True),
        ("What does each report say about the fee?", True),
        ("What did each paper cost?", False),
        ("How much profit did each company report?", False),
        ("What does every article of the constitution say about freedom?", False),
        ("What did each reporter say?", False),
        ("Who won?", False),
        ("How many died in the conflict?", False),
        ("How far did sales fall compared with 2023?", False),
    ],
)
def test_a_question_may_ask_for_the_difference(question: str, compares: bool) -> None:
    assert asks_to_compare(question, frozenset()) is compares


def test_what_one_article_is_read_for() -> None:
    assert topic_question("How do the reports differ on the fee?") == "What is the fee?"
    assert topic_question("Do the papers disagree about how many died?") == "How many died?"
    assert topic_question("Who won?") is None
    told = "How many robbers were there, as the Chronicle tells it and as The Quay does?"
    assert without_publishers(told, PAPERS) == "How many robbers were there?"
    assert without_publishers("How many robbers, says the Chronicle, were there?", PAPERS) is None
    told = "How many robbers were there: what does the agency say, and what The Quay?"
    assert without_publishers(told, PAPERS) == "How many robbers were there?"
    assert asks_to_compare(told, frozenset({"the quay"}))
    assert not asks_to_compare("What did the agency fine the yard?", frozenset())


@pytest.mark.parametrize(
    ("topic", "verb"),
    [
        ("the costs of the bridge", "are"),
        ("her three goals", "are"),
        ("the effects after the floods", "are"),
        ("the loss of jobs", "is"),
        ("the death toll after the floods", "is"),
        ("the cost over six years", "is"),
        ("the reason the bridge closes", "is"),
        ("the good news", "is"),
    ],
)
def test_several_things_are_and_one_is(topic: str, verb: str) -> None:
    assert topic_question(f"How do the reports differ on {topic}?") == f"What {verb} {topic}?"


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("How do the reports differ on the number of strikers?", "How many strikers?"),
        ("How do the papers differ about the number of people who were hurt?", "How many people were hurt?"),
        ("In what do the accounts of two papers differ on the speed of the coach?", "What is the speed of the coach?"),
        ("What do the articles say differently about who won?", "Who won?"),
        ("On what do the papers contradict each other regarding the fee?", "What is the fee?"),
        ("Is there a discrepancy in the reports of what he signed?", "What he signed?"),
        ("Is there any difference between the Chronicle and The Quay on the fee?", "What is the fee?"),
        ("Do the Chronicle and The Quay disagree about why it sank?", "Why it sank?"),
        ("Compare what the Chronicle said in May and in June about the crew.", "What is the crew?"),
        ("Compare how the papers report on the strike", "What is the strike?"),
        ("Where do the sources conflict on the cost of it?", "What is the cost of it?"),
        ("How many were hurt in each report?", "How many were hurt?"),
        ("When did it open, according to each of the five papers?", "When did it open?"),
        ("What did Ann Poole say about the pier in each of these articles?", "What did Ann Poole say about the pier?"),
        ("What did she say in each report about the pier?", "What did she say about the pier?"),
        ("In all the reports, how many robbers?", "How many robbers?"),
        ("Was anybody hurt in the fire in each report?", "Was anybody hurt in the fire?"),
        ("So in which town was it, according to both papers?", "So in which town was it?"),
        ("What exactly did Ann Poole say in each of the 5 agency reports?", "What exactly did Ann Poole say?"),
        ("What does each report say about the fee?", "What is the fee?"),
        ("Tell me what Ann Poole said in each report.", None),
        ("What is in each report?", None),
        ("How many pages are in each report?", None),
        ("How many errors were found in each police report?", None),
        ("What rights are guaranteed by each article?", None),
        ("What did she say in each report of the council's auditors?", None),
        (
            "How do the reports differ on the number of people that the police held?",
            "How many people that the police held?",
        ),
        ("How many people do reports say have died in the conflict in Sudan?", None),
        ("What do newspapers report about the conflict over the border?", None),
        ("On what day did reports on the conflict in Sudan appear?", None),
        ("How many articles of peace were signed to end the conflict in Colombia?", None),
        ("Are there different versions of the bill?", None),
        ("Is there a different report on the fee?", None),
        ("Do versions of the software differ in price?", None),
        ("How do bank accounts differ in interest?", None),
        ("How do the reports differ on .?", None),
        ("How do the parties differ on tax?", None),
        ("Is there a difference between men and women in the studies of pay?", None),
        ("Compare what Smith and Jones say about the plan.", None),
        ("How do the Chronicle and its editor differ on the fee?", None),
        ("How do the reports differ?", None),
    ],
)
def test_the_topic_of_a_comparison_is_what_each_report_is_read_for(question: str, alone: str | None) -> None:
    assert asked_alone(question, PAPERS) == alone


def test_words_of_change() -> None:
    assert denies("It was a sei whale and not the fin whale.", "a fin whale")
    assert denies("It was moved from Saturday to Sunday.", "Saturday")
    assert not denies("It was a fin whale.", "fin whale")
    assert not denies("He took the train from London to Paris.", "London")
    assert tells_change("The sum has risen to £46,500.")
    assert not tells_change("Nine people were hurt.")
