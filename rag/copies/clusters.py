"""Articles → clusters that carry the same copy, without comparing each with each.

Every shingle is looked up in all articles at once, by sorting. In an archive too large for that, those shingles are
kept whose number is a multiple of some step: the same shingle is kept in every article or in none, so what is kept of
two articles overlaps as they do, be one ten times as long as the other (Broder's sketch "mod m", 1997). A library's
MinHash with locality-sensitive hashing was not taken, since it finds what is alike as a whole, and a brief that is a
twentieth of what it was cut from is not.
What a house prints under many articles, a hotline or an offer to subscribe, is no copy: shingles that many articles
have, or articles far apart in time, do not count.
What this module does not know: which passages carry the copy (sources.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.copies.shingles import shingles

if TYPE_CHECKING:
    from rag.copies.shingles import Shingles

KEPT = 8_000_000  # shingles at most, 64 MB; sorting takes a few times as much, pairs more where copies are many
COPY = 0.1  # containment from which two articles share copy; own reports of one event were below 0.07
CREDITED = 0.05  # the same where both name one agency
LEAST = 8  # shared shingles of a copy: one long sentence, however short the article
FEWEST = 3  # of them that must have been kept; one phrase in common may be kept by chance
MOST = 20  # articles that may have a shingle; more, and it is the house's and not the story's
DAYS = 10  # between two articles; copies of one story appear together
_UNKNOWN = np.iinfo(np.int64).min


def find_copies(
    texts: Iterable[str], days: Sequence[str | None], agencies: Sequence[str | None], *, most_kept: int = KEPT
) -> list[tuple[int, ...]]:
    """Return the clusters of articles that carry the same copy, each and all in order; articles alone are left out.

    texts: of every article, read once. days: when each was published, ISO 8601, if known. agencies: the one that each
    names, if it does. An article belongs to a cluster when it shares copy with one of its members.
    """
    kept = _Kept(most_kept)
    for text in texts:
        kept.add(shingles(text))
    pairs, shared, sizes = _shared(kept, np.array([_ordinal(day) for day in days], dtype=np.int64))
    home = list(range(len(days)))
    for (one, other), count in zip(pairs.tolist(), shared.tolist(), strict=True):
        credited = agencies[one] is not None and agencies[one] == agencies[other]
        least = (CREDITED if credited else COPY) * min(sizes[one], sizes[other])
        if count * kept.step >= LEAST and count >= max(least, FEWEST):
            first, second = sorted((_root(home, one), _root(home, other)))
            home[second] = first
    members: dict[int, list[int]] = {}
    for article in range(len(home)):
        members.setdefault(_root(home, article), []).append(article)
    return [tuple(cluster) for cluster in members.values() if len(cluster) > 1]


class _Kept:
    """Shingles of all articles so far, as few as must be. step: their numbers are multiples of it."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self.step = 1
        self.articles: list[Shingles] = []

    def add(self, found: Shingles) -> None:
        self.articles.append(self._multiples(found))
        self._count += len(self.articles[-1])
        while self._count > self._most:
            self.step *= 2
            self.articles = [self._multiples(one) for one in self.articles]
            self._count = sum(map(len, self.articles))

    def _multiples(self, found: Shingles) -> Shingles:
        return found[found % np.uint64(self.step) == 0] if self.step > 1 else found


def _shared(kept: _Kept, days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (pairs, 2) of articles, (pairs,) how many shingles they share, and (articles,) how many each has.

    The house's shingles are left out of all three.
    """
    lengths = [len(one) for one in kept.articles]
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    numbers = np.concatenate(kept.articles) if kept.articles else np.zeros(0, np.uint64)
    order = np.argsort(numbers, kind="stable")
    numbers, owners = numbers[order], owners[order]
    begins = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]])) if len(numbers) else order
    widths = np.diff(np.append(begins, len(numbers)))
    storys = (widths <= MOST) & _near(days[owners], begins)
    sizes = np.bincount(owners[np.repeat(storys, widths)], minlength=len(lengths))
    codes = list(_codes(owners, begins[storys], widths[storys], len(lengths)))
    found, shared = np.unique(np.concatenate(codes) if codes else np.zeros(0, np.int64), return_counts=True)
    return np.stack(np.divmod(found, max(1, len(lengths))), axis=1), shared, sizes


def _near(days: NDArray[np.int64], begins: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each run of days whether the known ones are at most DAYS apart."""
    if not len(begins):
        return np.zeros(0, dtype=bool)
    latest = np.maximum.reduceat(days, begins)
    earliest = np.minimum.reduceat(np.where(days == _UNKNOWN, np.iinfo(np.int64).max, days), begins)
    near: NDArray[np.bool_] = (latest == _UNKNOWN) | (latest <= earliest + DAYS)
    return near


def _codes(
    owners: NDArray[np.int32], begins: NDArray[np.int64], widths: NDArray[np.int64], articles: int
) -> Iterator[NDArray[np.int64]]:
    """Yield one number for each pair of articles under each shingle: the lower × articles + the higher."""
    for width in range(2, MOST + 1):
        rows = owners[begins[widths == width, None] + np.arange(width)].astype(np.int64)
        for one, other in combinations(range(width), 2):  # owners of a shingle stand in order, for the sort is stable
            yield rows[:, one] * articles + rows[:, other]


def _root(home: list[int], article: int) -> int:
    while home[article] != article:
        home[article] = home[home[article]]
        article = home[article]
    return article


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day[:10]).toordinal() if day else int(_UNKNOWN)
