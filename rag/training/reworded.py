"""Questions in other words than their passage's, so that a reader trusts a meaning and not only shared words.

Which words are near is what the embedder says of them: two are, when each is among the few nearest of the other, close
enough, of the same ending and of different stems. That takes in some false friends ("students", "teachers"); opposites
that are known (see unanswerable.py) are kept out.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from rag.protocols import Embedder
from rag.text import STOP_WORDS, terms
from rag.training.unanswerable import OPPOSITE

CLOSE = 0.68  # cosine
NEAREST = 6  # of a word, among which it must be the other's, too
SEEN = 4  # questions that a word must stand in
CHANGED = 0.6  # share of the words of a question that has near ones
_WORD = re.compile(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])")
_ENDINGS = ("ing", "ed", "ly", "est", "er", "s")
_NUMBERS = "three four five seven eight nine third fourth fifth sixth hundred thousand million billion"
_COUNTED = frozenset(_NUMBERS.split())


def near_words(questions: Iterable[str], embedder: Embedder) -> dict[str, tuple[str, ...]]:
    """Return what can stand for a word, nearest first, for each lower-case word of the questions that has any such.

    A word counts that stands in SEEN questions or more.
    """
    seen = Counter(word for question in questions for word in {*_WORD.findall(question)})
    words = sorted(w for w, n in seen.items() if n >= SEEN and w not in STOP_WORDS and w not in _COUNTED)
    if not words:
        return {}
    vectors = embedder.embed_passages(words)
    nearest = [_nearest(vectors, i) for i in range(len(words))]
    found = {}
    for i, word in enumerate(words):
        close = [j for j, cosine in nearest[i].items() if cosine >= CLOSE and i in nearest[j]]
        if kept := tuple(words[j] for j in close if _exchangeable(word, words[j])):
            found[word] = kept
    return found


def reworded(question: str, near: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """Return the question with some of its lower-case words exchanged for near ones; names with capitals stay."""

    def exchanged(match: re.Match[str]) -> str:
        others = near.get(match.group())
        return rng.choice(others) if others and rng.random() < CHANGED else match.group()

    return _WORD.sub(exchanged, question)


def _nearest(vectors: np.ndarray, i: int) -> dict[int, float]:
    """Return the rows nearest to row i and their cosine, best first."""
    cosines = vectors @ vectors[i]
    cosines[i] = -1.0
    best = np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]
    return {int(j): float(cosines[j]) for j in sorted(best, key=lambda j: (-cosines[j], j)) if j != i}


def _exchangeable(one: str, other: str) -> bool:
    if (
        other == OPPOSITE.get(one)
        or one == OPPOSITE.get(other)
        or _ending(one) != _ending(other)
        or terms(one) == terms(other)
    ):
        return False
    return not (one.endswith(other) or other.endswith(one))  # "known" and "unknown"


def _ending(word: str) -> str:
    return next((ending for ending in _ENDINGS if word.endswith(ending)), "")
