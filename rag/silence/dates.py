"""Whether a question is about a time of which the articles do not tell.

It is when no article was published then or soon after, and no passage found tells of that time and of the matter asked
about. What this module does not know: how a date is read (rag.values).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rag.silence.archive import Archive
from rag.silence.opposites import light
from rag.text import sentence_spans, terms
from rag.types import Hit

if TYPE_CHECKING:  # reading dates is slow to import
    from rag.values.days import Moment
    from rag.values.period import Period

_DATED = re.compile(r"\d|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
LATE = 7  # days after an event in which news still tells of it
SHARED = 0.4  # of the weight of a question's words that a sentence must share to be of its matter
OWN = 0.15  # of it that the sentence itself must share
WIDER = 2  # times the days asked about: what tells of a longer time does not tell of these


def outside(question: str, hits: Sequence[Hit], archive: Archive) -> Period | None:
    """Return the time that a question is about when the articles do not cover it, else None.

    "Last week" is never such a time: who asks may ask on any day.
    """
    from rag.values.period import period

    first, last = archive.first_day, archive.last_day
    asked = period(question, last)
    if asked is None or not _DATED.search(asked.words) or first is None or last is None:
        return None
    begins, ends = asked.first or "0001-01-01", asked.last or "9999-12-31"
    if archive.published(begins, _later(ends, LATE)):
        return None
    return None if _told(question, asked, begins, ends, hits, archive) else asked


def _told(question: str, asked: Period, begins: str, ends: str, hits: Sequence[Hit], archive: Archive) -> bool:
    """Return whether a sentence found tells of that time and shares enough words with the question."""
    from rag.values.days import moments

    stems = set(terms(question.replace(asked.words, " "))) - light()
    worth = {stem: archive.weight(stem) for stem in stems}
    for hit in hits:
        text, source = hit.passage.text, hit.passage.source
        title = before = set(terms(source.title))
        for start, end in sentence_spans(text):
            held = set(terms(text[start:end]))
            if _same_matter(worth, held, before) and any(
                _of(moment, begins, ends) for moment in moments(text[start:end], source.published)
            ):
                return True
            before = title | held
    return False


def _same_matter(worth: dict[str, float], held: set[str], around: set[str]) -> bool:
    """Return whether a sentence shares enough with a question; its title and the sentence before count half."""
    own = sum(worth[stem] for stem in worth.keys() & held)
    beside = sum(worth[stem] for stem in (worth.keys() & around) - held)
    total = sum(worth.values())
    return own > OWN * total and own + beside / 2 >= SHARED * total


def _of(moment: Moment, begins: str, ends: str) -> bool:
    """Return whether a moment is of the days asked about: inside them, or holding them and not much longer."""
    if begins <= moment.first and moment.last <= ends:
        return True
    holds = moment.first <= begins and ends <= moment.last
    return holds and _days(moment.first, moment.last) <= WIDER * _days(begins, ends)


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def _later(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return day
