"""Clauses that answer why and how: what is asked for, where a clause begins and ends, and which comes first."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.clauses import MAX_WORDS, Clause, asks_for_clause, clauses
from rag.reading.rule import Rule
from rag.types import Hit, Passage, Reading, Span
from tests.conftest import make_passage
from tests.reading.spans import reading, span

RULE = Rule()
TOWER = make_passage(
    "The clock tower was closed in May. Visitors may not climb it, because the stairs are loose, and the shop below "
    "has moved. The mayor hopes to open it again by selling old bells.",
    "tower",
    40,
)
PARK = make_passage("The park has a new gate. It was painted green last week by four pupils.", "park")


def read(question: str, *spans: Span) -> Reading:
    return reading(*spans, question=question)


def texts(question: str, *spans: Span) -> list[str]:
    return [found.text for found in clauses(question, read(question, *spans), RULE)]


@pytest.mark.parametrize(
    "question",
    [
        "Why was the tower closed?",
        "And why did she leave?",
        "In the mayor's opinion, why is the fair late?",
        "Why, in her view, are there fewer swifts?",
        "For what reason did the ferry turn back?",
        "What made the engine stop?",
        "What caused the flood?",
        "What has led to the shortage of nurses?",
        "What is the reason for the delay?",
        "What was the main cause of the fire?",
        "What reason did the airline give?",
        "How come the shop is shut?",
    ],
)
def test_a_reason_is_asked_for(question: str) -> None:
    assert asks_for_clause(question) is Clause.REASON


@pytest.mark.parametrize(
    "question",
    [
        "How did the thieves get in?",
        "How does the new lock work?",
        "How will the mast be raised?",
        "How were the miners brought up?",
        "How exactly did he win?",
        "By what means was the letter sent?",
        "In what way has the rule changed?",
    ],
)
def test_a_manner_is_asked_for(question: str) -> None:
    assert asks_for_clause(question) is Clause.MANNER


@pytest.mark.parametrize(
    "question",
    [
        "How many people came?",
        "How old is the bridge?",
        "How badly was he hurt?",
        "How is the new ferry called?",
        "How do the two reports differ?",
        "How is the mayor?",
        "How did the two compare?",
        "Who explained why the tower was closed?",
        "Did she say why she left?",
        "Is that why it failed?",
        "What is the price of the reason?",
        "Where did it happen?",
        "",
        "?",
    ],
)
def test_another_question_asks_for_no_clause(question: str) -> None:
    assert asks_for_clause(question) is None


def test_no_clause_is_offered_where_none_is_asked_for() -> None:
    assert texts("Who closed the tower?", span(TOWER, "the stairs", 5.0)) == []


def test_nothing_read_gives_nothing() -> None:
    assert clauses("Why was it closed?", Reading("Why was it closed?", (), (), float("inf")), RULE) == ()


def test_a_causal_clause_beats_the_noun_that_the_reader_found_in_it() -> None:
    found = texts("Why may visitors not climb the clock tower?", span(TOWER, "the stairs", 4.0))
    assert found[0] == "because the stairs are loose"


def test_a_way_of_doing_beats_a_noun() -> None:
    found = texts("How will the mayor open the tower again?", span(TOWER, "old bells", 4.0))
    assert found[0] == "by selling old bells"


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("The road is shut so that pipes can be laid, the county said.", "so that pipes can be laid"),
        ("The match was put off owing to a frozen pitch; fans were told by text.", "owing to a frozen pitch"),
        ("The shop gave its bread away, since nobody had come.", "since nobody had come"),
        ("Divers worked at night in order to catch the tide.", "in order to catch the tide"),
        ("“We left because the roof leaked,” said Jo Marsh.", "because the roof leaked"),
        ('"We left because the roof leaked," she said.', "because the roof leaked"),
        ("The reason for the delay is that a crane broke.", "a crane broke"),
        ("The soil was too wet, so the race was moved.", "The soil was too wet"),
    ],
)
def test_where_a_clause_begins_and_ends(sentence: str, clause: str) -> None:
    passage = make_passage(sentence)
    whole = Span(Hit(passage, 1.0, 1, "fused"), 0, 3, 1.0, 0.0)
    assert clause in texts("Why did that happen?", whole)


@pytest.mark.parametrize("sentence", ["The club has run it since 1998.", "No bus has come since Monday, drivers say."])
def test_a_date_after_since_is_no_reason(sentence: str) -> None:
    whole = Span(Hit(make_passage(sentence), 1.0, 1, "fused"), 0, 3, 1.0, 0.0)
    assert not any(text.startswith("since") for text in texts("Why did it stop?", whole))


def test_the_passage_that_is_about_the_question_comes_first() -> None:
    other = make_passage("The bakery closed because the owner retired.", "bakery")
    found = texts(
        "Why may visitors not climb the clock tower?", span(TOWER, "the stairs", 2.0), span(other, "the owner", 2.0)
    )
    assert found.index("because the stairs are loose") < found.index("because the owner retired")


def test_a_name_or_a_number_alone_is_worth_less_than_a_clause() -> None:
    park = make_passage("Pupils painted the gate by rolling 40 tins of green over it.")
    found = texts("How was the gate painted?", span(park, "40", 4.0), span(park, "rolling", 3.0))
    assert found.index("by rolling 40 tins of green over it") < found.index("40")


def test_best_first_and_the_margin_grows_with_the_readers_own() -> None:
    question = "Why may visitors not climb the clock tower?"
    sure = clauses(question, read(question, span(TOWER, "the stairs are loose", 8.0)), RULE)
    unsure = clauses(question, read(question, span(TOWER, "the stairs are loose", -8.0)), RULE)
    assert sure[0].text == unsure[0].text == "because the stairs are loose"
    assert sure[0].margin > unsure[0].margin
    assert sure[0].null_score == span(TOWER, "the stairs", 1.0).null_score


PIECES = st.sampled_from(
    [
        "because",
        "so that",
        "since 1990",
        " ",
        ", ",
        ". ",
        "\n",
        "“",
        "”",
        '"',
        "the dog ran",
        "by using",
        "—",
        ";",
        "É",
        "to go",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.booleans(), st.integers(0, 50))
def test_every_clause_is_verbatim_and_short(text: str, why: bool, start: int) -> None:
    if not text.strip():
        return
    passage = Passage("p#0", make_passage("x").source, text, start, start + len(text))
    question = "Why did the dog run?" if why else "How did the dog run?"
    whole = Span(Hit(passage, 1.0, 1, "fused"), start, start + min(3, len(text)), 1.0, 0.0)
    for found in clauses(question, read(question, whole), RULE):
        assert passage.start <= found.start < found.end <= passage.end
        assert found.text == text[found.start - start : found.end - start]
        assert len(found.text.split()) <= MAX_WORDS


@given(st.text(max_size=200))
def test_any_question_can_be_asked(question: str) -> None:
    asks_for_clause(question)
    clauses(question, read(question, span(PARK, "green", 1.0)), RULE)


@pytest.mark.parametrize("piece", ["because a, ", "so ", '"a ', ", ", "reason ", "who was ", "the ", "A", "“x”", "; "])
def test_a_long_passage_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    passage = make_passage(text)
    whole = Span(Hit(passage, 1.0, 1, "fused"), 0, 3, 1.0, 0.0)
    began = time.process_time()
    clauses("Why did that happen?", read("Why did that happen?", whole), RULE)
    asks_for_clause(text)
    assert time.process_time() - began < 8
