"""One value in many words, values that fit each other, and values that differ."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values.relation import Relation, relation, same_value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a dozen", "12"),
        ("a dozen fire engines", "12 engines"),
        ("two and a half million pounds", "£2.5m"),
        ("£2.5 million", "£2.5m"),
        ("£1,250,000", "£1.25m"),
        ("30 months", "two and a half years"),
        ("a year", "12 months"),
        ("five-year", "five year"),
        ("four in five", "80 percent"),
        ("four fifths", "80 per cent"),
        ("two-thirds", "two thirds"),
        ("two in three", "two thirds"),
        ("half past six", "6.30pm"),
        ("half past six", "18:30"),
        ("6.30pm", "18:30"),
        ("8:15", "20:15"),
        ("11.59pm", "23:59"),
        ("3.42", "03:42"),
        ("six", "6pm"),
        ("noon", "12:00"),
        ("14 metres", "14"),
        ("14 feet", "14"),
        ("75F", "75"),
        ("20-year-old", "20"),
        ("aged 61", "61 years old"),
        ("1,340 homes", "1,340"),
        ("half a million", "500,000"),
        ("minus five", "-5"),
        ("32 men and 11 women", "thirty-two men, eleven women"),
        ("about 400", "some 400"),
        ("1.6 metres", "160cm"),
    ],
)
def test_one_value_in_other_words(one: str, other: str) -> None:
    assert relation(one, other) is relation(other, one) is Relation.SAME
    assert same_value(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("almost 2,000", "1,970"),
        ("nearly 2,000", "1,970"),
        ("some 600", "600 people"),
        ("more than 5,000", "5,214 signatures"),
        ("at least five", "seven"),
        ("as many as 850", "830"),
        ("about 14 metres", "14.2 metres"),
        ("some 20 feet", "six metres"),
        ("131 feet", "40 metres"),
        ("six feet", "1.83 metres"),
        ("24C", "75F"),
        ("just over £400,000", "£410,000"),
        ("a third", "33 percent"),
        ("a third", "33.3%"),
        ("two thirds", "67 percent"),
        ("two in three", "67 percent"),
        ("about a quarter", "24%"),
        ("fewer than 80 votes", "73"),
        ("hundreds of people", "350 passengers"),
        ("dozens", "40"),
        ("30 days", "a month"),
        ("shortly after six", "6.10pm"),
        ("five or more people", "8 people"),
        ("more than 5,000", "more than 5,200"),
    ],
)
def test_a_rounder_way_to_put_it_fits(one: str, other: str) -> None:
    assert relation(one, other) is relation(other, one) is Relation.FITS
    assert same_value(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("340", "1,340"),
        ("5,200", "5,214"),
        ("seven", "nine"),
        ("118 passengers", "131 people"),
        ("two men", "three men"),
        ("more than 100", "300"),
        ("about 550", "about 400"),
        ("at least 10", "at least 14"),
        ("£1.2 million", "almost £2 million"),
        ("£41,000", "£46,500"),
        ("1.6 metres", "two metres"),
        ("six metres", "30 feet"),
        ("900 metres", "1 km"),
        ("18 months", "two years"),
        ("24C", "26C"),
        ("a third", "40 percent"),
        ("half", "two thirds"),
        ("5", "-5"),
        ("1.20am", "1.50am"),
        ("6am", "18:00"),
        ("ten to twelve", "ten past twelve"),
        ("a 20-year-old", "a 30-year-old"),
        ("20 metres", "14"),
    ],
)
def test_values_that_differ(one: str, other: str) -> None:
    assert relation(one, other) is relation(other, one) is Relation.DIFFERS
    assert not same_value(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("two men", "two women"),
        ("two men", "three women"),
        ("12 people", "12 containers"),
        ("20-year-old", "20 people"),
        ("20 years old", "20 years"),
        ("£5", "$5"),
        ("£9.5 million", "a quarter"),
        ("14 metres", "14 kilograms"),
        ("half", "120"),
        ("3 February", "3 March"),
        ("1998", "2001"),
        ("6.30pm", "six people"),
        ("32 men and 11 women", "43"),
        ("32 men and 11 women", "32 men and 12 women"),
        ("Ilse Marrable", "12"),
        ("a third passenger", "33 percent"),
        ("First Minister", "one"),
        ("two, said the owner of the boat that had been lost in the gale", "two"),
        ("", "3"),
        ("", ""),
    ],
)
def test_what_cannot_be_compared(one: str, other: str) -> None:
    assert relation(one, other) is relation(other, one) is Relation.OTHER
    assert not same_value(one, other)


def test_the_sentence_of_an_answer_bounds_it() -> None:
    assert relation("2,000", "1,970") is Relation.DIFFERS
    assert relation("2,000", "1,970", one_context="It drew nearly 2,000 runners.") is Relation.FITS
    assert relation("1,970", "2,000", other_context="It drew nearly 2,000 runners.") is Relation.FITS


def test_the_sentence_of_an_answer_tells_its_unit_and_hour() -> None:
    assert relation("20", "six metres", one_context="It fell some 20 feet.") is Relation.FITS
    assert relation("5", "5", one_context="It cost £5.", other_context="It cost $5.") is Relation.OTHER
    there = {"one_context": "It came at half past six in the evening."}
    assert relation("half past six", "6.30am", **there) is Relation.DIFFERS
    assert relation("half past six", "6.30am") is Relation.SAME


def test_a_sentence_does_not_lend_its_noun() -> None:
    assert relation("two", "two", one_context="Two men died.", other_context="Two women died.") is Relation.SAME


@pytest.mark.parametrize("piece", [" ", "1", "1, ", "half past ", "at least "])
def test_long_answers_take_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begun = time.perf_counter()
    relation(text, f"5{text}", one_context=text)
    assert time.perf_counter() - begun < 30


_WORDS = (
    "two 2 about nearly half past six 6.30pm noon £ % 20 feet metres men people and or more a third \n \ud800 old 75F"
)
ANSWERS = st.one_of(st.text(), st.lists(st.sampled_from(_WORDS.split(" ")), max_size=6).map(" ".join))


@given(ANSWERS, ANSWERS)
def test_the_relation_is_mutual(one: str, other: str) -> None:
    assert relation(one, other) is relation(other, one)


@given(ANSWERS)
def test_an_answer_is_no_other_value_than_itself(answer: str) -> None:
    assert relation(answer, answer) in (Relation.SAME, Relation.OTHER)
    assert relation(answer, answer, one_context=answer, other_context=answer) in (Relation.SAME, Relation.OTHER)
