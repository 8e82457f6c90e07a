"""A span as a value that an article tells, and how two of these stand to each other. Pure.

Amounts and times of day are compared in rag.values.relation, days here, all else by its words. What this module does
not know: which spans answer one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rag.reading.agreement import same_answer
from rag.text import sentence_at
from rag.types import Passage, Span
from rag.values.clock import clock_times
from rag.values.days import Moment, moments, when
from rag.values.numbers import Amount, amounts, bounded_span
from rag.values.relation import Relation, relation

LARGEST = 6.0  # times one figure for a thing may be another for it; what is further apart is told of something else


@dataclass(frozen=True, slots=True)
class Told:
    """A value with its sentence: what a span tells, or what else its passage does.

    text: the value alone, with the words that bound an amount. shown: the span widened by these. moment: the day it
    means, if it means one. noun: what is counted, as its sentence has it, "" if nothing is.
    """

    text: str
    shown: str
    sentence: str
    moment: Moment | None
    noun: str


def told(span: Span) -> Told:
    """Return what a span tells."""
    passage = span.hit.passage
    return _told(passage.text, passage.source.published, span.start - passage.start, span.end - passage.start)


@lru_cache(maxsize=4096)
def _told(text: str, published: str | None, start: int, end: int) -> Told:
    first, last = sentence_at(text, start, end)
    sentence = text[first:last]
    moment = when(text, start, end, published)
    clocks = [one for one in clock_times(sentence) if one.start < end - first and start - first < one.end]
    counted = [one for one in amounts(sentence) if one.start < end - first and start - first < one.end]
    if moment and not clocks and any(not _inside(one, moment, first) for one in counted):
        moment = None  # "12" of "On Monday 12 people were hurt"
    begin, stop = start, end
    if len(clocks) == 1:
        begin, stop = first + clocks[0].start, first + clocks[0].end
    elif moment is not None:
        begin, stop = max(first, moment.start), min(last, moment.end)
    else:
        begin, stop = bounded_span(text, start, end)
        begin, stop = max(first, begin), min(last, stop)
    shown = text[start:end] if moment else text[min(start, begin) : max(end, stop)]
    return Told(text[begin:stop], shown, sentence, moment, counted[0].of if len(counted) == 1 else "")


def _inside(amount: Amount, moment: Moment, first: int) -> bool:
    """Whether an amount of a sentence that begins at `first` is part of the words that name a day."""
    return moment.start <= first + amount.start and first + amount.end <= moment.end


def is_time(value: Told) -> bool:
    """Whether a value is a time of day or a day."""
    return value.moment is not None or bool(clock_times(value.text))


def is_value(value: Told) -> bool:
    """Whether a value is an amount or a time, which two articles may tell differently and mean the same thing."""
    return is_time(value) or bool(amounts(value.text))


@lru_cache(maxsize=512)
def values_in(passage: Passage) -> tuple[Told, ...]:
    """Return every amount, time and day that a passage tells, in order of kind and place."""
    text, published = passage.text, passage.source.published
    places = [(one.start, one.end) for one in amounts(text)]
    places += [(one.start, one.end) for one in clock_times(text)]
    places += [(one.start, one.end) for one in moments(text, published)]
    return tuple(_told(text, published, start, end) for start, end in places)


def compare(one: Told, other: Told) -> Relation:
    """Return how two values stand to each other; OTHER where they cannot be compared."""
    if one.moment and other.moment and not (clock_times(one.text) and clock_times(other.text)):
        return _days(one.moment, other.moment)
    found = relation(one.text, other.text, one_context=one.sentence, other_context=other.sentence)
    if found in (Relation.DIFFERS, Relation.FITS) and not _of_one_size(one.text, other.text):
        return Relation.OTHER
    if found is Relation.OTHER and same_answer(one.text, other.text):
        return Relation.SAME
    if found is Relation.DIFFERS and one.noun != other.noun and one.noun and other.noun:
        return relation(f"2 {one.noun}s", f"3 {other.noun}s")  # OTHER where the nouns are not of one kind
    return found


def _of_one_size(one: str, other: str) -> bool:
    """Whether two amounts may be told of one thing; times are, and what is no single amount."""
    numbers = [abs(amount.number) for text in (one, other) for amount in amounts(text)]
    return len(numbers) != 2 or max(numbers) <= LARGEST * min(numbers)


def _days(one: Moment, other: Moment) -> Relation:
    """Days differ where both are days, or both longer, and share none; a day in a year or week fits it."""
    if (one.first, one.last) == (other.first, other.last):
        return Relation.SAME
    if max(one.first, other.first) <= min(one.last, other.last):
        return Relation.FITS
    alike = (one.first == one.last) == (other.first == other.last)
    return Relation.DIFFERS if alike else Relation.OTHER
