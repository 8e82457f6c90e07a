"""Times of day in all their spellings, and numbers that are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values.clock import clock_times


def told(text: str) -> list[tuple[str, int, bool]]:
    return [(text[t.start : t.end], t.minute, t.half_day_known) for t in clock_times(text)]


@pytest.mark.parametrize(
    ("text", "minute", "known"),
    [
        ("6.30pm", 18 * 60 + 30, True),
        ("18:30", 18 * 60 + 30, True),
        ("20:00", 20 * 60, True),
        ("23:59", 23 * 60 + 59, True),
        ("06:20", 6 * 60 + 20, True),
        ("6:30", 6 * 60 + 30, False),
        ("half past two", 2 * 60 + 30, False),
        ("ten past six in the evening", 18 * 60 + 10, True),
        ("ten to twelve", 11 * 60 + 50, False),
        ("quarter to nine", 8 * 60 + 45, False),
        ("a quarter after six", 6 * 60 + 15, False),
        ("twenty-five minutes past four", 4 * 60 + 25, False),
        ("ten minutes before noon", 11 * 60 + 50, True),
        ("half past six this evening", 18 * 60 + 30, True),
        ("noon", 12 * 60, True),
        ("12 noon", 12 * 60, True),
        ("Noon", 12 * 60, True),
        ("midnight", 0, True),
        ("seven o'clock", 7 * 60, False),
        ("seven o’clock in the morning", 7 * 60, True),
        ("10am", 10 * 60, True),
        ("2.30 p.m.", 14 * 60 + 30, True),
        ("12.05am", 5, True),
        ("12.30pm", 12 * 60 + 30, True),
        ("quarter to one pm", 12 * 60 + 45, True),
        ("nine at night", 21 * 60, True),
        ("two at night", 2 * 60, True),
        ("1830 GMT", 18 * 60 + 30, True),
    ],
)
def test_a_time_of_day(text: str, minute: int, known: bool) -> None:
    assert [found[1:] for found in told(text)] == [(minute, known)]


@pytest.mark.parametrize(
    "text",
    [
        "6.30",
        "£3.20",
        "rose by 1.15 per cent",
        "at 6.50 euros",
        "at 0.25",
        "at 1.25 million",
        "Midnight Oil played",
        "Amir Noon",
        "burning the midnight oil",
        "five to ten people",
        "from five to ten",
        "children aged five to ten",
        "ten to twenty",
        "in a time of 2:03:11",
        "half past",
        "2025",
        "25:00",
        "nine minutes",
        "one past president",
        "six\npm",
    ],
)
def test_what_is_no_time_of_day(text: str) -> None:
    assert clock_times(text) == ()


def test_they_are_found_in_a_sentence() -> None:
    text = (
        "It left at 6.30, was seen by twenty to eight and docked at 9.15pm. Open 9 a.m. to noon Saturday, 6-7pm Sunday."
    )
    assert told(text) == [
        ("6.30", 390, False),
        ("twenty to eight", 460, False),
        ("9.15pm", 1275, True),
        ("9 a.m.", 540, True),
        ("noon", 720, True),
        ("7pm", 1140, True),
    ]


@pytest.mark.parametrize("piece", [" ", "6", "6.", "half ", "ten to ", "Midnight ", "12:", "at ", "a.m.", "ten\t"])
def test_long_text_takes_linear_time(piece: str) -> None:
    text = "half" + piece * (100_000 // len(piece)) + "past"
    begun = time.perf_counter()
    clock_times(text)
    assert time.perf_counter() - begun < 20


_WORDS = "half past ten to six 6 30 . : pm a.m. at by noon o'clock in the evening 18 \n % \ud800"
WORDS = st.sampled_from(_WORDS.split(" "))


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_no_text_is_too_odd(text: str) -> None:
    last = 0
    for found in clock_times(text):
        assert last <= found.start < found.end <= len(text)
        assert 0 <= found.minute < 24 * 60
        last = found.end
