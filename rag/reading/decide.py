"""A Reading → an Answer: which candidate, how sure, who else says it, or silence. Pure: no model, no file.

Candidates that say the same (equal words, or one within the other) from several passages form one group; its features
go into the Rule. A quote is always the whole sentence around a span, cut from the passage, so it is verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.reading.rule import Rule
from rag.text import answer_key, sentence_at
from rag.types import SAID_NOTHING, Alternative, Answer, Citation, Hit, Reading, Reason, Span

MAX_ALTERNATIVES = 3
# A further source is cited when its span is at most this many logits below the group's best: e^-6 is 1 in 400.
SUPPORT_WITHIN = 6.0
# Words that turn a meaning when they are added to an answer: denial, amount, direction, another office or time.
_TURNING = """
no not never none nobody nor neither non without un anti ex former formerly vice deputy acting interim assistant
hundred thousand million billion trillion dozen half quarter third percent per cent pence pounds dollars euros
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety least most more fewer less over under than only
north south east west northern southern eastern western central upper lower new old before after until since
"""
TURNING = frozenset(_TURNING.split())
_SIGN = re.compile(r"[£$€¥%]|(?<![\w-])[-−](?=\d)|\bper ?cent\b", re.IGNORECASE)


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
        return _abstain(reading, Reason.NOTHING_FOUND)
    first = candidates[0]
    if first.confidence < rule.threshold:
        return _abstain(reading, Reason.NO_ANSWER, first)
    citations = cite(first)
    others = _others(candidates, rule.threshold)
    return Answer(
        question=reading.question,
        text=first.best.text,
        abstained=False,
        reason=None,
        confidence=first.confidence,
        sentence=citations[0].quote,
        citations=citations,
        alternatives=tuple(_alternative(c) for c in others),
    )


def rate(reading: Reading, rule: Rule) -> list[Candidate]:
    """Return every candidate of a reading, most trusted first, ties by margin and place."""
    retrieval = _scaled(reading.hits)
    rated = []
    for spans in group(reading.spans):
        features = _features(spans, retrieval)
        rated.append(Candidate(spans, features, rule.confidence(features)))
    return sorted(rated, key=lambda c: (-c.confidence, -c.best.margin, c.best.hit.passage.passage_id, c.best.start))


def group(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Put spans that say the same together; spans and groups stay in order of margin.

    The best span of a group stands for it. A passage gives a group only its best span, and no span joins a group
    that is much likelier than itself.
    """
    groups: list[list[Span]] = []
    said: list[_Said] = []  # what each group says
    for span in spans:
        says = _Said.of(span.text)
        home = next((members for members, other in zip(groups, said, strict=True) if says.same(other)), None)
        if home is None:
            groups.append([span])
            said.append(says)
        elif home[0].margin - span.margin <= SUPPORT_WITHIN and all(
            span.hit.passage.passage_id != member.hit.passage.passage_id for member in home
        ):
            home.append(span)
    return [tuple(members) for members in groups]


def same_answer(one: str, other: str) -> bool:
    """Whether two answers say the same: equal words, or the shorter within the longer and at least half of it.

    Numbers and the signs of money, share and minus must agree, and what the longer adds must not turn the meaning:
    "43" and "43 migrants" are one, and "Rubio" and "Marco Rubio"; not "guilty" and "not guilty", "£40" and "$40",
    "2" and "2 million", "Korea" and "North Korea".
    """
    return _Said.of(one).same(_Said.of(other))


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer taken apart once, since every span is compared with every group."""

    words: list[str]
    numbers: list[str]
    signs: frozenset[str]

    @classmethod
    def of(cls, answer: str) -> _Said:
        words = answer_key(answer).split()
        signs = frozenset(sign.lower() for sign in _SIGN.findall(answer))
        return cls(words, [word for word in words if word[0].isdigit()], signs)

    def same(self, other: _Said) -> bool:
        if self.numbers != other.numbers or self.signs != other.signs:
            return False
        short, long = sorted((self.words, other.words), key=len)
        if short == long:
            return bool(short)
        width = len(short)
        if 2 * width < len(long) or not any(long[i : i + width] == short for i in range(len(long) - width + 1)):
            return False
        return not (Counter(long) - Counter(short)).keys() & TURNING


def cite(candidate: Candidate) -> tuple[Citation, ...]:
    """Return one citation for each article that gives the answer, best first: the whole sentence around the span."""
    by_article: dict[str, Span] = {}
    for span in candidate.spans:
        by_article.setdefault(span.hit.passage.source.article_id, span)
    return tuple(_citation(number, span) for number, span in enumerate(by_article.values(), start=1))


def _features(spans: Sequence[Span], retrieval: Mapping[str, float]) -> dict[str, float]:
    """Return the best margin (logits) and the best retrieval score (0..1 among the passages read)."""
    return {
        "margin": spans[0].margin,
        "retrieval": max(retrieval[span.hit.passage.passage_id] for span in spans),
    }


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Return each passage's score scaled to 0..1 among those read, so that no retriever's own scale matters."""
    low = min((hit.score for hit in hits), default=0.0)
    high = max((hit.score for hit in hits), default=0.0)
    width = high - low
    return {hit.passage.passage_id: (hit.score - low) / width if width > 0 else 1.0 for hit in hits}


def _citation(number: int, span: Span) -> Citation:
    passage = span.hit.passage
    start, end = sentence_at(passage.text, span.start - passage.start, span.end - passage.start)
    return Citation(number, passage.source, passage.text[start:end], passage.start + start, passage.start + end)


def _alternative(candidate: Candidate) -> Alternative:
    citations = cite(candidate)
    return Alternative(candidate.best.text, candidate.confidence, citations[0].quote, citations)


def _abstain(reading: Reading, reason: Reason, closest: Candidate | None = None) -> Answer:
    shown = (_citation(1, closest.best),) if closest else ()
    return Answer(
        question=reading.question,
        text=SAID_NOTHING,
        abstained=True,
        reason=str(reason),
        confidence=closest.confidence if closest else 0.0,
        sentence=shown[0].quote if shown else "",
        citations=shown,
    )


def _others(candidates: Sequence[Candidate], threshold: float) -> list[Candidate]:
    """Return what else is trusted and is neither part of what is shown already nor says the same in more words."""
    shown = [candidates[0]]
    for candidate in candidates[1:]:
        if candidate.confidence >= threshold and not any(_repeats(candidate, other) for other in shown):
            shown.append(candidate)
    return shown[1 : MAX_ALTERNATIVES + 1]


def _repeats(one: Candidate, other: Candidate) -> bool:
    if any(_overlap(a, b) for a in one.spans for b in other.spans):
        return True
    words, others = answer_key(one.best.text).split(), answer_key(other.best.text).split()
    return set(words) <= set(others) or set(others) <= set(words)


def _overlap(one: Span, other: Span) -> bool:
    same = one.hit.passage.source.article_id == other.hit.passage.source.article_id
    return same and one.start < other.end and other.start < one.end
