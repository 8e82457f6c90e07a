"""Numbers of another fate or measure are no likely answers; nothing else is touched."""

from __future__ import annotations

import pytest

from rag.reading.measures import asked_measure
from rag.reading.plausible import UNLIKE, plausible
from rag.values.units import CURRENCIES, LENGTH, MASS, SHARE, TIME
from tests.comparing.papers import paper, read

CRASH = "Two people were killed and 11 were taken to hospital when a coach with 38 on board left the road on Sunday."
WHALE = "The whale, about 14 metres long and of some 30 tonnes, lay there for 20 hours, as it had in 1987."


def test_a_number_of_another_fate_is_no_likely_answer() -> None:
    aboard = paper("Herald", "2025-05-26", CRASH, "38", 4.0)
    dead = paper("Courier", "2025-05-26", CRASH, "Two people", 1.0)
    found = plausible(read("How many people were killed?", aboard, dead))
    assert [(span.text, span.margin) for span in found.spans] == [("Two people", 1.0), ("38", UNLIKE)]


def test_all_stay_where_nothing_is_asked_for_outright() -> None:
    reading = read("How many people were there?", paper("Herald", "2025-05-26", CRASH, "38", 4.0))
    assert plausible(reading) is reading


def test_what_is_unlikely_anyway_is_made_no_likelier() -> None:
    [span] = plausible(read("How many died?", paper("Herald", "2025-05-26", CRASH, "38", -9.0))).spans
    assert span.margin == -9.0


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("How heavy was the whale?", {MASS}),
        ("What is the weight of the whale?", {MASS}),
        ("How much did it weigh?", {MASS}),
        ("What was the height of the mast?", {LENGTH}),
        ("How deep did the boat lie?", {LENGTH}),
        ("How deep in debt was he?", None),
        ("How long was it?", {LENGTH, TIME}),
        ("How long ago was it?", None),
        ("What is the entry fee?", CURRENCIES | {SHARE}),
        ("What is the price of a ticket?", CURRENCIES),
        ("How much did it cost?", None),
        ("Who lifts weights?", None),
        ("How heavy was the rain?", None),
        ("How heavy was the fine?", None),
        ("What weighed on the company's profits?", None),
        ("How strong were the winds at the height of the storm?", None),
        ("How deep were the cuts?", None),
        ("How deeply did they cut spending?", None),
        ("How wide was the margin of victory?", None),
        ("How far over budget was it?", None),
        ("How far did the shares fall?", None),
        ("What salary increase were the nurses offered?", None),
        ("What percentage of the price is tax?", None),
    ],
)
def test_the_units_that_may_answer(question: str, units: set[str] | None) -> None:
    assert asked_measure(question) == units


def test_pounds_may_be_a_weight() -> None:
    bear = paper("Herald", "2025-05-28", "The bear was of 400 pounds.", "400 pounds", 4.0)
    assert plausible(read("How heavy was the bear?", bear)).spans[0].margin == 4.0


@pytest.mark.parametrize(
    ("question", "likely"),
    [
        ("How heavy was the whale?", {"some 30 tonnes", "1987"}),
        ("How long was the whale?", {"about 14 metres", "20 hours", "1987"}),
        ("What was the price of the whale?", {"1987"}),
    ],
)
def test_an_amount_in_other_units_is_no_likely_answer(question: str, likely: set[str]) -> None:
    found = ("about 14 metres", "some 30 tonnes", "20 hours", "1987")
    spans = [paper(f"Paper {n}", "2025-05-28", WHALE, text, 4.0) for n, text in enumerate(found)]
    judged = plausible(read(question, *spans)).spans
    assert {span.text for span in judged if span.margin > 0} == likely
