"""Days and counts in words."""

from __future__ import annotations

from datetime import date

import pytest

from rag.wording import MONTHS, count, day_of, month_of, name_all, tell_day


def test_a_day_is_told_whatever_the_time() -> None:
    assert (tell_day("2025-02-04"), tell_day("2025-11-30T23:59")) == ("4 February 2025", "30 November 2025")
    assert day_of(date(1999, 12, 1)) == "1 December 1999"
    assert [month_of(date(2025, month, 1)) for month in range(1, 13)] == list(MONTHS)


@pytest.mark.parametrize("other", ["", "spring 2025", "2025-13-01", "2025"])
def test_what_is_no_day_stays(other: str) -> None:
    assert tell_day(other) == other


def test_counts() -> None:
    assert [count(n, "source") for n in (0, 1, 2, 1200)] == ["0 sources", "1 source", "2 sources", "1,200 sources"]


def test_several_things_on_one_line() -> None:
    assert name_all(["a boat", "two oars"]) == "a boat, two oars"
    assert name_all(["The fee is low.", "“It is not said.”"]) == "The fee is low. “It is not said.”"
    assert name_all(["9 a.m.", "5 p.m."]) == "9 a.m., 5 p.m."
