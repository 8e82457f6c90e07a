"""What each article says on a question, beside the answer that is preferred. Pure.

Only articles of the same matter are heard, and those that the question names. One agrees when it tells the preferred
value, however written, near where the reader looked; it differs when the reader is sure enough of another value of the
same kind there, which the preferred answer's own articles do not tell of something else.
What this module does not know: which value holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.comparing.cues import denies, mentions, tells_change
from rag.comparing.matter import SAME_MATTER, Matters, Weight
from rag.comparing.told import Told, compare, told, values_in
from rag.reading.evidence import points
from rag.text import terms, words
from rag.types import Passage, Reading, Span
from rag.values.clock import clock_times
from rag.values.relation import Relation

# Chosen on the 351 tuning questions (2026-11-28): 16 of 31 tables right, and 7 differences told where none is labelled.
AGREES = -6.0  # logits over no answer from which an article that holds the value is taken to say so
FITS = 0.0  # the same where its value only fits: "hundreds" fits much
NAMES = 3.0  # where the value is no amount or time, and so another one may answer something else
# Chosen on those and 653 answers told to questions on held-out events (a script not kept): of other values of the same
# kind in other articles, 35 that answer are let in of 45, and 27 that are not marked as answers (before 29 and 28).
DIFFERS = -1.5  # logits from which another value counts
SURE = 2.0  # logits from which a bare number, a day or an hour counts whatever its sentence says
# Share of the question's words in the sentence of another day or hour, for every article tells some.
DAY_OVERLAP, HOUR_OVERLAP = 0.5, 0.3
LOOKED_AT = 12  # spans of an article


@dataclass(frozen=True, slots=True)
class Voice:
    """What one article says: a span, what it tells, and how that stands to the preferred answer."""

    span: Span
    told: Told
    relation: Relation

    @property
    def article_id(self) -> str:
        """The article."""
        return self.span.hit.passage.source.article_id

    @property
    def published(self) -> str:
        """The day of the article, "" if unknown."""
        return (self.span.hit.passage.source.published or "")[:10]


def voices(
    preferred: Sequence[Span],
    reading: Reading,
    named: frozenset[str] = frozenset(),
    until: str | None = None,
    weight: Weight = lambda _: 1.0,
) -> list[Voice]:
    """Return a voice for each article that gives a value, those of the preferred spans first, else best margin first.

    named: publishers, in small letters, whom the question asks for by name; their own best value counts however unsure
    the reader is. until: ISO day after which an article says nothing of the time asked about. weight: how telling a
    term is, by which matters are told apart.
    """
    best: dict[str, Span] = {}
    for place, span in enumerate(preferred):
        text = span.hit.passage.text
        if place == 0 or not (denies(text, preferred[0].text) or denies(text, span.text)):
            best.setdefault(span.hit.passage.source.article_id, span)
    found = [Voice(span, told(span), Relation.SAME) for span in best.values()]
    first = found[0].told
    passages: dict[str, list[Passage]] = {}
    for hit in reading.hits:
        passages.setdefault(hit.passage.source.article_id, []).append(hit.passage)
    own = [passage for article in best for passage in passages.get(article, ())]
    matters = Matters((hit.passage for hit in reading.hits), weight)
    others: dict[str, list[Span]] = {}
    for span in reading.spans:
        article = span.hit.passage.source.article_id
        if article not in best and not (until and (span.hit.passage.source.published or "")[:10] > until):
            others.setdefault(article, []).append(span)
    for article, spans in others.items():
        asked_for = (spans[0].hit.passage.source.publisher or "").casefold() in named
        if not asked_for and matters.shared(article, [*best]) < SAME_MATTER:
            continue
        looked = spans[:LOOKED_AT]
        voice = _agreeing(first, looked, passages[article]) or _differing(
            first, looked, own, reading.question, AGREES if asked_for else DIFFERS
        )
        if voice is not None:
            found.append(voice)
    return found


def _agreeing(first: Told, spans: Iterable[Span], passages: Sequence[Passage]) -> Voice | None:
    if any(denies(passage.text, first.text) for passage in passages):
        return None
    for span in spans:
        if span.margin < AGREES:
            return None
        value = told(span)
        if any(denies(passage.text, value.text) for passage in passages):
            return None
        relation = compare(first, value)
        if relation is Relation.SAME and (span.margin >= FITS or _tell(passages, first)):
            return Voice(span, value, relation)
        if relation is Relation.FITS and span.margin >= FITS:
            return Voice(span, value, relation)
    return None


def _differing(first: Told, spans: Iterable[Span], own: Sequence[Passage], question: str, least: float) -> Voice | None:
    """Return the best other value of the same kind, if the reader is as sure of it as `least`."""
    for span in spans:
        if span.margin < least:
            return None
        value = told(span)
        relation = compare(first, value)
        bare = bool(first.noun) and not value.noun and value.text.isdigit()  # "46" where persons are counted
        placed = span.margin >= SURE or (not bare and _on_the_day(value, question))
        if relation is Relation.DIFFERS and placed and not _told_of_else(value, first, own):
            return Voice(span, value, relation)
        if relation is Relation.OTHER and _replaces(span, value, first, question):
            return Voice(span, value, Relation.DIFFERS)
    return None


def _tell(passages: Iterable[Passage], value: Told) -> bool:
    """Whether passages tell a value, however written, wherever it stands in them."""
    return any(compare(value, other) is Relation.SAME for passage in passages for other in values_in(passage))


def _told_of_else(value: Told, first: Told, own: Iterable[Passage]) -> bool:
    """Whether the preferred answer's articles tell this value too, and so of something else."""
    others = (other for passage in own for other in values_in(passage) if other.text != first.text)
    return any(compare(value, other) is Relation.SAME for other in others)


def _on_the_day(value: Told, question: str) -> bool:
    """Whether a sentence that tells another day or hour is about what is asked."""
    hour = bool(clock_times(value.text))
    if value.moment is None and not hour:
        return True
    asked = set(terms(question))
    return len(asked & set(terms(value.sentence))) >= (HOUR_OVERLAP if hour else DAY_OVERLAP) * len(asked)


def _replaces(span: Span, value: Told, first: Told, question: str) -> bool:
    """Whether words that are no amount stand in the place of the preferred ones, as their report says."""
    if span.margin < NAMES or points(value.text) or set(words(value.text)) <= set(words(question)):
        return False
    text = span.hit.passage.text
    if denies(text, first.text):
        return True
    return mentions(text, first.text) and tells_change(text) and value.text[:1].isupper() == first.text[:1].isupper()
