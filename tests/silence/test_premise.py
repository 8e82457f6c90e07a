from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.silence.premise import contradiction
from tests.silence.toy import hit


def found(question: str, text: str, title: str = "") -> str | None:
    contradicted = contradiction(question, [hit(text, title)])
    return contradicted and contradicted.quote


@pytest.mark.parametrize(
    ("question", "text", "sentence"),
    [
        (
            "Who drowned when the ferry Alma stopped?",
            "The ferry Alma stopped. Nobody was injured.",
            "Nobody was injured.",
        ),
        (
            "How badly was the pilot injured?",
            "The pilot, who is 40, was not hurt. He fled.",
            "The pilot, who is 40, was not hurt.",
        ),
        (
            "How many died in the mill fire?",
            "A fire gutted the mill; no one was killed.",
            "A fire gutted the mill; no one was killed.",
        ),
        (
            "With what has the baker been charged?",
            "The baker may go. No charges will be brought.",
            "No charges will be brought.",
        ),
        (
            "How much plastic did the whale swallow?",
            "The whale was cut up. She found no plastic in it.",
            "She found no plastic in it.",
        ),
        ("Why was the whale's body sunk?", "The whale died. Its remains were buried.", "Its remains were buried."),
        ("Why did Ann Roper lose the election?", "Ann Roper won the election.", "Ann Roper won the election."),
        (
            "Who was arrested for setting fire to the mill?",
            "The mill fire is out. Arson has been ruled out.",
            "Arson has been ruled out.",
        ),
        ("Why did the mayor resign?", "The mayor did not resign.", "The mayor did not resign."),
        ("Why did the board reject the plan?", "The board approved the plan.", "The board approved the plan."),
    ],
)
def test_contradicted(question, text, sentence) -> None:
    assert found(question, text) == sentence


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Was anyone hurt in the mill fire?", "The mill fire was put out. Nobody was hurt."),  # asks, takes nothing
        ("Why did nobody resign?", "Nobody resigned at the mill."),
        ("How badly was the pilot injured?", "The pilot was taken away. The mayor was not hurt."),  # of another
        ("Who was hurt in the mill fire?", "The mill fire hurt two men. Nobody else was hurt."),
        ("Who was killed in the mill fire?", "Two men were killed in the mill fire. In the ferry nobody was killed."),
        ("Who was injured in the mill fire?", "The mill fire was put out. Nobody was killed."),  # hurt all the same
        ("Who drowned off the coast of Brill?", "The mill burned down. Nobody was injured."),  # another matter
        ("Why did the mayor resign?", "The mayor said she would go if the board did not resign."),
        ("Which club lost to the Harriers?", "The Harriers won the cup."),
        ("How long is the bridge?", "No bridge in the county is longer than the one at Brill."),
        ("Why did the mayor resign?", "The mayor resigned. The deputy did not resign."),
        ("Who set up the mill?", "The mill was set up in 1900. Arson has been ruled out."),
        ("", "Nobody was hurt."),
    ],
)
def test_not_contradicted(question, text) -> None:
    assert found(question, text) is None


def test_it_is_about_the_passages_title() -> None:
    assert (
        found("Why did the whale survive?", "It died on Thursday.", "The whale of the Point") == "It died on Thursday."
    )
    assert found("Why did the whale survive?", "It died on Thursday.", "A day at the races") is None


def test_a_quote_is_cut_from_the_article() -> None:
    text = "The mill burned.\n\nNobody was hurt."
    contradicted = contradiction("Who was hurt when the mill burned?", [hit(text, start=100)])
    assert contradicted is not None
    assert (contradicted.start, contradicted.end) == (118, 134)
    assert text[contradicted.start - 100 : contradicted.end - 100] == contradicted.quote == "Nobody was hurt."


WORDS = st.sampled_from(re.findall(r"\S+", "who why how was did the mill mayor not nobody no hurt won lost it , ."))


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=40), st.text(max_size=100))
def test_never_raises_and_quotes_verbatim(question, text, odd) -> None:
    for asked, told in (
        (" ".join(question), " ".join(text)),
        (odd, " ".join(text)),
        ("Why " + " ".join(question), odd),
    ):
        contradicted = contradiction(asked, [hit(told, start=7)])
        if contradicted:
            assert told[contradicted.start - 7 : contradicted.end - 7] == contradicted.quote


@pytest.mark.parametrize("part", ["not hurt ", "nobody, ", "a", "n't", "no evidence ", "set x ", "ruled out; "])
def test_long_text_takes_linear_time(part) -> None:
    long = part * (100_000 // len(part))
    began = time.perf_counter()
    contradiction("Who was hurt when it set fire to the mill?", [hit(long)])
    contradiction(f"Who {long}", [hit("Nobody was hurt.")])
    assert time.perf_counter() - began < 5
