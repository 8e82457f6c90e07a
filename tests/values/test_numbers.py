"""Amounts in words and digits, what bounds them, what they count, and numbers that are none."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values.numbers import Amount, amounts, bounded_span

YEAR = 365.25


def numbers(text: str) -> list[float]:
    return [amount.number for amount in amounts(text)]


def only(text: str) -> Amount:
    (amount,) = amounts(text)
    return amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("5,214", 5214),
        ("1,00,000", 100_000),
        ("2.7", 2.7),
        ("forty-three", 43),
        ("forty three", 43),
        ("a hundred", 100),
        ("two hundred and five", 205),
        ("eleven hundred", 1100),
        ("one hundred and five thousand", 105_000),
        ("two thousand three hundred", 2300),
        ("three million, no more", 3e6),
        ("two hundred thousand", 200_000),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a dozen", 6),
        ("half a million", 500_000),
        ("three quarters of a million", 750_000),
        ("two and a half million", 2.5e6),
        ("a million and a half", 1.5e6),
        ("2½ million", 2.5e6),
        ("3 1/2 million", 3.5e6),
        ("two point five million", 2.5e6),
        ("250 thousand", 250_000),
        ("1.5bn", 1.5e9),
        ("minus five", -5),
        ("-5", -5),
        ("−5", -5),
    ],
)
def test_cardinals(text: str, number: float) -> None:
    assert numbers(text) == pytest.approx([number])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("twenty\nThree", [20, 3]),
        ("one hundred\nand five", [100, 5]),
        ("one hundred and five hundred", [100, 500]),
        ("two million and three million", [2e6, 3e6]),
        ("twenty and three", [20, 3]),
        ("one, two, three", [2, 3]),
        ("five, ten", [5, 10]),
    ],
)
def test_numbers_that_stand_apart_are_not_merged(text: str, found: list[float]) -> None:
    assert [number for number in numbers(text) if number != 1] == found


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("£2.5m", 2.5e6, "£"),
        ("£2.5 million", 2.5e6, "£"),
        ("two and a half million pounds", 2.5e6, "£"),
        ("a £1.1bn plan", 1.1e9, "£"),
        ("50p", 0.5, "£"),
        ("$1.2 billion", 1.2e9, "$"),
        ("US$5", 5, "$"),
        ("NZ$150,000", 150_000, "NZ$"),
        ("20 Australian dollars", 20, "A$"),
        ("86 cents", 0.86, "$"),
        ("33%", 33, "%"),
        ("33 per cent", 33, "%"),
        ("rose by 1.15 percent", 1.15, "%"),
        ("10 percentage points", 10, "percentage points"),
        ("two thirds", 200 / 3, "%"),
        ("two-thirds", 200 / 3, "%"),
        ("a third of them", 100 / 3, "%"),
        ("four fifths", 80, "%"),
        ("four in five", 80, "%"),
        ("one-in-three", 100 / 3, "%"),
        ("nine out of 10 voters", 90, "%"),
        ("a quarter", 25, "%"),
        ("three quarters", 75, "%"),
        ("half of the members", 50, "%"),
        ("fell by half", 50, "%"),
        ("30 months", 2.5 * YEAR, "days"),
        ("two and a half years", 2.5 * YEAR, "days"),
        ("a five-year plan", 5 * YEAR, "days"),
        ("five year", 5 * YEAR, "days"),
        ("half an hour", 1 / 48, "days"),
        ("an hour and a half", 1.5 / 24, "days"),
        ("two hours and ten minutes", 130 / 1440, "days"),
        ("for a year", YEAR, "days"),
        ("14 metres", 14, "metres"),
        ("1.8m tall", 1.8, "metres"),
        ("5ft 10in", 70 * 0.0254, "metres"),
        ("a 10km run", 10_000, "metres"),
        ("131 feet", 131 * 0.3048, "metres"),
        ("200 square miles", 200 * 1609.344**2, "square metres"),
        ("30 miles an hour", 30 * 1.609344, "km/h"),
        ("300kg", 300_000, "grams"),
        ("20 pounds of flour", 20 * 453.592, "grams"),
        ("24C", 24, "°C"),
        ("75F", 43 / 1.8, "°C"),
        ("75 degrees", 43 / 1.8, "°C"),
        ("24 degrees", 24, "°C"),
        ("-5C", -5, "°C"),
        ("a 20-year-old", 20, "years old"),
        ("20 years old", 20, "years old"),
        ("18-month-old twins", 1.5, "years old"),
        ("aged 61", 61, "years old"),
        ("Ann Sallow, 61, said", 61, "years old"),
        ("1.8m people", 1.8e6, ""),
        ("£1.8m", 1.8e6, "£"),
    ],
)
def test_units(text: str, number: float, unit: str) -> None:
    amount = only(text)
    assert (amount.number, amount.unit) == (pytest.approx(number), unit)
    assert amount.exact


@pytest.mark.parametrize(
    ("text", "words", "least", "most"),
    [
        ("almost 2,000", "almost 2,000", 1800, 2000),
        ("some 600 people", "some 600", 550, 650),
        ("about 14 metres", "about 14 metres", 13.3, 14.7),
        ("more than 5,000", "more than 5,000", 5000, 7500),
        ("at least five", "at least five", 5, math.inf),
        ("five or more", "five or more", 5, math.inf),
        ("five people or more", "five people or more", 5, math.inf),
        ("as many as 90", "as many as 90", 81, 90),
        ("no more than 90", "no more than 90", 0, 90),
        ("fewer than 90", "fewer than 90", 60, 90),
        ("just over £400,000", "just over £400,000", 400_000, 420_000),
        ("nearly half the voters", "nearly half", 45, 50),
        ("60-odd", "60-odd", 55, 65),
        ("hundreds of people", "hundreds", 200, 1000),
        ("dozens", "dozens", 24, 120),
        ("minus dozens", "minus dozens", -120, -24),
        ("tens of thousands", "tens of thousands", 20_000, 100_000),
        ("several hundred", "several hundred", 200, 1000),
        ("almost -5C", "almost -5C", -5, -4.5),
    ],
)
def test_what_the_wording_leaves_open(text: str, words: str, least: float, most: float) -> None:
    amount = only(text)
    assert text[amount.start : amount.end] == words
    assert (amount.least, amount.most) == (pytest.approx(least), pytest.approx(most))
    assert not amount.exact


def test_a_bound_does_not_cross_a_line() -> None:
    assert only("more than\n5,000").exact


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("118 passengers", "passenger"),
        ("43 deported migrants", "migrant"),
        ("a dozen fire engines", "engine"),
        ("two of its members", "member"),
        ("600 people", "person"),
        ("two men", "man"),
        ("three bodies", "body"),
        ("one man", "man"),
        ("a 12-man crew", "man"),
        ("600 were moved", ""),
        ("12\nmen", ""),
        ("three in all", ""),
    ],
)
def test_the_noun_that_is_counted(text: str, noun: str) -> None:
    assert only(text).of == noun


@pytest.mark.parametrize(
    "text",
    [
        "in 2013",
        "the 1990s",
        "since 1998, it",
        "3 February",
        "February 3",
        "Feb. 3, 2024",
        "3 and 4 March",
        "Monday 12",
        "in his 20s",
        "at 6.30pm",
        "half past six",
        "6-8pm",
        "First Minister",
        "a third term",
        "a third passenger",
        "finished third",
        "the twenty-first",
        "the 21st",
        "a quarter-final",
        "the half marathon",
        "the second half",
        "one of the men",
        "no one",
        "this one",
        "one day",
        "a one-off",
        "£ and %",
        "MH370",
        "the Tokyo 2021 Olympic Games",
        "a .213 average",
        "A$AP",
        "Covid-19",
        "24/7",
        "2024-02-03",
        "192.168.1.1",
        "call 555-014-4896",
        "the Sept. 2-12 festival",
        "No. 10",
        "Game 6",
        "a row over 2020",
        "007",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert amounts(text) == ()


def test_four_digits_with_what_they_count_are_no_year() -> None:
    assert numbers("It killed 1500 people; more than 2000 fled.") == [1500, 2000]


def test_what_is_paid_for_a_unit_is_no_amount_of_it() -> None:
    assert [(a.number, a.unit) for a in amounts("It costs £5 an hour, £30 a week.")] == [(5, "£"), (30, "£")]


def test_both_ends_of_a_range_have_unit_and_scale() -> None:
    assert [(a.number, a.unit) for a in amounts("seven to 14 days")] == [(7, "days"), (14, "days")]
    assert [(a.number, a.unit) for a in amounts("$5-10 million")] == [(5e6, "$"), (10e6, "$")]
    assert [a.of for a in amounts("between 5 and 10 people")] == ["person", "person"]
    assert [a.number for a in amounts("5 to 6 degrees F")] == pytest.approx([-15, -26 / 1.8])
    assert numbers("five and three million") == [5, 3e6]


@pytest.mark.parametrize(
    ("text", "span", "widened"),
    [
        ("It drew nearly 2,000 runners.", "2,000", "nearly 2,000"),
        ("It drew nearly 2,000 runners.", "2,000 runners", "nearly 2,000 runners"),
        ("It drew nearly 2,000 runners.", "runners", "runners"),
        ("with five or more cases", "five", "five or more"),
        ("at least five died", "five", "at least five"),
        ("at least five died", "at least five", "at least five"),
        ("about Paris", "Paris", "Paris"),
        ("It cost £12m or so.", "12", "12"),
        ("It cost £12m or so.", "£12m", "£12m or so"),
    ],
)
def test_a_span_takes_the_words_that_bound_it(text: str, span: str, widened: str) -> None:
    start = text.index(span)
    first, last = bounded_span(text, start, start + len(span))
    assert text[first:last] == widened


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "1",
        "1,",
        "11,",
        "111,",
        "5 million ",
        "tens of ",
        "square ",
        "one ",
        "and a half ",
        "a ",
        "\n",
        "5-",
        "½",
        "-",
        "in ",
    ],
)
def test_long_text_takes_linear_time(piece: str) -> None:
    text = "5 " + piece * (100_000 // len(piece)) + "!"
    begun = time.perf_counter()
    amounts(text)
    assert time.perf_counter() - begun < 20


_WORDS = (
    "one two twenty hundred thousand million dozen half third thirds quarter and a an of in to 5 2013 1,200 2.5 1/2 ½ "
    "£ $ % US m km feet years year-old old minutes February about nearly at least or more - − \n people men , . C F "
    "degrees square point dozens tens per cent aged \ud800 é"
)
WORDS = st.sampled_from(_WORDS.split(" "))
TEXTS = st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join))


@given(TEXTS)
def test_no_text_is_too_odd(text: str) -> None:
    last = 0
    for found in amounts(text):
        assert last <= found.start < found.end <= len(text)
        assert found.least <= found.most
        assert not math.isnan(found.least + found.number)
        assert "\n" not in text[found.start : found.end]
        last = found.end


@given(TEXTS, st.integers(0, 50), st.integers(1, 20))
def test_a_widened_span_holds_the_span(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    first, last = bounded_span(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
