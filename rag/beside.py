"""What stands beside an answer: as of when, what its relative dates mean, and whose words it is. Pure.

What this module does not know: how the answer was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.speaker import claimed, speaker_of
from rag.types import Citation, Hit, Passage, Resolved, Span
from rag.values.days import moments

_YEAR = re.compile(r"\d{4}")
MOST = 5  # citations whose dates are looked at


def as_of(citations: Sequence[Citation]) -> str | None:
    """Return the ISO day of the newest citation; None where no article has a date."""
    return max((c.source.published[:10] for c in citations if c.source.published), default=None)


def resolved_dates(citations: Sequence[Citation], hits: Sequence[Hit]) -> tuple[Resolved, ...]:
    """Return the dates in the quotes that only the article's day makes plain, and the days that they mean."""
    found = []
    for citation in citations[:MOST]:
        text, offset = _around(citation, hits)
        for moment in moments(text, citation.source.published):
            start, end = offset + moment.start, offset + moment.end
            words = text[moment.start : moment.end]
            plain = _YEAR.search(words) is not None and not moment.relative
            if not plain and citation.start <= start and end <= citation.end:
                found.append(Resolved(citation.number, words, moment.first, moment.last))
    return tuple(found)


def speaker(span: Span) -> str | None:
    """Return who says what a span tells, verbatim, where its sentence tells it as somebody's words."""
    passage = span.hit.passage
    start, end = span.start - passage.start, span.end - passage.start
    if not claimed(passage.text, start, end):
        return None
    place = speaker_of(passage.text, start, end)
    if place is None or (place[0] < end and start < place[1]):  # who is asked for is the speaker
        return None
    name = passage.text[place[0] : place[1]]
    return None if name.startswith(("a ", "an ", "A ", "An ")) else name  # "a brewery" tells a reader nothing


def _around(citation: Citation, hits: Sequence[Hit]) -> tuple[str, int]:
    """Return the passage that a citation was taken from, and where it begins: "the day before" counts from it."""
    for hit in hits:
        if _holds(hit.passage, citation):
            return hit.passage.text, hit.passage.start
    return citation.quote, citation.start


def _holds(passage: Passage, citation: Citation) -> bool:
    same = passage.source.article_id == citation.source.article_id
    return same and passage.start <= citation.start and citation.end <= passage.end
