"""A span as a value, and how two stand to each other."""

from __future__ import annotations

import pytest

from rag.comparing.told import compare, told, values_in
from rag.values.relation import Relation
from tests.comparing.papers import paper


@pytest.mark.parametrize(
    ("text", "found", "value", "shown"),
    [
        ("Nearly 2,000 people ran.", "2,000", "Nearly 2,000", "Nearly 2,000"),
        ("It stopped at half past two.", "two", "half past two", "half past two"),
        ("He was found at 7.40 on Thursday morning.", "7.40 on Thursday", "7.40", "7.40 on Thursday"),
        ("Ada Baker won.", "Ada Baker", "Ada Baker", "Ada Baker"),
    ],
)
def test_a_value_is_widened_to_what_bounds_it(text: str, found: str, value: str, shown: str) -> None:
    one = told(paper("Herald", "2025-05-16", text, found))
    assert (one.text, one.shown) == (value, shown)
    assert one.shown in one.sentence


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (("It opened on Tuesday.", "Tuesday"), ("It opened on 13 May.", "13 May"), Relation.SAME),
        (("It opened in May.", "May"), ("It opened on 13 May.", "13 May"), Relation.FITS),
        (("It opened on Monday.", "Monday"), ("It opened on 13 May.", "13 May"), Relation.DIFFERS),
        (("It was shut at noon.", "noon"), ("It was shut at 12.30pm.", "12.30pm"), Relation.DIFFERS),
        (("Two men ran.", "Two"), ("Three women ran.", "Three"), Relation.OTHER),
        (("It cost £500.", "£500"), ("It cost £38,000.", "£38,000"), Relation.OTHER),
        (("At least five people fled.", "At least five"), ("Seven people fled.", "Seven"), Relation.FITS),
        (("At least five people fled.", "At least five"), ("Sixty people came.", "Sixty"), Relation.OTHER),
        (("Ada Baker won.", "Ada Baker"), ("Mrs Baker won.", "Baker"), Relation.SAME),
        (("Ada Baker won.", "Ada Baker"), ("Ann Roper won.", "Ann Roper"), Relation.OTHER),
    ],
)
def test_how_two_values_stand(one: tuple[str, str], other: tuple[str, str], relation: Relation) -> None:
    a, b = (told(paper(name, "2025-05-16", *each)) for name, each in (("Herald", one), ("Courier", other)))
    assert compare(a, b) is relation
    assert compare(b, a) is relation


def test_all_values_of_a_passage() -> None:
    passage = paper("Herald", "2025-05-16", "On Thursday a total of 31 boats left at noon.", "31").hit.passage
    assert {value.text for value in values_in(passage)} >= {"31", "noon"}
