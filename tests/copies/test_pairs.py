"""Pairs are counted as one would by hand, and not forgotten before memory asks for it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.copies import pairs as module
from rag.copies.pairs import MOST, pairs


def counted(owned: dict[int, set[int]], **how: int) -> list[tuple[int, int, int]]:
    entries = sorted((number, owner) for number, owners in owned.items() for owner in owners)
    numbers, owners = (np.array([entry[i] for entry in entries], dtype=kind) for i, kind in ((0, "u8"), (1, "i8")))
    return list(pairs(numbers, owners, **how))


@given(st.dictionaries(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 30), max_size=MOST), max_size=30))
def test_every_pair_of_a_number_of_few_owners_is_counted(owned: dict[int, set[int]]) -> None:
    expected = Counter(pair for owners in owned.values() for pair in combinations(sorted(owners), 2))
    assert counted(owned) == sorted((*pair, count) for pair, count in expected.items())


def test_pairs_are_counted_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    owned = {number: {number % 7, 7 + number % 5, 20 + number % 3} for number in range(200)}
    expected = counted(owned)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    assert counted(owned) == expected


def test_the_rarest_are_forgotten_where_there_are_too_many() -> None:
    owned = {number: {0, 1} for number in range(5)} | {100 + number: {2 + number, 50} for number in range(40)}
    assert counted(owned, counted=10) == [(0, 1, 5)]


def test_of_many_owners_each_is_paired_with_some_and_no_pair_twice() -> None:
    owners = set(range(300))
    found = counted({7: owners, 9: owners})
    assert {count for *_, count in found} == {2}
    assert len(found) < 6 * len(owners)
    assert {owner for pair in found for owner in pair[:2]} == owners


def test_there_may_be_nothing() -> None:
    assert counted({}) == []
    assert counted({1: {3}}) == []
