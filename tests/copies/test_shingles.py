"""Prose and quotations: what is quoted is no run of words, and an open mark hides little."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.copies.shingles import runs, shingles

SPEECH = [
    "We shall build the bridge with our own hands.",
    "Nobody has ever given us a plank of wood.",
    "And nobody will ask us for a toll again.",
]


def words(text: str) -> set[str]:
    return {word for run in runs(text) for word in run}


@pytest.mark.parametrize(("opens", "closes"), [("“", "”"), ('"', '"')])
def test_a_speech_over_several_paragraphs_is_a_quotation(opens: str, closes: str) -> None:
    speech = "\n\n".join(opens + each for each in SPEECH) + closes
    text = f"The mayor said on the quay: {speech}\n\nThe crowd then went home in the rain."
    assert words(text) == {"the", "mayor", "said", "on", "quay", "crowd", "then", "went", "home", "in", "rain"}
    assert len(shingles(text)) == (6 - 4) + (8 - 4)


def test_an_open_mark_hides_no_more_than_its_paragraph() -> None:
    text = f"“{SPEECH[0]}\n\nThe crowd then went home.\n\n“{SPEECH[1]}”"
    assert {"crowd", "bridge"} <= words(text)
    assert "plank" not in words(text)
    assert words('The 5" pipe is far too long.\n\n"Yes," he said at last.') >= {"pipe", "is", "far", "too", "long"}


def test_single_marks_may_hold_an_apostrophe() -> None:
    assert words("She called it ‘the island’s own bridge to nowhere’ in the end.") == {
        "she",
        "called",
        "it",
        "in",
        "the",
        "end",
    }
    assert {"island", "isn’t"} <= words("The island isn’t theirs, isn’t ours, and isn’t his to sell.")


def test_no_run_goes_across_a_quotation() -> None:
    assert not runs('One two "three four five six" seven eight.')
    assert len(shingles('One two three "four" five six seven.')) == 0


@given(st.text(alphabet="ab \n“”\"‘’'", max_size=200))
def test_runs_and_shingles_are_of_the_same_words(text: str) -> None:
    assert len(runs(text, 5)) == len(shingles(text))


@pytest.mark.parametrize(
    "part", ["“", '"', "‘", "“a\n", '"a\n', "‘a’b", " ‘a’a", "\n", "“a" + "\n" * 99, " “" + "a" * 1999 + "\n"]
)
def test_a_long_text_takes_no_longer_than_it_must(part: str) -> None:
    began = time.perf_counter()
    runs(part * (100_000 // len(part)))
    assert time.perf_counter() - began < 2
