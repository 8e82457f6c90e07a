"""Questions about words: who said it, what somebody said, and what the passages read have them say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.clauses import MAX_WORDS
from rag.reading.rule import Rule
from rag.reading.said import asks_what_said, asks_who_said, said_by, said_topic, without_topic
from rag.types import Hit, Passage, Span
from tests.conftest import make_passage
from tests.reading.spans import reading, span

PIER = make_passage(
    'Tom Reeve said the pier was rotten. "I would not let my dog walk on it," he said. Ann Poole, the mayor, called '
    'the report "a fairy tale" and said that the pier would open in June.',
    "pier",
    25,
)


def texts(question: str, *spans: Span) -> list[str]:
    return [found.text for found in said_by(question, reading(*spans, question=question), Rule())]


@pytest.mark.parametrize(
    "question",
    [
        "Who said that the pier was rotten?",
        "Who claimed the vote was rigged?",
        "Which member of the band joked that they were deaf?",
        "Who called the plan a waste of money?",
        "Who announced that the shop would close?",
        "According to whom did the fire start in the attic?",
        "In whose view is the law too soft?",
        "Who has denied taking the money?",
        "Who is quoted as saying that prices will fall?",
    ],
)
def test_a_speaker_is_asked_for(question: str) -> None:
    assert asks_who_said(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who called the police?",
        "Who was told to leave?",
        "Who wrote the book?",
        "Who reported the theft?",
        "Who is said to own it?",
        "Who won?",
        "What did Tom Reeve say about being told that the pier was safe?",
        "What is the estimated cost?",
        "Which bridge was called a wonder?",
        "",
    ],
)
def test_another_question_asks_for_no_speaker(question: str) -> None:
    assert not asks_who_said(question)


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did Tom Reeve say about the pier?", "Tom Reeve"),
        ("What did Tom Reeve of the Anglers' Guild say?", "Tom Reeve of the Anglers' Guild"),
        ("What does the union say?", "the union"),
        ("What has Ann Poole said about the report?", "Ann Poole"),
        ("What did the minister tell the BBC about the strike?", "the minister"),
        ("What were Rubio's words on the deal?", "Rubio"),
        ("What was the mayor’s reply?", "the mayor"),
        ("What was the response of the company to the strike?", "the company"),
        ("How did Ann Poole describe the report?", "Ann Poole"),
        ("What does Dr Hale think of the plan?", "Dr Hale"),
    ],
)
def test_whose_words_are_asked_for(question: str, speaker: str) -> None:
    assert asks_what_said(question) == speaker


@pytest.mark.parametrize(
    "question",
    [
        "What did she say?",
        "What did people say about it?",
        "What did Tom Reeve buy?",
        "What did Tom Reeve say caused the fire?",
        "What is the capital of Peru?",
        "Who said so?",
        "",
    ],
)
def test_nobodys_words_are_asked_for(question: str) -> None:
    assert asks_what_said(question) is None


def test_the_quotation_of_the_speaker_wanted() -> None:
    dog, tale = span(PIER, "my dog", 1.0), span(PIER, "fairy tale", 1.0)
    assert texts("What did Tom Reeve say about walking his dog?", dog)[0] == "I would not let my dog walk on it"
    assert texts("What did Ann Poole say about the report?", tale)[0] == "a fairy tale"


def test_a_reported_clause_of_the_speaker_wanted() -> None:
    assert "the pier would open in June" in texts("What did the mayor say of the opening?", span(PIER, "June", 3.0))
    assert "the pier was rotten" in texts("What did Tom Reeve say about the pier?", span(PIER, "rotten", 3.0))


def test_the_words_of_others_are_left_out() -> None:
    assert "a fairy tale" not in texts("What did Tom Reeve say about the report?", span(PIER, "rotten", 1.0))


def test_a_name_is_no_description_of_another_speaker() -> None:
    text = "After Ann Poole met the mayor, the council described the pier as “a wreck”. It opened in May."
    assert texts("What did Ann Poole say about the pier?", span(make_passage(text), "a wreck", 5.0)) == []


def test_who_speaks_for_a_house_is_described_by_its_name() -> None:
    text = "“We are working on it,” FBI Director Kash Patel said. Later the pier burned."
    assert texts("What did the FBI say about the pier?", span(make_passage(text), "working", 5.0))
    spoken = f"The FBI said it would look at the pier. {text}"
    assert "We are working on it" not in texts("What did the FBI say?", span(make_passage(spoken), "working", 5.0))


@pytest.mark.parametrize(
    ("question", "topic", "without"),
    [
        ("What did Al say about Alabama?", "Alabama", "What did Al say?"),
        ("What did she say when she resigned?", "when she resigned", "What did she say when she resigned?"),
        (
            "What did Tom say when he left about the warning?",
            "when he left about the warning",
            "What did Tom say when he left?",
        ),
        ("How did Ann Poole describe the fee?", "the fee", "How did Ann Poole describe the fee?"),
        ("What were Tom Reeve's own words?", "", "What were Tom Reeve's own words?"),
        ("Who won?", "", "Who won?"),
    ],
)
def test_what_words_are_about(question: str, topic: str, without: str) -> None:
    assert said_topic(question) == topic
    assert without_topic(question) == without


def test_who_says_nothing_gives_nothing() -> None:
    assert texts("What did Ursula Kemp say about the pier?", span(PIER, "rotten", 5.0)) == []
    assert texts("Who said the pier was rotten?", span(PIER, "rotten", 5.0)) == []


def test_a_title_stands_for_the_name_that_has_it() -> None:
    passage = make_passage('Judge Ruth Cole sent him down. "You lied," the judge told him.')
    assert texts("What did Judge Cole say to him?", span(passage, "lied", 1.0))[0] == "You lied"


def test_what_was_told_before_the_verb() -> None:
    passage = make_passage("A marshal had waved him on, Ned Barrow told the jury, and he was tired.")
    assert "A marshal had waved him on" in texts("What did Ned Barrow tell the jury?", span(passage, "marshal", 1.0))


PIECES = st.sampled_from(
    [" said ", "Ann Poole", "told ", " that ", ", ", ". ", "\n", "“", "”", '"', "‘", "according to "]
)


@given(st.lists(PIECES, max_size=50).map("".join))
def test_what_is_said_is_verbatim_and_short(text: str) -> None:
    if not text.strip():
        return
    passage = Passage("p#0", make_passage("x").source, text, 7, 7 + len(text))
    whole = Span(Hit(passage, 1.0, 1, "fused"), 7, 7 + min(3, len(text)), 1.0, 0.0)
    for found in said_by("What did Ann Poole say?", reading(whole, question="What did Ann Poole say?"), Rule()):
        assert 7 <= found.start < found.end <= 7 + len(text)
        assert found.text == text[found.start - 7 : found.end - 7]
        assert found.text.strip()
        assert len(found.text.split()) <= MAX_WORDS


@given(st.text(max_size=200))
def test_any_question_can_be_asked(question: str) -> None:
    asks_who_said(question)
    asks_what_said(question)


@pytest.mark.parametrize("piece", ["what did a ", "who ", "A", "said ", "what was a's "])
def test_a_long_question_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    asks_who_said(text)
    asks_what_said(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("piece", ['"a b" Ann said ', "Ann said ", "Ann, ", "“", ", Ann said. "])
def test_a_long_passage_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:20_000]
    whole = Span(Hit(make_passage(text), 1.0, 1, "fused"), 0, 3, 1.0, 0.0)
    began = time.process_time()
    said_by("What did Ann say?", reading(whole, question="What did Ann say?"), Rule())
    assert time.process_time() - began < 8
