from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.silence.dates import outside
from tests.silence.toy import ToyArchive, hit

NEWS = [
    hit("The ferry Alma was launched in 1998. She carried 400 people last year.", "The Alma", "2025-05-12"),
    hit("The harbour race was won by Ann Roper. The next harbour race is on 16 May 2026.", "The race", "2025-05-20"),
]
ARCHIVE = ToyArchive(NEWS)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who won the harbour race in 2019?", "in 2019"),
        ("What did the council decide on 12 August 2025?", "on 12 August 2025"),
        ("How many people did the ferry Alma carry before 1990?", "1990"),
        ("Who launched the ferry Alma in 1998?", None),  # told of
        ("How many people did the ferry Alma carry in 2024?", None),  # "last year"
        ("When is the next harbour race in May 2026?", None),
        ("Who won the harbour race on 19 May 2025?", None),  # within
        ("Who won the harbour race in 2025?", None),
        ("Who won the harbour race last year?", None),  # of whoever asks
        ("Who won the harbour race?", None),
        ("", None),
    ],
)
def test_outside(question, words) -> None:
    asked = outside(question, NEWS, ARCHIVE)
    assert (asked and asked.words) == words


def test_another_matter_of_that_time_does_not_count() -> None:
    asked = outside("Who won the harbour race in 1998?", NEWS, ARCHIVE)
    assert asked is not None


def test_articles_without_dates_cover_any_time() -> None:
    undated = [hit("The mill burned.")]
    assert outside("Who burned the mill in 1850?", undated, ToyArchive(undated)) is None


@given(st.text(max_size=200), st.integers(1, 9999))
def test_never_raises(text, year) -> None:
    outside(f"{text} in {year}", NEWS, ARCHIVE)
    outside(f"Who won in {year:04} {text}?", [hit(text, published="2025-05-12")], ARCHIVE)
