"""EM and F1 against values by hand and against a second implementation written from the metric's definition."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
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


def second_tokens(text: str) -> list[str]:
    """The normaliser once more, without a regular expression: an article has no letter or digit beside it."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    kept, run = "", ""
    for c in f"{bare} ":
        if c.isalnum():
            run += c
            continue
        kept += ("" if run in ("a", "an", "the") else run) + (" " if run in ("a", "an", "the") else "") + c
        run = ""
    return kept.split()


def second_em(answer: str, gold: str) -> float:
    return float(second_tokens(answer) == second_tokens(gold))


def second_f1(answer: str, gold: str) -> float:
    """The definition once more: multiset overlap, counted by removing one token at a time."""
    got, wanted = second_tokens(answer), second_tokens(gold)
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


PIECES = [
    "the",
    "a",
    "An",
    "Cat",
    "cat!",
    "43",
    "U.S.",
    "dog",
    "É",
    ",",
    "the-cat",
    "“the”",
    "_a_",
    "İ",
    "a\u0301",
    "\xa0",
]
WORDS = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)
TEXTS = WORDS | st.text(max_size=12) | st.lists(st.sampled_from([*PIECES, " "]), max_size=8).map("".join)


@settings(max_examples=1500, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_both_equal_a_second_implementation(answer: str, golds: list[str]) -> None:
    told = [gold for gold in golds if second_tokens(gold)] or [""]
    assert exact_match(answer, golds) == max(second_em(answer, gold) for gold in told)
    assert token_f1(answer, golds) == pytest.approx(max(second_f1(answer, gold) for gold in told))
