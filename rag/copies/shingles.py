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
# Quoted at most this long, within one paragraph: an unclosed mark must not swallow the article.
_QUOTED = re.compile(r"“[^”\n]{1,2000}”|\"[^\"\n]{1,2000}\"|‘[^’\n]{1,2000}’(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BASE = 0x9E3779B97F4A7C15  # odd, so that no word's number is lost by multiplying


def shingles(text: str, words: int = WORDS) -> Shingles:
    """Return the numbers of the different runs of so many words, sorted. None goes across a quotation."""
    import numpy as np

    parts = [_hashed(stretch, words) for stretch in _QUOTED.split(text)]
    found: Shingles = np.unique(np.concatenate(parts))
    return found


def containment(one: Shingles, other: Shingles) -> float:
    """Return the share, 0..1, of the smaller set that is in both; 0 where one is empty."""
    import numpy as np

    smaller = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / smaller if smaller else 0.0


def _hashed(stretch: str, words: int) -> Shingles:
    import numpy as np

    numbers = np.array([_number(word) for word in _WORD.findall(stretch.casefold())], dtype=np.uint64)
    runs = len(numbers) - words + 1
    if runs < 1:
        return np.zeros(0, dtype=np.uint64)
    base = np.uint64(_BASE)
    found = np.zeros(runs, dtype=np.uint64)
    for place in range(words):
        found = found * base + numbers[place : place + runs]
    return found ^ (found >> np.uint64(31))


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    """Return the same number for a word on every machine and in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
