"""Sorted numbers and their owners → how many numbers each two owners share, in bounded memory. Pure.

Two owners for each number of two, all pairs for each number of up to MOST. A number of more owners would have too many:
there every owner is paired with the next ones and with the first ones, which is enough to see that all have much the
same numbers, and not enough for pairs that share a small part.
What this module does not know: that the numbers are shingles and the owners articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.uint64]
Integers: TypeAlias = NDArray[np.int64]

MOST = 20  # owners of a number of which each is paired with each
NEXT, FIRST = 3, 2  # owners of a more common number with which each of its owners is paired
AT_ONCE = 4_000_000  # pairs that wait to be counted, 32 MB
COUNTED = 16_000_000  # different pairs at most, 256 MB; the rarest are forgotten when there are more


def begins(numbers: Numbers) -> Integers:
    """Return where each number begins among sorted ones."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))


def pairs(numbers: Numbers, owners: Integers, *, counted: int = COUNTED) -> Iterator[tuple[int, int, int]]:
    """Yield (lower owner, higher owner, numbers that both have), in order.

    numbers, owners: (n,) both, sorted by number and then by owner, no owner twice under one number.
    """
    tally = _Tally(counted)
    base = int(owners.max()) + 1 if len(owners) else 1
    for lower, higher in _under_each(owners, begins(numbers)):
        tally.add(lower * base + higher)
    codes, counts = tally.total()
    lower, higher = np.divmod(codes, base)
    yield from zip(lower.tolist(), higher.tolist(), counts.tolist(), strict=True)


def _under_each(owners: Integers, starts: Integers) -> Iterator[tuple[Integers, Integers]]:
    widths = np.diff(np.append(starts, len(owners)))
    for width in range(2, MOST + 1):
        rows = owners[starts[widths == width, None] + np.arange(width)]
        for one, other in combinations(range(width), 2):
            yield rows[:, one], rows[:, other]
    common = np.repeat(widths > MOST, widths)
    if not common.any():
        return
    start = np.repeat(starts, widths)[common]
    place = np.flatnonzero(common)
    for step in range(1, NEXT + 1):
        later = place - start >= step
        yield owners[place[later] - step], owners[place[later]]
    for hub in range(FIRST):
        later = place - start > hub + NEXT
        yield owners[start[later] + hub], owners[place[later]]


class _Tally:
    """Counts codes as they come, many at a time."""

    def __init__(self, most: int) -> None:
        self._most, self._waiting, self._length = most, list[Integers](), 0
        self._codes, self._counts = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def add(self, codes: Integers) -> None:
        self._waiting.append(codes)
        self._length += len(codes)
        if self._length > AT_ONCE:
            self._count()

    def total(self) -> tuple[Integers, Integers]:
        """Return the codes, sorted, and how often each came."""
        self._count()
        return self._codes, self._counts

    def _count(self) -> None:
        found, counts = np.unique(np.concatenate([self._codes[:0], *self._waiting]), return_counts=True)
        self._waiting, self._length = [], 0
        codes = np.concatenate([self._codes, found])
        order = np.argsort(codes, kind="stable")
        codes, counts = codes[order], np.concatenate([self._counts, counts])[order]
        starts = begins(codes.astype(np.uint64))
        self._codes, self._counts = codes[starts], np.add.reduceat(counts, starts) if len(starts) else counts
        rarest = 1
        while len(self._codes) > self._most:
            more = self._counts > rarest
            self._codes, self._counts, rarest = self._codes[more], self._counts[more], rarest + 1
