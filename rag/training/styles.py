"""A question as people type it: in lower case, without its mark, with a slip of the fingers, or as key words. Pure."""

from __future__ import annotations

import random
import re

from rag.training.recipe import Recipe

# What a hurried reader leaves out of a question.
_LITTLE = """
a an the is are was were be been being am do does did has have had of to in on at by for from with that this these those
there it its and or as will would can could should
"""
_LEFT_OUT = frozenset(_LITTLE.split())
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[A-Za-z]{4,}")


def restyled(question: str, recipe: Recipe, rng: random.Random) -> str:
    """Return the question in a style drawn by the recipe's shares; most often as it is."""
    if rng.random() < recipe.keywords:
        question = keywords(question)
    elif rng.random() < recipe.unmarked:
        question = question.rstrip(" ?")
    if rng.random() < recipe.typos:
        question = mistyped(question, rng)
    return question.lower() if rng.random() < recipe.lower else question


def keywords(question: str) -> str:
    """Return the words that carry the question, in order; the question itself where fewer than three would be left."""
    kept = [word for word in question.rstrip(" ?").split() if word.lower() not in _LEFT_OUT]
    return " ".join(kept) if len(kept) >= 3 else question


def mistyped(question: str, rng: random.Random) -> str:
    """Return the question with one letter of one longer word dropped, doubled, swapped or wrong."""
    words = list(_WORD.finditer(question))
    if not words:
        return question
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end() - 1)
    before, letter, after = question[:place], question[place], question[place + 1 :]
    slip = rng.randrange(4)
    if slip == 0:
        return before + after
    if slip == 1:
        return before + letter * 2 + after
    if slip == 2:
        return before + after[0] + letter + after[1:]
    return before + rng.choice(_LETTERS) + after
