"""Sentences of several papers about one topic, side by side."""

from __future__ import annotations

import pytest

from rag.comparing.asked import compared_thing, topic_question
from rag.comparing.matter import Matters
from rag.comparing.statements import sayings, statements
from rag.text import terms
from rag.types import Hit
from tests.comparing.papers import paper

LOW = "The president spoke for an hour. He said the fee would be low. The prison is large."
UNTOLD = "They are to be housed there in prison for an undisclosed fee."
SWIM = "The harbour swim costs more: its fee rose."
OTHER = "The prison has room for 40,000 people."


def hits(**texts: str) -> list[Hit]:
    return [paper(name, "2025-02-04", text, text.split()[0]).hit for name, text in texts.items()]


def told(topic: str, found: list[Hit], **rarer: float) -> list[tuple[str, int]]:
    worth = dict.fromkeys(terms(topic), 1.0) | rarer
    matters = Matters((hit.passage for hit in found), lambda term: 0.1 if term in ("report", "fee") else 9.0)
    return [(group[0].text, len(group)) for group in statements(worth, found, matters)]


def test_each_article_is_heard_with_one_sentence() -> None:
    found = hits(Herald=LOW, Courier=UNTOLD, Quay=OTHER)
    assert told("the fee", found) == [("He said the fee would be low.", 1), (UNTOLD, 1)]


def test_one_article_alone_differs_from_nobody() -> None:
    assert told("the fee", hits(Herald=LOW, Quay=OTHER)) == []


def test_a_copy_is_no_other_statement() -> None:
    assert told("the fee", hits(Herald=UNTOLD, Courier=UNTOLD)) == [(UNTOLD, 2)]


def test_most_of_the_topic_must_be_told_and_its_rarest_word() -> None:
    found = hits(Herald=LOW, Courier=UNTOLD)
    assert told("the fee for the harbour bridge", found) == []
    assert told("the fee and salary", found, salari=5.0) == []
    assert told("the fee low", found, low=5.0) == []  # one article alone says that
    assert told("it", found) == []


def test_a_title_tells_what_is_common_but_not_what_is_rare() -> None:
    found = hits(Herald=LOW, Courier=UNTOLD)  # "The Herald's report" is the title
    assert len(told("the report of the fee", found, report=0.9)) == 2
    assert told("the report of the fee", found, report=5.0) == []


def test_the_words_of_a_speaker_side_by_side() -> None:
    herald = "Ann Poole said that the fee was low. She called it “a gift” then. She said the fee was “a joke”."
    courier = "The fee was paid. Ann Poole said she was glad."
    said = [paper("Herald", "2025-02-04", herald, words) for words in ("the fee was low", "a gift", "a joke")]
    said.append(paper("Courier", "2025-02-04", courier, "she was glad"))
    found = [said[0].hit, said[-1].hit]
    matters = Matters((hit.passage for hit in found), lambda _: 9.0)
    told = [group[0].text for group in sayings({}, said, found, matters)]
    assert told == [
        "She called it “a gift” then.",
        "Ann Poole said she was glad.",
    ]  # her own words before reported ones
    assert sayings({"fee": 1.0}, said, found, matters) == []  # the Courier has nothing of hers on that
    assert sayings({}, said[:3], found, matters) == []


def test_the_oldest_is_told_first() -> None:
    late, early = paper("Herald", "2025-02-09", LOW, "fee").hit, paper("Courier", "2025-02-04", UNTOLD, "fee").hit
    assert [text for text, _ in told("the fee", [late, early])] == [UNTOLD, "He said the fee would be low."]


def test_another_matter_is_not_heard() -> None:
    assert told("the fee", hits(Herald=LOW, Quay=SWIM)) == []
    assert len(told("the fee", hits(Herald=LOW, Courier=UNTOLD, Quay=SWIM))) == 2


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("How do the reports differ on the fee?", "the fee"),
        ("How do the reports differ on the number of strikers?", None),
        ("How do the reports differ on who was hurt?", None),
        ("What is the fee?", None),
    ],
)
def test_what_is_compared_may_be_a_thing(question: str, thing: str | None) -> None:
    assert compared_thing(question) == thing


def test_what_somebody_said_is_asked_as_such() -> None:
    asked = topic_question("How do the reports differ on what Mr. Rubio said about the offer?")
    assert asked == "What did Mr. Rubio say about the offer?"
    assert (
        topic_question("How do the reports differ on what was said at the meeting?") == "What was said at the meeting?"
    )
