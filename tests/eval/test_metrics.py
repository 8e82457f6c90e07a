"""EM and F1 against values by hand and against a second implementation written from the metric's definition."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.eval.metrics import exact_match, normalise, token_f1


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat, sat!", "cat sat"),
        ("an apple a day", "apple day"),
        ("U.S.-funded", "usfunded"),
        ("“quoted”", "“quoted”"),  # the official script knows ASCII punctuation only
        ("theatre", "theatre"),
        ("a", ""),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_exact_match_takes_the_best_gold() -> None:
    assert exact_match("The Cat", ["dog", "cat"]) == 1.0
    assert exact_match("black cat", ["dog", "cat"]) == 0.0


def test_token_f1_by_hand() -> None:
    # two of three answer tokens are right, two of two gold tokens found
    precision, recall = 2 / 3, 2 / 2
    assert token_f1("big black cat", ["black cat"]) == pytest.approx(2 * precision * recall / (precision + recall))
    assert token_f1("cat cat", ["cat"]) == pytest.approx(2 * (1 / 2) * 1 / (1 / 2 + 1))
    assert token_f1("dog", ["cat"]) == 0.0


@pytest.mark.parametrize("score", [exact_match, token_f1])
def test_without_gold_answers_only_silence_is_right(score) -> None:
    assert score("", []) == 1.0
    assert score("cat", []) == 0.0
    assert score("", ["cat"]) == 0.0
    assert score("", ["the"]) == 1.0  # a gold answer that is empty once normalised is none


def second_f1(answer: str, gold: str) -> float:
    """The definition once more: multiset overlap, counted by removing one token at a time."""

    def tokens(text: str) -> list[str]:
        bare = "".join(c for c in text.lower() if c not in string.punctuation)
        return re.sub(r"\b(?:a|an|the)\b", " ", bare).split()

    got, wanted = tokens(answer), tokens(gold)
    if not got or not wanted:
        return float(got == wanted)
    left, common = list(wanted), 0
    for token in got:
        if token in left:
            left.remove(token)
            common += 1
    if common == 0:
        return 0.0
    precision, recall = common / len(got), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


WORDS = st.lists(st.sampled_from(["the", "a", "Cat", "cat!", "43", "U.S.", "dog", "É", ","]), max_size=8).map(" ".join)


@given(WORDS, WORDS)
def test_f1_equals_a_second_implementation(answer: str, gold: str) -> None:
    assert token_f1(answer, [gold]) == pytest.approx(second_f1(answer, gold))
