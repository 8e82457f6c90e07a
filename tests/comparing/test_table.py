"""Who says what, whether that differs, and which value holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.comparing import compare_articles, side_by_side
from rag.types import Agreement, Difference
from tests.comparing.papers import paper, papers, read

HURT = "How many people were hurt in the fire?"


def told(agreement: Agreement) -> list[tuple[str, int, bool]]:
    return [(value.text, value.sources, value.superseded) for value in agreement.values]


def test_one_article_alone_is_no_table() -> None:
    one = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine")
    assert compare_articles([one], read(HURT, one), papers) is None


def test_the_same_in_other_words() -> None:
    one = paper("Herald", "2025-05-12", "Twelve people were hurt in the fire.", "Twelve")
    other = paper("Courier", "2025-05-12", "A dozen people were hurt by the flames.", "A dozen", 3.0)
    found = compare_articles([one], read(HURT, one, other), papers)
    assert found is not None
    assert (found.agreement.difference, found.decided) == (Difference.WORDING, True)
    assert told(found.agreement) == [("Twelve", 1, False), ("A dozen", 1, False)]
    assert [c.number for value in found.agreement.values for c in value.citations] == [1, 2]


def test_articles_that_say_the_same_agree() -> None:
    spans = [paper(name, "2025-05-12", f"{name}: Nine people were hurt.", "Nine") for name in ("Herald", "Courier")]
    found = compare_articles(spans, read(HURT, *spans), papers)
    assert found is not None
    assert found.agreement.difference is Difference.AGREE
    assert told(found.agreement) == [("Nine", 2, False)]


def test_one_against_one_is_undecided_and_two_against_one_is_not() -> None:
    nine = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", 6.0)
    seven = paper("Courier", "2025-05-12", "Seven people were hurt in the blaze.", "Seven", 4.0)
    also = paper("Gazette", "2025-05-12", "The fire hurt seven people.", "seven", 3.0)
    tie = compare_articles([nine], read(HURT, nine, seven), papers)
    assert tie is not None
    assert (tie.agreement.difference, tie.decided) == (Difference.CONFLICT, False)
    most = compare_articles([nine], read(HURT, nine, seven, also), papers)
    assert most is not None
    assert most.decided
    assert told(most.agreement) == [("Seven", 2, False), ("Nine", 1, False)]
    assert most.spans[0].text == "Seven"


def test_a_later_report_replaces_an_earlier_one() -> None:
    old = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", 6.0)
    new = paper("Courier", "2025-05-16", "Eleven people were hurt in the fire, the county said.", "Eleven", 4.0)
    found = compare_articles([old], read(HURT, old, new), papers)
    assert found is not None
    assert found.agreement.difference is Difference.UPDATE
    assert told(found.agreement) == [("Eleven", 1, False), ("Nine", 1, True)]
    assert found.spans[0].text == "Eleven"
    first = compare_articles([old], read(HURT, old, new), papers, oldest=True)
    assert first is not None
    assert first.spans[0].text == "Nine"
    assert told(first.agreement) == [("Nine", 1, True), ("Eleven", 1, False)]


def test_a_correction_the_next_day_replaces_and_a_mere_other_figure_does_not() -> None:
    old = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", 6.0)
    for text, difference in (
        ("Correction: seven people were hurt in the fire.", Difference.UPDATE),
        ("In all seven people were hurt in the fire.", Difference.CONFLICT),
    ):
        new = paper("Courier", "2025-05-13", text, "seven", 4.0)
        found = compare_articles([old], read(HURT, old, new), papers)
        assert found is not None
        assert found.agreement.difference is difference


def test_a_report_that_denies_the_other_figure_replaces_it() -> None:
    first = paper("Herald", "2025-05-15", "About 340 homes lost their water.", "About 340 homes")
    later = paper(
        "Courier", "2025-05-16", "The main cut off 1,340 homes, not the 340 given on Thursday.", "1,340 homes"
    )
    found = compare_articles([first], read("How many homes lost their water?", first, later), papers)
    assert found is not None
    assert found.agreement.difference is Difference.UPDATE
    assert told(found.agreement) == [("1,340 homes", 1, False), ("About 340 homes", 1, True)]


def test_a_correction_is_no_witness_of_what_it_corrects() -> None:
    first = paper("Herald", "2025-05-15", "About 340 homes lost their water.", "About 340")
    text = "Correction: Thursday's edition reported that 340 homes were without water. The correct figure is 1,340."
    later = paper("Courier", "2025-05-16", text, "340")
    assert compare_articles([first, later], read("How many homes lost their water?", first, later), papers) is None
    right = replace(later, start=text.index("1,340"), end=text.index("1,340") + 5)
    found = compare_articles([first], read("How many homes lost their water?", first, right), papers)
    assert found is not None
    assert told(found.agreement) == [("1,340", 1, False), ("About 340", 1, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Nine people were hurt, not two hours after the fair opened.",
        "Nine people were hurt. It was not two miles from the school.",
        "Nine people were hurt. The union said it was not 2 percent.",
        "Nine people were hurt in a flat that had not two exits but one.",
    ],
)
def test_another_number_that_is_denied_replaces_nothing(text: str) -> None:
    first = paper("Herald", "2025-05-15", "Two people were hurt.", "Two")
    found = compare_articles([first], read(HURT, first, paper("Courier", "2025-05-16", text, "Nine")), papers)
    assert found is not None
    assert (found.agreement.difference, found.decided) == (Difference.CONFLICT, False)


def test_what_came_after_the_time_asked_about_says_nothing_of_it() -> None:
    old = paper("Herald", "2025-05-12", "The reservoir was 58 percent full.", "58 percent", 6.0)
    new = paper("Courier", "2025-05-20", "The reservoir was 51 percent full.", "51 percent", 4.0)
    asked = read("How full was the reservoir on 12 May?", old, new)
    assert compare_articles([old], asked, papers, until="2025-05-13") is None
    assert compare_articles([old], asked, papers) is not None


def test_what_is_told_of_something_else_does_not_differ() -> None:
    text = "The ferry takes 220 passengers and 28 cars."
    first = paper("Herald", "2025-05-12", text, "220", 6.0)
    cars = paper("Courier", "2025-05-12", "There is room for 28 cars on the ferry.", "28", 5.0)
    assert compare_articles([first], read("How many passengers does the ferry take?", first, cars), papers) is None


def test_an_unsure_reader_makes_no_difference_unless_the_paper_is_asked_for() -> None:
    nine = paper("Herald", "2025-05-12", "Nine people were hurt in the fire.", "Nine", 6.0)
    seven = paper("Courier", "2025-05-12", "Seven people were hurt in the blaze.", "Seven", -3.0)
    asked = read(HURT, nine, seven)
    assert compare_articles([nine], asked, papers) is None
    found = compare_articles([nine], asked, papers, frozenset({"the courier"}))
    assert found is not None
    assert found.agreement.difference is Difference.CONFLICT


def test_a_name_that_its_report_denies_is_replaced() -> None:
    asked = "What kind of whale was it?"
    fin = paper("Herald", "2025-05-28", "It was a fin whale, the warden said.", "fin whale", 6.0)
    sei = paper(
        "Quay", "2025-06-02", "It was a sei whale and not the fin whale of the first reports.", "sei whale", 5.0
    )
    found = compare_articles([fin], read(asked, fin, sei), papers)
    assert found is not None
    assert told(found.agreement) == [("sei whale", 1, False), ("fin whale", 1, True)]


def test_a_day_of_another_event_is_left_out() -> None:
    asked = "On which day did the fair open?"
    one = paper("Herald", "2025-05-12", "The fair opened on Saturday 10 May.", "Saturday 10 May", 6.0)
    other = paper("Courier", "2025-06-12", "The fair's inquiry will open on Friday 13 June.", "Friday 13 June", 5.0)
    assert compare_articles([one], read(asked, one, other), papers) is None


def test_articles_side_by_side_are_heard_once_each() -> None:
    asked = (
        ("Herald", "undisclosed", 6.0),
        ("Courier", "low", 4.0),
        ("Gazette", "unspecified", 3.0),
        ("Quay", "x", -1.0),
    )
    spans = [paper(name, "2025-02-04", f"It is {found}, for a fee.", found, margin) for name, found, margin in asked]
    again = paper("Herald", "2025-02-04", "It is undisclosed, for a fee.", "a fee", 2.0)
    found = side_by_side([[span] for span in (*spans[:2], again, *spans[2:])], papers)
    assert found is not None
    assert (found.agreement.difference, found.decided) == (Difference.CONFLICT, True)
    assert [value.text for value in found.agreement.values] == ["undisclosed", "low", "unspecified"]
    assert side_by_side([[spans[0]], [again]], papers) is None


def test_a_bound_that_fits_two_values_makes_them_no_one_value() -> None:
    five = paper("Courier", "2025-05-12", "At least five people were hurt in the fire.", "At least five", 6.0)
    nine = paper("Gazette", "2025-05-12", "Nine people were hurt in the fire.", "Nine", 5.0)
    seven = paper("Herald", "2025-05-12", "Seven people were hurt in the fire.", "Seven", 4.0)
    found = compare_articles([five], read(HURT, five, nine, seven), papers)
    assert found is not None
    assert found.agreement.difference is Difference.CONFLICT
    assert told(found.agreement) == [("At least five", 2, False), ("Seven", 1, False)]


def test_an_amount_beside_a_day_is_compared_as_an_amount() -> None:
    one = paper("Herald", "2025-05-14", "On Monday 12 people were hurt in the fire.", "12", 6.0)
    other = paper("Courier", "2025-05-14", "On Monday 14 people were hurt in the fire.", "14", 5.0)
    found = compare_articles([one], read(HURT, one, other), papers)
    assert found is not None
    assert found.agreement.difference is Difference.CONFLICT


def test_an_undated_article_is_not_older() -> None:
    undated = paper("Quay", "", "Nine people were hurt in the fire.", "Nine", 6.0)
    new = paper("Courier", "2025-05-16", "Eleven people were hurt in the fire.", "Eleven", 4.0)
    found = compare_articles([undated], read(HURT, undated, new), papers)
    assert found is not None
    assert found.agreement.difference is Difference.CONFLICT
