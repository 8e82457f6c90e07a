"""The time that a question speaks of, and whether it asks for the first or the latest word on a matter.

"How full was the reservoir on 10 June?" is about one day, "as of 30 May" about what was known by then. A date that is
asked for ("In which year ...") is no such time, nor are two to choose from ("in 2017 or in 2018"), one that another is
measured by ("more than in 2019"), or a year that names a thing ("the 2016 election"). What this module does not know:
the articles, and what day it is; the caller says the newest article's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rag.values.days import Moment, iso_day, moments

_NAMES = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september"
    r"|october|november|december"
)
_LOWER = re.compile(  # "on monday"; may and march only where they can be nothing else
    rf"\b(?:{_NAMES})\b|\b(?:may|march)(?= \d)|(?<=\d )(?:may|march)\b|(?<=\d(?:st|nd|rd|th) )(?:may|march)\b"
    r"|(?<=\bin )(?:may|march)\b(?! (?:i|we|you|they|he|she|be)\b)|(?<=\b(?:last|next) )(?:may|march)\b"
)
_AS_OF = re.compile(r"\b(?:as (?:of|at|on)|by|until|till|up to)\s(?:the\s)?$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|prior to|ahead of|earlier than)\s(?:the\s)?$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|from)\s(?:the\s)?$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|following|later than)\s(?:the\s)?$", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?P<word>before|after|since)\s[^,;:?]*$", re.IGNORECASE)  # "before it joined in 2017"
_BETWEEN = re.compile(r"\b(?:from|between)\s(?:the\s)?$", re.IGNORECASE)
_TO = re.compile(r"\s?(?:to|and|until|till|through|[-–])\s?(?:the\s)?")
_OR = re.compile(r",?\s(?:or|vs\.?|versus)\s(?:(?:in|on|at|the)\s)*")
_MEASURE = re.compile(r"\b(?:than|(?:compared|comparison) (?:with|to))\s(?:(?:in|on|at|the)\s)*$", re.IGNORECASE)
_BARE_YEAR = re.compile(r"\d{4}")
_LED = re.compile(
    r"\b(?:in|since|from|of|until|till|by|before|after|during|for|throughout|between|and|to|around|through)\s$", re.I
)

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|most up-to-date|up-to-date|up to date|at present|at the moment|right now|nowadays"
    r"|so far|to date|as things stand|currently|presently|these days|as it stands)\b"
    r"|\bcurrent\b(?! (?:affairs|accounts?)\b)|\bnow\b(?! (?:that|for)\b)",
    re.IGNORECASE,
)
_NOT_LATEST = re.compile(
    r"\b(?:electric|electrical|ocean|sea|tidal|river|strong|direct|alternating|rip|until|by|from|before|till|apocalypse"
    r"|fashionably)\s$",
    re.IGNORECASE,
)
_TELLING = (
    r"reported|thought|said|given|announced|estimated|believed|told|named|suspected|stated|claimed|described|put|feared"
    r"|quoted|blamed|understood|assumed|expected|forecast|published|issued|revealed|confirmed|counted|identified|hoped"
)
_ACCOUNT = r"(?:reports?|accounts?|estimates?|figures?|counts?|versions?|tolls?|claims?|statements?|tally|announcement)"
_FIRST = re.compile(
    rf"\b(?:at first(?! (?:sight|glance|hand|light|base|instance)\b)|originally|initially|to begin with|early on"
    rf"|first (?:{_TELLING})\b(?! as\b)|(?:first|earliest|initial|original) (?:\w+ )?{_ACCOUNT}\b)",
    re.IGNORECASE,
)


class Relation(StrEnum):
    """How the matter of a question stands to the time it names."""

    ON = "on"  # at that time
    AS_OF = "as_of"  # what was known by then
    BEFORE = "before"
    AFTER = "after"


class Order(StrEnum):
    """Which of several reports a question wants."""

    LATEST = "latest"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a question is about.

    first, last: ISO days, both inclusive, None where open. words: the time as the question has it.
    """

    first: str | None
    last: str | None
    words: str
    relation: Relation


def period(question: str, today: str | None) -> Period | None:
    """Return the time that a question speaks of, or None.

    today: the newest article's day, from which "last week" and dates without a year count; without it only whole dates
    are understood.
    """
    told = _LOWER.sub(lambda match: match.group().capitalize(), question)
    found = [moment for moment in moments(told, today) if _speaks(told, moment)]
    if not found:
        return None
    one, words = found[0], question[found[0].start : found[0].end]
    if len(found) > 1:
        between = told[one.end : found[1].start]
        if _OR.fullmatch(between):
            return None
        if _BETWEEN.search(told, 0, one.start) and _TO.fullmatch(between):
            return Period(one.first, found[1].last, question[one.start : found[1].end], Relation.ON)
    return _related(told[: one.start], one, words, today)


def _related(before: str, one: Moment, words: str, today: str | None) -> Period:
    """Return the period that a moment and the words before it make."""
    first, last = date.fromisoformat(one.first), date.fromisoformat(one.last)
    if _AS_OF.search(before):
        now = iso_day(today)
        ahead = now is not None and first > now  # a deadline, not the state of a day
        return Period(None, one.last, words, Relation.BEFORE if ahead else Relation.AS_OF)
    if _BEFORE.search(before):
        return Period(None, _shifted(first, -1), words, Relation.BEFORE)
    if _SINCE.search(before):
        return Period(one.first, None, words, Relation.AFTER)
    if _AFTER.search(before):
        return Period(_shifted(last, 1), None, words, Relation.AFTER)
    if clause := _CLAUSE.search(before):
        if clause["word"].lower() == "before":
            return Period(None, one.last, words, Relation.BEFORE)
        return Period(one.first, None, words, Relation.AFTER)
    return Period(one.first, one.last, words, Relation.ON)


def _shifted(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _speaks(question: str, moment: Moment) -> bool:
    """Tell a time that the question is about from one that it measures by, or that names a thing."""
    before, words = question[: moment.start], question[moment.start : moment.end]
    if _MEASURE.search(before):
        return False
    return not _BARE_YEAR.fullmatch(words) or _LED.search(before) is not None


def order(question: str) -> Order | None:
    """Return whether a question asks for the latest word on its matter, or for the first, or None for neither."""
    if _FIRST.search(question):
        return Order.FIRST
    for match in _LATEST.finditer(question):
        if not _NOT_LATEST.search(question, max(0, match.start() - 20), match.start()):
            return Order.LATEST
    return None
