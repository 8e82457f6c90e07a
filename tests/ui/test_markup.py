from __future__ import annotations

import html
import time

import pytest

from rag.reading.rule import Measured
from tests.ui.page import INJECTIONS, NO_LINKS, Page
from ui.markup import (
    MAX_NAME,
    cut,
    describe_confidence,
    describe_day,
    describe_filters,
    escape,
    is_link,
    measured_in_words,
    printable,
)
from ui.turns import Filters

HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b\x7f\x85\ud800\ufffe\U0001ffff"


@pytest.mark.parametrize("text", INJECTIONS)
def test_escaped_text_is_itself_between_tags_and_in_an_attribute(text: str) -> None:
    escaped = escape(text)
    assert not set("<>\"'\n\t") & set(escaped)
    assert html.unescape(escaped) == text
    page = Page(f'<p title="{escaped}">{escaped}</p>').check()
    assert (page.tags, page.text) == ([("p", {"title": text})], text)


def test_direction_and_control_characters_are_shown_not_obeyed() -> None:
    assert escape(f"a{HIDDEN}b") == printable(f"a{HIDDEN}b") == "a" + "\ufffd" * len(HIDDEN) + "b"
    assert escape("a\n\tb") == "a&#10;&#9;b"
    assert printable("a\n\tb <i>") == "a\n\tb <i>"
    assert escape("👩‍🚒 ילד é 日本") == "👩‍🚒 ילד é 日本"


@pytest.mark.parametrize("place", NO_LINKS)
def test_what_is_no_plain_web_address_is_no_link(place: str) -> None:
    assert not is_link(place)


def test_a_plain_web_address_is_a_link() -> None:
    assert is_link("https://courier.example/a?b=1&c=2#d")
    assert is_link("HTTP://127.0.0.1:8000/")


def test_what_is_cut_says_so() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert cut("a  bcd", 4) == "a…"


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "very likely (over 99%)"), (0.9949, "very likely (99%)"), (0.8, "very likely (80%)"),
        (0.79, "likely (79%)"), (0.5, "likely (50%)"), (0.49, "uncertain (49%)"), (0.0, "uncertain (0%)"),
    ],
)  # fmt: skip
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert describe_confidence(confidence) == words


def test_how_often_such_answers_were_right() -> None:
    measured = {"likely": Measured(120, 0.634)}
    assert measured_in_words(0.6, measured) == "Of 120 answers called “likely” when it was tried, 63% were right."
    assert measured_in_words(0.9, measured) == ""


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2025-02-04", "4 February 2025"),
        ("2025-02-04T09:52", "4 February 2025, 09:52"),
        ("spring 2025", "spring 2025"),
        ("", ""),
        ("2025-13-45", "2025-13-45"),
    ],
)
def test_days_as_people_write_them(published: str, shown: str) -> None:
    assert describe_day(published) == shown


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), ""),
        (Filters(("The Herald", "The Courier")), "The Herald, The Courier"),
        (Filters((), "2025-02-04"), "from 4 February 2025"),
        (Filters((), "", "2025-02-28"), "until 28 February 2025"),
        (
            Filters(("The Herald",), "2025-02-04", "2025-02-28"),
            "The Herald from 4 February 2025 until 28 February 2025",
        ),
        (Filters(("x" * 100,), "soon"), "x" * (MAX_NAME - 1) + "… from soon"),
    ],
)
def test_filters_in_words(filters: Filters, shown: str) -> None:
    assert describe_filters(filters) == shown


def test_an_endless_text_is_described_at_once() -> None:
    long = "x" * 5_000_000
    began = time.perf_counter()
    assert not is_link(f"https://good.example/{long}")
    assert len(describe_day(long)) == MAX_NAME
    assert len(describe_filters(Filters((long,), long, long))) < 300
    assert len(cut(long, 200)) == 200
    assert time.perf_counter() - began < 1
