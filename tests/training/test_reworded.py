"""Questions in other words."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from rag.eval.rows import Row
from rag.training.mixture import Mixture
from rag.training.recipe import Recipe
from rag.training.reworded import near_words, reworded

# Directions on a circle, in degrees: what is within 47 of each other is close (cosine 0.68).
PLACES = {
    "film": 0, "movie": 20, "cinema": 40, "harbour": 180, "films": 10, "movies": 30, "filming": 15,
    "bought": 90, "purchased": 100, "smallest": 250, "largest": 260, "unknown": 300, "known": 310,
    "three": 130, "seven": 131,
}  # fmt: skip


class Circle:
    """An embedder that knows a few words."""

    name, dim, max_tokens = "circle", 2, 256

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.embed_query(text) for text in texts], np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        angle = np.radians(PLACES.get(text, 210))
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


QUESTIONS = [f"Which {word} is it, Movie Film?" for word in PLACES for _ in range(4)]


def test_words_are_near_by_meaning_form_and_stem() -> None:
    near = near_words([*QUESTIONS, "Which pictures?"], Circle())
    assert near["film"] == ("movie", "cinema")  # not "films", the same stem; not "filming", another ending
    assert near["films"] == ("movies",)
    assert "harbour" not in near  # nothing close
    assert not {"smallest", "largest"} & near.keys()  # opposites
    assert not {"known", "unknown"} & near.keys()
    assert not {"three", "seven"} & near.keys()  # another number is another question
    assert not {"which", "Movie", "pictures"} & near.keys()  # stop words, names, words seen once


def test_no_question_has_no_near_words() -> None:
    assert near_words([], Circle()) == {}


def test_words_are_exchanged_and_names_stay() -> None:
    near = {"film": ("movie",), "bought": ("purchased",)}
    asked = "Who bought the film Bought Film, the film-maker's film?"
    told = {reworded(asked, near, random.Random(seed)) for seed in range(20)}
    assert "Who purchased the movie Bought Film, the film-maker's movie?" in told
    assert asked in told
    assert all("Bought Film, the film-maker's" in one for one in told)
    assert reworded(asked, {}, random.Random(0)) == asked


def test_a_reworded_question_keeps_its_answer() -> None:
    row = Row("1", "Ada bought it.", "Who bought it?", ("Ada",), (0,))
    recipe = Recipe(sets={"a": 1.0}, reworded=1.0, neighbours=0, swaps=0, missed=0, packed=0, lower=0, unmarked=0,
                    typos=0, keywords=0)  # fmt: skip
    mixture = Mixture({"a": [row]}, recipe, {"bought": ("purchased",)})
    found = {(each.question, each.span) for number in range(20) for each in mixture.epoch(number)}
    assert found == {("Who bought it?", (0, 3)), ("Who purchased it?", (0, 3))}
