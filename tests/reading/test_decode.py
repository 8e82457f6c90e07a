"""Decoding against exhaustive search over every pair of positions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rag.reading.decode import best_spans, tidy


def exhaustive(starts, ends, groups, max_tokens: int, n_best: int) -> list[tuple[float, int, int]]:
    spans = [
        (float(starts[s]) + float(ends[e]), s, e)
        for s in range(len(starts))
        for e in range(s, len(ends))
        if e - s + 1 <= max_tokens and groups[s] == groups[e] >= 0
    ]
    return sorted(spans, key=lambda span: (-span[0], span[1], span[2]))[:n_best]


lengths = st.integers(0, 24)
smooth = st.floats(-20, 20, width=32)
coarse = st.integers(-2, 2).map(float)  # many ties


@st.composite
def windows(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    length, values = draw(lengths), draw(st.sampled_from([smooth, coarse]))
    starts, ends = (draw(arrays.arrays(np.float32, length, elements=values)) for _ in range(2))
    steps = draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=length, max_size=length))
    groups = np.cumsum(np.array(steps, dtype=np.int64))
    hidden = np.array(draw(st.lists(st.booleans(), min_size=length, max_size=length)), dtype=bool)
    if draw(st.booleans()):
        groups = np.where(hidden, -1, groups)
    return starts, ends, groups


@settings(deadline=None, max_examples=150)
@given(windows(), st.integers(1, 30), st.integers(1, 40))
def test_decoding_equals_exhaustive_search(window, max_tokens: int, n_best: int) -> None:
    found = best_spans(*window, max_tokens=max_tokens, n_best=n_best)
    assert found == exhaustive(*window, max_tokens, n_best)


def logits(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_a_span_is_scored_by_start_plus_end() -> None:
    [best, second] = best_spans(logits(0, 3, 1), logits(0, 1, 2), np.zeros(3, np.int64), max_tokens=3, n_best=2)
    assert best == (3 + 2, 1, 2)
    assert second == (3 + 1, 1, 1)


def test_the_end_never_comes_before_the_start() -> None:
    [best] = best_spans(logits(0, 9), logits(9, 1), np.zeros(2, np.int64), max_tokens=2, n_best=1)
    assert best == (9 + 1, 1, 1)


def test_a_span_has_at_most_so_many_tokens() -> None:
    starts, ends = logits(9, 0, 0, 0), logits(0, 0, 1, 9)
    assert best_spans(starts, ends, np.zeros(4, np.int64), max_tokens=4, n_best=1) == [(9 + 9, 0, 3)]
    assert best_spans(starts, ends, np.zeros(4, np.int64), max_tokens=3, n_best=1) == [(9 + 1, 0, 2)]


def test_a_span_stays_in_its_group_and_out_of_the_question() -> None:
    groups = np.array([-1, 0, 0, 1, -1])
    found = best_spans(logits(50, 9, 0, 1, 50), logits(50, 0, 0, 9, 50), groups, max_tokens=5, n_best=9)
    assert found == [(1 + 9, 3, 3), (9 + 0, 1, 1), (9 + 0, 1, 2), (0 + 0, 2, 2)]


@pytest.mark.parametrize("groups", [[], [-1, -1]])
def test_nothing_of_the_passage_gives_no_span(groups: list[int]) -> None:
    zeros = np.zeros(len(groups), np.float32)
    assert best_spans(zeros, zeros, np.array(groups, np.int64), max_tokens=5, n_best=5) == []


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("worth $2.7 million", "2.7 million", "$2.7 million"),
        ("worth €5 now", "5", "€5"),
        ("up 3.5% since", "3.5", "3.5%"),
        ("“Great idea!!” he said", "Great idea", "Great idea!!"),
        ("he said “yes” twice", "“yes", "“yes”"),
        ("he said “yes” twice", "yes", "yes"),
        ("the deal (signed) was", "(signed", "(signed)"),
        ('he said "no" twice', '"no', '"no"'),
        ('he said "no" twice', "no", "no"),
        ("cash $ now", "now", "now"),
        ("US$x", "x", "x"),
        ("a  word  here", " word ", "word"),
        ("it was (a [b", "(a [b", "(a [b"),
        ("all (of [it]) so", "(of [it", "(of [it])"),
    ],
)
def test_a_span_takes_the_marks_that_belong_to_it(text: str, span: str, expected: str) -> None:
    start = text.index(span)
    found = tidy(text, start, start + len(span))
    assert text[slice(*found)] == expected


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='ab12 $%!?()[]“”"’\n', max_size=20), st.data())
def test_tidying_stays_in_the_text_and_crosses_no_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    visible = text[start:end].strip()
    if not visible:
        return
    first, last = tidy(text, start, end)
    assert 0 <= first < last <= len(text)
    assert visible in text[first:last]
    assert text[first:last].count("\n") == visible.count("\n")


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("that 1,340 homes were dry", "340", "1,340"),
        ("that 1,340 homes were dry", "1", "1,340"),
        ("cost $2.7 million, he said", "2", "$2.7"),
        ("the Thrupps sold it.", "Thrup", "Thrupps"),
        ("twenty-four boats", "four", "four"),  # a hyphen joins words; each may be meant alone
        ("it was 43.", "43", "43"),
        ("(see page 7)", "7", "7"),
        ("x" * 300, "x" * 5, "x" * 5),  # no word is as long: left as it is
    ],
)
def test_a_span_is_widened_to_whole_words_and_numbers(text: str, part: str, whole: str) -> None:
    place = text.index(part) if len(text) < 300 else 150
    start, end = tidy(text, place, place + len(part))
    assert text[start:end] == whole
