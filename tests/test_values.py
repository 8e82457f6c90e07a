"""One value in many words, and values that differ."""

from __future__ import annotations

import pytest

from rag.values import Relation, bound_before, clock, compare, quantity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a dozen fire engines", "12 engines"),
        ("thirty months", "two and a half years"),
        ("30 months", "Thirty months"),
        ("£38 million", "£38m"),
        ("1,340 homes", "1,340"),
        ("forty-three migrants", "43"),
        ("03:42", "3.42am"),
        ("1.20am", "1:20 a.m."),
        ("half past six", "6.30pm"),
        ("noon", "12:00"),
        ("a quarter", "25 percent"),
        ("two hundred thousand", "200,000"),
        ("£2.5m", "two and a half million pounds"),
        ("a third", "33.333333333333336 per cent"),
        ("half a dozen", "six"),
        ("one million", "a million"),
    ],
)
def test_one_value_in_other_words(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Relation.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("more than 5,000", "5,214 signatures"),
        ("5,200", "5,214"),
        ("more than £86,000", "£86,400"),
        ("at least five", "seven"),
        ("at least five", "nine"),
        ("almost £2 million", "£1.97 million"),
        ("nearly 2,000", "1,970"),
        ("about £1.2 million", "£1.2 million"),
        ("just over 38 per cent", "38.4 percent"),
        ("fewer than 80 votes", "73"),
        ("about a quarter", "24%"),
        ("up to 60", "52"),
        ("five or more people", "8 people"),
    ],
)
def test_a_rounder_way_to_put_it_fits(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Relation.FITS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("340", "1,340"),
        ("seven", "nine"),
        ("about 400", "more than 700"),
        ("about 550", "about 400"),
        ("some 40 flats", "some 46 households"),
        ("£1.2 million", "almost £2 million"),
        ("eleven minutes", "25 minutes"),
        ("1.20am", "1.50am"),
        ("32 minutes", "35 minutes"),
        ("£500", "£750"),
        ("two years", "three years"),
        ("more than 100", "300"),
    ],
)
def test_values_that_differ(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Relation.DIFFERS


@pytest.mark.parametrize(
    ("one", "other"), [("Ilse Marrable", "12"), ("£9.5 million", "a quarter"), ("", "3"), ("32 men and 11 women", "43")]
)
def test_what_cannot_be_compared(one: str, other: str) -> None:
    assert compare(one, other) is compare(other, one) is Relation.OTHER


def test_times_of_day() -> None:
    assert [clock(text) for text in ("11:15", "3.20pm", "midnight", "a quarter to nine", "12.05am", "at 6.30")] == [
        675, 920, 0, 525, 5, 390,
    ]  # fmt: skip
    assert [clock(text) for text in ("6.30", "£3.20", "2025", "nine minutes")] == [None] * 4


def test_amounts() -> None:
    assert quantity("nobody") is quantity("between 5 and 9") is None
    found = quantity("at least five people")
    assert found is not None
    assert (found.number, found.least, found.exact) == (5, 5, False)


def test_the_words_that_bound_an_amount_are_found_before_it() -> None:
    assert [bound_before(text) for text in ("hurt at least ", "it was just over ", "the 12 boats of ", "")] == [
        "at least ", "just over ", "", "",
    ]  # fmt: skip
