"""Text → the runs of words in its prose, as numbers. Pure.

A shingle is WORDS words in a row (Broder, On the resemblance and containment of documents, 1997).
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shingles: TypeAlias = NDArray[np.uint64]

WORDS = 5
SHORT = 3  # words of a run where only two passages are compared
# A quotation, in a paragraph at most this long: an unclosed mark must not swallow the article. In a speech over several
# paragraphs each of them opens with the mark and only the last one closes.
_QUOTED = re.compile(
    r"“[^“”\n]{1,2000}(?:\n\s*“[^“”\n]{1,2000}){0,20}”"
    r"|\"(?<!\w.)[^\"\n]{1,2000}(?:\n\s*\"[^\"\n]{1,2000}){0,20}\""
    r"|‘(?<!\w.)(?:[^‘’\n]|’(?=\w)){1,2000}’"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BASE = 0x9E3779B97F4A7C15  # odd, so that no word's number is lost by multiplying


def shingles(text: str, words: int = WORDS) -> Shingles:
    """Return the numbers of the different runs of so many words, sorted. None goes across a quotation."""
    import numpy as np

    stretches = [_WORD.findall(stretch) for stretch in _QUOTED.split(text.casefold())]
    numbers = np.array([_number(word) for stretch in stretches for word in stretch], dtype=np.uint64)
    count = len(numbers) - words + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    stretch = np.repeat(np.arange(len(stretches)), [len(each) for each in stretches])
    found = np.zeros(count, dtype=np.uint64)
    for place in range(words):
        found = found * np.uint64(_BASE) + numbers[place : place + count]
    found = found[stretch[:count] == stretch[words - 1 :]]
    unique: Shingles = np.unique(found ^ (found >> np.uint64(31)))
    return unique


def containment(one: Shingles, other: Shingles) -> float:
    """Return the share, 0..1, of the smaller set that is in both; 0 where one is empty."""
    import numpy as np

    smaller = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / smaller if smaller else 0.0


@lru_cache(maxsize=2048)  # a passage's take 15 kB
def runs(text: str, words: int = SHORT) -> frozenset[tuple[str, ...]]:
    """Return the different runs of so many words themselves: for a passage, of which they are made in no time."""
    found: set[tuple[str, ...]] = set()
    for stretch in _QUOTED.split(text.casefold()):
        said = _WORD.findall(stretch)
        found.update(zip(*(said[place:] for place in range(words)), strict=False))
    return frozenset(found)


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    """Return the same number for a word on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
