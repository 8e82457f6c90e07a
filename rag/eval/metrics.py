"""Exact match and token F1 as the official SQuAD 2.0 script computes them. Pure.

Source: rajpurkar/SQuAD-explorer, evaluate-v2.0.py; Rajpurkar et al. 2016, section 6.1. This module owns the SQuAD
normaliser; `rag.text.answer_key`, which folds accents too, merges answers and never scores them.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(answer: str) -> str:
    """Return the answer lower-cased, without ASCII punctuation and articles, single-spaced."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the answer equals a gold answer after normalising, else 0.0. No golds: the right answer is ""."""
    return _best(lambda gold: float(normalise(answer) == normalise(gold)), golds)


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """Return the best F1, 0..1, of the answer's tokens with a gold answer's. No golds: the right answer is ""."""
    return _best(lambda gold: _f1(normalise(answer).split(), normalise(gold).split()), golds)


def _best(score: Callable[[str], float], golds: Sequence[str]) -> float:
    """Return the best score over gold answers that are not empty once normalised, as the official script does."""
    return max(map(score, [gold for gold in golds if normalise(gold)] or [""]))


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    common = sum((Counter(answer) & Counter(gold)).values())
    return 2 * common / (len(answer) + len(gold))
