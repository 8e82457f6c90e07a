"""Articles → clusters that carry the same copy, without comparing each with each.

Every shingle is looked up in all articles at once, by sorting. In an archive too large for that, those shingles are
kept whose number is a multiple of some step: the same shingle is kept in every article or in none, so what is kept of
two articles overlaps as they do, be one ten times as long as the other (Broder's sketch "mod m", 1997). A library's
MinHash with locality-sensitive hashing was not taken, since it finds what is alike as a whole, and a brief that is a
twentieth of what it was cut from is not.
What a house prints under many articles, a hotline or an offer to subscribe, is no copy: shingles that many stories
have, or stories far apart in time, do not count. Articles that are the same for the most part are one story there, so
neither a story that fifty papers print nor a reprint a year later hides what others took from it.
What this module does not know: which passages carry the copy (sources.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.copies.pairs import MOST, Integers, begins, pairs
from rag.copies.shingles import shingles

if TYPE_CHECKING:
    from rag.copies.shingles import Shingles

KEPT = 8_000_000  # shingles at most, 64 MB; sorting takes a few times as much
COPY = 0.1  # containment from which two articles share copy; own reports of one event were below 0.07
CREDITED = 0.05  # the same where both name one agency
SAME = 0.8  # the same from which they are one story, whoever else has their shingles
LEAST = 8  # shared shingles of a copy: one long sentence, however short the article
FEWEST = 3  # of them that must have been kept; one phrase in common may be kept by chance
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
    shared, sizes = _Shared.of(kept.articles)
    dated = np.array([_ordinal(day) for day in days], dtype=np.int64)
    enough = max(FEWEST, LEAST / kept.step)
    home = _Homes(len(dated))
    for one, other, count in pairs(shared.numbers, shared.owners):
        if count >= max(enough, SAME * min(sizes[one], sizes[other])):
            home.join(one, other)
    for group in home.groups():
        if len(group) > MOST and _scattered(dated[list(group)]):
            home.part(group)
    counts = shared.storys(home.roots(), dated)
    sizes -= np.bincount(shared.owners[~counts], minlength=len(sizes))
    for one, other, count in pairs(shared.numbers[counts], shared.owners[counts]):
        credited = agencies[one] is not None and agencies[one] == agencies[other]
        if count >= max(enough, (CREDITED if credited else COPY) * min(sizes[one], sizes[other])):
            home.join(one, other)
    return home.groups()


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


@dataclass(frozen=True, slots=True)
class _Shared:
    """Shingles that several articles have, (n,), sorted, and the articles that have them, (n,)."""

    numbers: Shingles
    owners: Integers

    @classmethod
    def of(cls, articles: Sequence[Shingles]) -> tuple[_Shared, Integers]:
        """Return what several articles have, and how many shingles each has in all."""
        sizes = np.array([len(one) for one in articles], dtype=np.int64)
        owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        numbers = np.concatenate(articles) if articles else np.zeros(0, np.uint64)
        order = np.argsort(numbers, kind="stable")  # so the owners of one stay in order
        numbers = numbers[order]
        several = np.zeros(len(numbers) + 1, dtype=bool)
        several[1:-1] = numbers[1:] == numbers[:-1]
        several = several[1:] | several[:-1]
        return cls(numbers[several], owners[order[several]].astype(np.int64)), sizes

    def storys(self, stories: Integers, days: Integers) -> NDArray[np.bool_]:
        """Return for each shingle, (n,), whether it is a story's and not the house's.

        Few stories have it, and all of them within some days, whatever reprints of them came at other times. stories,
        days: of each article.
        """
        starts = begins(self.numbers)
        run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(self.numbers))))
        mine, when = stories[self.owners], days[self.owners]
        few = _different(run, mine, len(starts)) <= MOST
        known = np.flatnonzero(when != _UNKNOWN)
        order = known[np.lexsort((when[known], run[known]))]
        run_of, day = run[order], when[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (run_of[1:] != run_of[:-1]) | (day[1:] - day[:-1] > DAYS)
        first = np.flatnonzero(new)
        last = np.append(first, len(order))[1:] - 1
        told = _different(np.cumsum(new) - 1, mine[order], len(first))
        whole = (told == _different(run_of, mine[order], len(starts))[run_of[first]]) & (day[last] - day[first] <= DAYS)
        near = np.ones(len(starts), dtype=bool)
        near[run_of] = False
        near[run_of[first[whole]]] = True
        found: NDArray[np.bool_] = (few & near)[run]
        return found


def _different(groups: Integers, values: Integers, count: int) -> Integers:
    """Return how many different values each of so many groups has."""
    order = np.lexsort((values, groups))
    groups, values = groups[order], values[order]
    new = np.ones(len(groups), dtype=bool)
    new[1:] = (groups[1:] != groups[:-1]) | (values[1:] != values[:-1])
    return np.bincount(groups[new], minlength=count)


class _Homes:
    """Numbers in groups; each is alone until it is joined with another."""

    def __init__(self, count: int) -> None:
        self._home = list(range(count))

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self._root(one), self._root(other)))
        self._home[second] = first

    def part(self, group: Sequence[int]) -> None:
        for number in group:
            self._home[number] = number

    def roots(self) -> Integers:
        """Return the lowest number of each one's group."""
        return np.array([self._root(number) for number in range(len(self._home))], dtype=np.int64)

    def groups(self) -> list[tuple[int, ...]]:
        """Return the groups of several, each and all in order."""
        members: dict[int, list[int]] = {}
        for number in range(len(self._home)):
            members.setdefault(self._root(number), []).append(number)
        return [tuple(group) for group in members.values() if len(group) > 1]

    def _root(self, number: int) -> int:
        while self._home[number] != number:
            self._home[number] = self._home[self._home[number]]
            number = self._home[number]
        return number


def _scattered(days: Integers) -> bool:
    """Return whether fewer than half of some days are near each other: such articles share the house's text."""
    known = np.sort(days[days != _UNKNOWN])
    near = np.searchsorted(known, known + DAYS, "right") - np.arange(len(known))
    return len(known) > 0 and int(near.max()) * 2 < len(known)


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day[:10]).toordinal() if day else int(_UNKNOWN)
