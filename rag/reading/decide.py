"""A Reading → an Answer: which candidate, how sure, who else says it, or silence. Pure: no model, no file.

Spans that say the same are one candidate (agreement.py); its features (evidence.py) go into the Rule. A quote is always
the whole sentence around a span, cut from the passage, so it is verbatim. A Yes or No is never said: the sentence that
proves it is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.evidence import asks_yes_no, candidates
from rag.reading.rule import Rule
from rag.text import answer_key, sentence_at
from rag.types import SAID_NOTHING, Alternative, Answer, Citation, Reading, Reason, Span

MAX_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible answer: its spans (best first), its features by name, and the rule's confidence in it."""

    spans: tuple[Span, ...]
    features: dict[str, float]
    confidence: float

    @property
    def best(self) -> Span:
        """The span that is shown."""
        return self.spans[0]


def decide(reading: Reading, rule: Rule) -> Answer:
    """Return the answer that the rule prefers, or abstain with the closest passage."""
    candidates = rate(reading, rule)
    if not candidates:
        return abstain(reading.question, Reason.NOTHING_RELEVANT)
    if candidates[0].confidence < rule.threshold:
        return abstain(reading.question, Reason.NO_ANSWER, candidates[0])
    return tell(reading.question, candidates, rule.threshold)


def tell(question: str, candidates: Sequence[Candidate], threshold: float) -> Answer:
    """Return the first candidate as the answer, and what else reaches the threshold as alternatives."""
    first = candidates[0]
    citations = cite(first)
    proven = asks_yes_no(question)
    others = _others(candidates, threshold, proven)
    return Answer(
        question=question,
        text=citations[0].quote if proven else first.best.text,
        abstained=False,
        reason=None,
        confidence=first.confidence,
        sentence=citations[0].quote,
        citations=citations,
        alternatives=tuple(_alternative(c, proven) for c in others),
    )


def rate(reading: Reading, rule: Rule) -> list[Candidate]:
    """Return every candidate of a reading, most trusted first, ties by margin and place."""
    rated = [Candidate(spans, features, rule.confidence(features)) for spans, features in candidates(reading)]
    return sorted(rated, key=lambda c: (-c.confidence, -c.best.margin, c.best.hit.passage.passage_id, c.best.start))


def cite(candidate: Candidate) -> tuple[Citation, ...]:
    """Return one citation for each article that gives the answer, best first: the whole sentence around the span."""
    by_article: dict[str, Span] = {}
    for span in candidate.spans:
        by_article.setdefault(span.hit.passage.source.article_id, span)
    return tuple(cite_span(number, span) for number, span in enumerate(by_article.values(), start=1))


def cite_span(number: int, span: Span) -> Citation:
    """Return a citation of the whole sentence around a span."""
    passage = span.hit.passage
    start, end = sentence_at(passage.text, span.start - passage.start, span.end - passage.start)
    return Citation(number, passage.source, passage.text[start:end], passage.start + start, passage.start + end)


def _alternative(candidate: Candidate, proven: bool) -> Alternative:
    citations = cite(candidate)
    sentence = citations[0].quote
    return Alternative(sentence if proven else candidate.best.text, candidate.confidence, sentence, citations)


def abstain(question: str, reason: Reason, closest: Candidate | None = None) -> Answer:
    """Return silence, with the closest passage beside it."""
    shown = (cite_span(1, closest.best),) if closest else ()
    return Answer(
        question=question,
        text=SAID_NOTHING,
        abstained=True,
        reason=str(reason),
        confidence=closest.confidence if closest else 0.0,
        sentence=shown[0].quote if shown else "",
        citations=shown,
    )


def _others(candidates: Sequence[Candidate], threshold: float, proven: bool) -> list[Candidate]:
    """Return what else is trusted and is neither part of what is shown already nor says the same in more words.

    proven: sentences are shown, so none of them twice.
    """
    shown = [candidates[0]]
    for candidate in candidates[1:]:
        if candidate.confidence >= threshold and not any(_repeats(candidate, other, proven) for other in shown):
            shown.append(candidate)
    return shown[1 : MAX_ALTERNATIVES + 1]


def _repeats(one: Candidate, other: Candidate, proven: bool) -> bool:
    if proven and answer_key(cite_span(1, one.best).quote) == answer_key(cite_span(1, other.best).quote):
        return True
    if any(_overlap(a, b) for a in one.spans for b in other.spans):
        return True
    words, others = answer_key(one.best.text).split(), answer_key(other.best.text).split()
    return set(words) <= set(others) or set(others) <= set(words)


def _overlap(one: Span, other: Span) -> bool:
    same = one.hit.passage.source.article_id == other.hit.passage.source.article_id
    return same and one.start < other.end and other.start < one.end
