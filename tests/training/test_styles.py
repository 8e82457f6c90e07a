"""Questions as people type them."""

from __future__ import annotations

import random

import pytest

from rag.training.styles import keywords, mistyped, restyled
from tests.training.toys import plain

QUESTION = "How many migrants were on the flight to Bogota?"


def drawn(times: int = 400, **shares: float) -> list[str]:
    recipe = plain(**shares)
    rng = random.Random(0)
    return [restyled(QUESTION, recipe, rng) for _ in range(times)]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        (QUESTION, "How many migrants flight Bogota"),
        ("Who won the  national bread prize ?", "Who won national bread prize"),
        ("What IS The name of that town?", "What name town"),
        ("Who is it?", "Who is it?"),  # one word would be left
        ("Where was he born?", "Where he born"),
        ("Why did they?", "Why did they?"),  # two would be left
        ("", ""),
    ],
)
def test_key_words_by_hand(question: str, kept: str) -> None:
    assert keywords(question) == kept


def test_a_share_of_nothing_changes_nothing() -> None:
    assert set(drawn()) == {QUESTION}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"lower": 1.0}, "how many migrants were on the flight to bogota?"),
        ({"unmarked": 1.0}, "How many migrants were on the flight to Bogota"),
        ({"keywords": 1.0}, "How many migrants flight Bogota"),
        ({"keywords": 1.0, "unmarked": 1.0, "lower": 1.0}, "how many migrants flight bogota"),
    ],
)
def test_a_share_of_one_always_does(shares: dict[str, float], expected: str) -> None:
    assert set(drawn(20, **shares)) == {expected}


@pytest.mark.parametrize("name", ["lower", "unmarked", "keywords", "typos"])
def test_a_share_is_how_often(name: str) -> None:
    changed = sum(question != QUESTION for question in drawn(1000, **{name: 0.3}))
    # 1000 draws of 0.3: 300 ± 3.3 * sqrt(1000 * 0.3 * 0.7) = ± 48; a wrong letter is the same one once in 26
    assert 250 <= changed <= 350


def edits(word: str) -> set[str]:
    """All slips that the docstring allows: one inner letter dropped, doubled, swapped with the next, wrong."""
    found = set()
    for i in range(1, len(word) - 1):
        found |= {word[:i] + word[i + 1 :], word[: i + 1] + word[i:]}
        found.add(word[:i] + word[i + 1] + word[i] + word[i + 2 :])
        found |= {word[:i] + letter + word[i + 1 :] for letter in "abcdefghijklmnopqrstuvwxyz"}
    return found


def test_a_slip_is_in_one_longer_word_and_every_kind_occurs() -> None:
    rng = random.Random(1)
    question = "Did Rubio fly to Oslo in 2025?"
    slips = {mistyped(question, rng) for _ in range(3000)}
    allowed = {question.replace(word, wrong) for word in ("Rubio", "Oslo") for wrong in edits(word)}
    assert slips <= allowed
    assert {f"Did {wrong} fly to Oslo in 2025?" for wrong in ("Rbio", "Rubbio", "Ruibo", "Rubqo")} <= slips
    assert {f"Did Rubio fly to {wrong} in 2025?" for wrong in ("Oso", "Osslo", "Olso", "Oszo")} <= slips
    assert len(slips) > 0.9 * len(allowed)


@pytest.mark.parametrize("question", ["", "Who is it?", "¿Qué?", "17 + 4 = ?"])
def test_a_question_without_a_longer_word_has_no_slip(question: str) -> None:
    assert mistyped(question, random.Random(0)) == question


def test_the_same_draw_gives_the_same_style() -> None:
    shares = {"lower": 0.3, "unmarked": 0.3, "keywords": 0.3, "typos": 0.3}
    assert drawn(100, **shares) == drawn(100, **shares)
    assert len(set(drawn(100, **shares))) > 20
