"""What the assistant says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.types.cited import Citation, IndependentSource
from rag.types.sense import Agreement, Resolved, Silence, Value

SAID_NOTHING = "The articles do not say."
NO_AGREEMENT = "The articles do not agree."  # one source against one, with their table
# Least confidence for a word, best first; what the terminal and the page say.
LIKELIHOOD = ((0.8, "very likely"), (0.5, "likely"), (0.0, "uncertain"))


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that the articles support less."""

    text: str
    confidence: float
    sentence: str
    citations: tuple[Citation, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the same keys as an Answer uses for them."""
        return {
            "text": self.text,
            "confidence": self.confidence,
            "sentence": self.sentence,
            "citations": [c.to_json() for c in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says.

    text: verbatim from the articles; when abstained `SAID_NOTHING` or `NO_AGREEMENT`. sentence: the whole sentence
    (verbatim) that it stands in. citations: every place that gives the same answer, best first, each quoting its own.
    When abstained, reason is set, and sentence and the single citation show the closest passage, which is *not* an
    answer; both are empty when nothing was found. confidence: estimated probability, 0..1, that text answers the
    question. seconds: by stage. sources: the citations by independent source, in order; none when abstained.
    silence: the reason in full, when abstained. agreement: how the articles' values compare, where several give one.
    items: what was asked for, where that is a list; text then names them all. as_of: the day of the newest citation.
    dates: relative dates in the citations' quotes and what they mean. speaker: who says so, verbatim, where the
    sentence tells it as somebody's words.
    """

    question: str
    text: str
    abstained: bool
    reason: str | None
    confidence: float
    sentence: str
    citations: tuple[Citation, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    sources: tuple[IndependentSource, ...] = ()
    silence: Silence | None = None
    agreement: Agreement | None = None
    items: tuple[Value, ...] = ()
    as_of: str | None = None
    dates: tuple[Resolved, ...] = ()
    speaker: str | None = None

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> dict[str, Any]:
        """Return the contract's Answer, ready for `json.dumps`."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": self.confidence,
            "sentence": self.sentence,
            "citations": [c.to_json() for c in self.citations],
            "alternatives": [a.to_json() for a in self.alternatives],
            "sources": [s.to_json() for s in self.sources],
            "silence": self.silence and self.silence.to_json(),
            "agreement": self.agreement and self.agreement.to_json(),
            "items": [v.to_json() for v in self.items],
            "as_of": self.as_of,
            "dates": [d.to_json() for d in self.dates],
            "speaker": self.speaker,
            "seconds": dict(self.seconds),
        }
