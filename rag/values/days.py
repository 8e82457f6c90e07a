"""Days that a text tells, resolved against the day of its article: "on Tuesday" of 14 May 2025 is 13 May.

The habits of news: a bare weekday is the latest one, the article's own day included, or the coming one where the clause
looks ahead; "last" and "next" with a weekday skip the two days beside the article's own; a date without its year is the
nearest one; "the day before" counts from the time told before it. What this module does not know: time zones, clock
times, and events ("the Friday before the fire" tells no day).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.values.almanac import Range
from rag.values.clock import clock_times
from rag.values.phrases import phrases
from rag.values.resolving import Place, resolve

_REACH = 600  # characters back to the time that "the day before" counts from
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d")
_ABSOLUTE = frozenset({"iso", "numeric", "year", "century", "decade"})
_FROM_ANCHOR = frozenset({"apart", "beside"})
_JOINT = re.compile(r"\s?,?\s?(?:(?:at|of|in the|the)\s)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A phrase that names a time, text[start:end], and its days.

    first, last: ISO days, both inclusive; equal for a day. relative: the article's day is needed to know them.
    """

    start: int
    end: int
    first: str
    last: str
    relative: bool


def moments(text: str, published: str | None) -> tuple[Moment, ...]:
    """Return the phrases of a text that name a time, in order; without the article's day only those that need none."""
    return _moments(text, iso_day(published))


def when(text: str, start: int, end: int, published: str | None) -> Moment | None:
    """Return the moment that text[start:end] holds or is part of, or that follows its clock time, else None."""
    best: Moment | None = None
    for moment in moments(text, published):
        if moment.start < end and start < moment.end:
            shared = min(moment.end, end) - max(moment.start, start)
            if best is None or shared > min(best.end, end) - max(best.start, start):
                best = moment
    return best or _beside(text, start, end, moments(text, published))


def _beside(text: str, start: int, end: int, found: Iterable[Moment]) -> Moment | None:
    """Return the moment that stands right beside a clock time: "7.40" in "7.40 on Thursday morning"."""
    if not (_CLOCK.fullmatch(text[start:end]) or clock_times(text[start:end])):
        return None
    for moment in found:
        gap = text[end : moment.start] if moment.start >= end else text[moment.end : start]
        if len(gap) < 12 and _JOINT.fullmatch(gap):
            return moment
    return None


def iso_day(published: str | None) -> date | None:
    """Return the day of "2025-05-14" or "2025-05-14T09:52", or None for anything else."""
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _moments(text: str, day: date | None) -> tuple[Moment, ...]:
    found: list[Moment] = []
    anchor: Range | None = None
    for kind, match in phrases(text):
        last = found[-1] if found and match.start() - found[-1].end <= _REACH else None
        days = resolve(kind, match, Place(text, day, anchor if last else None))
        if days is not None:
            relative = last.relative if last and kind in _FROM_ANCHOR else _needs_day(kind, match)
            found.append(Moment(*match.span(), days[0].isoformat(), days[1].isoformat(), relative))
            anchor = days
    return tuple(found)


def _needs_day(kind: str, match: re.Match[str]) -> bool:
    return kind not in _ABSOLUTE and not match.groupdict().get("y")
