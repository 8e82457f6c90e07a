"""Start and end logits → the best spans. Pure; arrays in, positions out.

A span is valid when start ≤ end, it has at most max_tokens tokens, and both ends lie in one group. Groups keep a span
inside one paragraph of the passage and out of the question: tokens of group -1 are never part of an answer.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

LONGEST_WORD = 64  # characters; what is longer is no word, and is left as it is
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
PAIRS = {"”": "“", "’": "‘", ")": "(", "]": "[", "»": "«"}


def best_spans(
    start_logits: NDArray[np.float32],
    end_logits: NDArray[np.float32],
    groups: NDArray[np.int64],
    *,
    max_tokens: int,
    n_best: int,
) -> list[tuple[float, int, int]]:
    """Return up to n_best (score, start, end), inclusive token positions, best first, ties by position.

    start_logits, end_logits, groups: (tokens,). score: start logit + end logit (Devlin et al. 2019, section 4.2).
    """
    inside = np.flatnonzero(groups >= 0)
    if not len(inside):
        return []
    first, last = inside[0], inside[-1] + 1
    widest = min(max_tokens, last - first)
    beyond = (0, widest - 1)  # so that every start has as many ends
    ends = np.pad(end_logits[first:last].astype(np.float64), beyond, constant_values=-np.inf)
    end_groups = np.pad(groups[first:last], beyond, constant_values=-1)
    group = groups[first:last, None]
    valid = (group == sliding_window_view(end_groups, widest)) & (group >= 0)
    scores = start_logits[first:last, None].astype(np.float64) + sliding_window_view(ends, widest)
    flat = np.where(valid, scores, -np.inf).ravel()  # by start, then by length
    count = min(n_best, int(valid.sum()))
    if count == 0:
        return []
    kth = np.partition(flat, -count)[-count]
    candidates = np.flatnonzero(flat >= kth)
    order = candidates[np.lexsort((candidates, -flat[candidates]))][:count]
    starts, more = np.divmod(order, widest)
    return [(float(flat[i]), int(first + a), int(first + a + b)) for i, a, b in zip(order, starts, more, strict=True)]


def tidy(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span widened to whole words and numbers and by the marks right beside it, white space trimmed.

    A model's tokens are parts of words: "340" must not be cut out of "1,340". Marks are a currency
    sign before ("$2.7 million"), a percent sign, exclamation or question marks after ("Great idea!!"), and the closing
    quote or bracket of one that the span opens.
    """
    span = text[start:end]
    start, end = start + len(span) - len(span.lstrip()), end - (len(span) - len(span.rstrip()))
    if start < end:
        start, end = _whole(text, start)[0], _whole(text, end - 1)[1]
    if start and text[start - 1] in "$€£¥" and text[start].isdigit():
        start -= 1
    while end < len(text) and (text[end] in "!?%" or _closes(text[start:end], text[end])):
        end += 1
    return start, end


@lru_cache(maxsize=1024)  # spans of a passage begin and end at the same few places
def _whole(text: str, place: int) -> tuple[int, int]:
    """Return the (start, end) of the word or number that holds a character; of the character itself between words."""
    first = max(0, place - LONGEST_WORD)
    for match in _WORD.finditer(text, first, place + LONGEST_WORD):
        if match.start() <= place < match.end() and (match.start() > first or first == 0):
            return match.span()
    return place, place + 1


def _closes(span: str, mark: str) -> bool:
    if mark == '"':
        return span.count(mark) % 2 == 1
    opening = PAIRS.get(mark)
    return opening is not None and span.count(opening) > span.count(mark)
