"""Reads for a question only what can change its answer; the rest is left unread.

The lower a passage was found, the surer the reader must be of words in it for the rule to tell them, and no reading on
trial was ever surer than the rule's ceiling, a measured number and no law. So first those passages are read that could
be answered from alone; then those whose words could say the same as what was found in these, since passages that agree
are one candidate, with the best margin and the best retrieval of them. As far as the ceiling holds, what stays unread
could neither have been the answer, nor an alternative, nor a further source of either. The closest passage that is
shown beside silence is the closest of those read.
How much that spares is the reader's: two thirds of what was found with that of 2026-11-25, nothing with today's, which
is surer of words found low down, unless `deciding.threshold` is about 0.9 or more.
What this module does not know: how a passage is read, and how the ceiling was measured (rag.training.decision).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.protocols import Reader
from rag.reading.agreement import SUPPORT_WITHIN, group
from rag.reading.evidence import asks_yes_no, scaled
from rag.reading.rule import Rule
from rag.text import answer_key
from rag.types import Hit, Reading, Span


def read_sparingly(reader: Reader, rule: Rule, asked: str, question: str, hits: Sequence[Hit]) -> Reading:
    """Read for a question what can change its answer.

    asked: the question that the answer will be for, where it is not the one to read with (see rag.followup).
    Everything is read where the rule has no ceiling.
    """
    if rule.ceiling is None or rule.weights.get("margin", 0.0) <= 0:
        return reader.read(question, hits)
    bound = _Bound(rule, rule.ceiling, float(asks_yes_no(asked)), scaled(hits))
    first = [hit for hit in hits if bound.can_win(hit)] or list(hits[:1])
    reading = reader.read(question, first)
    found = [_Words.of(span, bound.near(span.hit)) for span in reading.spans]
    for spans in group(reading.spans):
        found.append(_Words.of(spans[0], max(bound.near(span.hit) for span in spans)))
    seen = {hit.passage.passage_id for hit in first}
    rest = [hit for hit in hits if hit.passage.passage_id not in seen]
    more = [hit for hit in rest if bound.can_join(hit, found)]
    if more:
        reading = _merged(reading, reader.read(question, more))
        seen |= {hit.passage.passage_id for hit in more}
    unread = tuple(hit for hit in rest if hit.passage.passage_id not in seen)
    return replace(reading, hits=tuple(hits), unread=unread)


@dataclass(frozen=True, slots=True)
class _Words:
    """A span that was read, and what a text must hold to say the same: all its numbers, half its words in a row.

    retrieval: of its passage, or the best of those that say the same.
    """

    margin: float
    retrieval: float
    numbers: frozenset[str]
    halves: tuple[str, ...]

    @classmethod
    def of(cls, span: Span, retrieval: float) -> _Words:
        words = answer_key(span.text).split()
        width = (len(words) + 1) // 2
        halves = dict.fromkeys(f" {' '.join(words[i : i + width])} " for i in range(len(words) - width + 1))
        return cls(span.margin, retrieval, frozenset(word for word in words if word[0].isdigit()), tuple(halves))

    def may_stand_in(self, key: str, words: frozenset[str]) -> bool:
        """Whether a text may say the same as agreement.same_answer means it. key: its words with spaces around."""
        return self.numbers <= words and any(half in key for half in self.halves)


@dataclass(frozen=True, slots=True)
class _Bound:
    """What an unread passage can reach. retrieval: of every hit, by passage, 0..1."""

    rule: Rule
    ceiling: tuple[float, float]
    polar: float
    retrieval: dict[str, float]

    def can_win(self, hit: Hit) -> bool:
        """Whether words of a passage could be told for themselves."""
        return self._passes(self._most(hit), self.near(hit))

    def can_join(self, hit: Hit, found: Sequence[_Words]) -> bool:
        """Whether words of a passage could be one candidate with words found elsewhere, and that one be told."""
        key = f" {answer_key(hit.passage.text)} "
        words = frozenset(key.split())
        return any(self._could_tell(one, hit) and one.may_stand_in(key, words) for one in found)

    def near(self, hit: Hit) -> float:
        """Return the retrieval of a hit, 0..1."""
        return self.retrieval[hit.passage.passage_id]

    def _could_tell(self, found: _Words, hit: Hit) -> bool:
        """Whether a span together with one of a passage could be told: the surer of both stands for the candidate."""
        most = self._most(hit)
        if self._passes(found.margin, found.retrieval):  # it is told already; the passage could be a further source
            return found.margin - most <= SUPPORT_WITHIN
        needed = min(most, found.margin + SUPPORT_WITHIN)  # surer by more than that, and the span does not support it
        return self._passes(needed, found.retrieval)

    def _most(self, hit: Hit) -> float:
        return self.ceiling[0] + self.ceiling[1] * self.near(hit)

    def _passes(self, margin: float, retrieval: float) -> bool:
        return self.rule.passes({"margin": margin, "retrieval": retrieval, "polar": self.polar})


def _merged(one: Reading, other: Reading) -> Reading:
    spans = sorted((*one.spans, *other.spans), key=lambda span: span.order)
    return Reading(one.question, one.hits + other.hits, tuple(spans), min(one.null_score, other.null_score))
