"""What sort of value a question asks for, and which spans are of that sort. Pure; English.

Only what a question says outright, in its first words: an hour, a day, a year, a number. A span that is none of these
cannot answer it, and of a span that runs over two numbers the one is meant that the reader finds alone as well.
What this module does not know: how likely a span is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from rag.reading.wanted import AUXILIARY
from rag.types import Reading, Span
from rag.values.clock import clock_times
from rag.values.days import moments
from rag.values.numbers import amounts

TIGHTER = 2.0  # logits that a span within may be less likely


class Sort(StrEnum):
    """The sort of value that a question asks for."""

    HOUR = "a time of day"
    DAY = "a day"
    YEAR = "a year"
    NUMBER = "a number"


_LED = r"^\W*(?:(?:and|but|so|at|on|in|by|for|from|since|until|to|with|about|around|of|during|exactly|roughly)\s+)*"
_NOT = r"(?!-|\s(?:zone|job|care|slot|limit|trial|frame|of (?:the )?year|bonus|book)\b)"
_ASKED = tuple(
    (sort, re.compile(rf"{_LED}{pattern}{_NOT}", re.IGNORECASE))
    for sort, pattern in (
        (Sort.HOUR, r"(?:what|which) (?:time|hour)\b"),
        (Sort.YEAR, r"(?:what|which) year\b"),
        (Sort.DAY, r"(?:(?:what|which) (?:day|date|weekday)|what (?:is|was) the date)\b"),
        (Sort.NUMBER, r"(?:how many|how old|what (?:proportion|percentage|share))\b"),
    )
)
_AUXILIARY = AUXILIARY.replace(" ", "|")
_OPENED = r"^\W*(?:(?:and|but|so)\s+)?(?:(?:on|at|in|during)\s+)?"  # not "until what date", nor "to what date"
_WHEN = (  # what date, in the word that the reader has met
    (
        re.compile(
            rf"{_OPENED}(?:what|which) (?:date|day|weekday) (?=(?:{_AUXILIARY})\b(?! (?:on|in|at|of|for)\b))",
            re.IGNORECASE,
        ),
        "When ",
    ),
    (
        re.compile(r"^\W*what (was|is|will be) the date of (?=(?:the|a|an|his|her|its|their|next|this|last)\b)", re.I),
        r"When \1 ",
    ),
)
_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_RELATIVE = re.compile(r"\b(?:last|this|next|that|same) year\b|\byears? (?:ago|before|earlier|later)\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:none|no one|nobody|no|one|both|half|several|dozens|hundreds|thousands|\w*teenager)\b", re.I)


def expected(question: str) -> Sort | None:
    """Return the sort of value that a question asks for outright; None where it may be anything."""
    return next((sort for sort, pattern in _ASKED if pattern.search(question)), None)


def as_read(question: str) -> str:
    """Return a question as the reader is asked it: "On what date did it open?" is "When did it open?"."""
    for pattern, word in _WHEN:
        question = pattern.sub(word, question, count=1)
    return question


def of_sort(sort: Sort, span: Span) -> bool:
    """Return whether a span tells a value of a sort."""
    text = span.text
    if sort is Sort.HOUR:
        return bool(clock_times(text) or clock_times(f"at {text}"))
    if sort is Sort.YEAR:
        return _YEAR.search(text) is not None or _RELATIVE.search(text) is not None
    if sort is Sort.DAY:
        found = moments(text, span.hit.passage.source.published or "2000-01-01")
        return any(moment.first[:7] == moment.last[:7] or moment.relative for moment in found)  # a year is no day
    return bool(amounts(text)) or any(c.isdigit() for c in text) or _NONE.search(text) is not None


def fitting(reading: Reading) -> Reading:
    """Return a reading with the spans of the sort asked for; with all where none is, or no sort is asked for."""
    sort = expected(reading.question)
    if sort is None:
        return reading
    spans = tuple(span for span in reading.spans if of_sort(sort, span))
    if not spans:
        return reading
    return replace(reading, spans=_tight(spans) if sort is Sort.NUMBER else spans)


def _tight(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Leave out spans over several numbers that hold one of nearly their margin over a single one."""
    single = [span for span in spans if len(amounts(span.text)) == 1]
    return tuple(span for span in spans if len(amounts(span.text)) < 2 or not any(_within(one, span) for one in single))


def _within(one: Span, span: Span) -> bool:
    same = one.hit.passage.passage_id == span.hit.passage.passage_id
    return same and span.start <= one.start and one.end <= span.end and one.margin >= span.margin - TIGHTER
