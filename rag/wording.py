"""Days and counts as people write them: one wording for terminal, page, files and the reasons of silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


_QUOTES = "”\"’'"
FEWEST = 4  # words of a sentence; "9 a.m." is none


def tell_day(published: str) -> str:
    """Return the day of an ISO date or date and time: "4 February 2025"; what is none as it stands."""
    try:
        return day_of(date.fromisoformat(published[:10]))
    except ValueError:
        return published


def day_of(on: date) -> str:
    """Return "4 February 2025"."""
    return f"{on.day} {month_of(on)} {on.year}"


def month_of(on: date) -> str:
    """Return the English name of a day's month, whatever the locale."""
    return MONTHS[on.month - 1]


def count(number: int, noun: str) -> str:
    """Return "1 article", "1,200 articles"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def name_all(texts: Sequence[str]) -> str:
    """Return several things as one line: "a boat, two oars", but whole sentences side by side."""
    sentences = all(len(text.split()) >= FEWEST and text.rstrip(_QUOTES)[-1:] in tuple(".?!") for text in texts)
    return (" " if sentences else ", ").join(texts)
