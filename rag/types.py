"""The nouns that flow through the pipeline, all frozen.

Article → Passage → Hit → Span → Reading → Answer. Text never loses its origin: a Passage carries its Source and
its place in the article, so citing needs no look-up. Offsets are half-open, in characters (Python's code points), into
`Article.text`, which is cleaned once before any offset exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

HEADING = "{title} ({day})"
SAID_NOTHING = "The articles do not say."
# Least confidence for a word, best first; what the terminal and the page say.
LIKELIHOOD = ((0.8, "very likely"), (0.5, "likely"), (0.0, "uncertain"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article comes from. What the text does not tell is None; nothing is guessed.

    published, updated: ISO 8601, a date ("2025-02-04") or a local date and time to the minute ("2025-02-04T09:52").
    path_or_url: the address if the article names one, else its file's path ("rows.jsonl:12" for a row of a file).
    byline: the writers' names without "By". dateline: the place a report was filed from.
    """

    article_id: str
    title: str
    publisher: str | None
    published: str | None
    path_or_url: str
    byline: str | None = None
    dateline: str | None = None
    updated: str | None = None

    def heading(self, words: int) -> str:
        """Return the title's first words and the day, if known: what a passage out of its article is put under."""
        title = " ".join(self.title.split()[:words])
        return HEADING.format(title=title, day=self.published[:10]) if self.published else title


@dataclass(frozen=True, slots=True)
class Article:
    """One cleaned article. Paragraphs (and captions, headlines, rows of a table) are separated by one blank line."""

    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """Articles that carry the same copy, by article_id. agency: whose it is, where one of them says so."""

    article_ids: tuple[str, ...]
    agency: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article, the unit of retrieval: `article.text[start:end] == text`."""

    passage_id: str
    source: Source
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the retrievers see it. Publishers are compared without case; dates are ISO days, both inclusive."""

    text: str
    publishers: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None

    @property
    def filtered(self) -> bool:
        """Whether any passage is ruled out before retrieval."""
        return bool(self.publishers or self.published_from or self.published_to)


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. A larger score is better; rank counts from 1; scorer names who gave the score.

    made_of: the hits of other retrievers on the same passage that this one was fused or reranked from.
    """

    passage: Passage
    score: float
    rank: int
    scorer: str
    made_of: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer: characters start..end of the article, inside its hit's passage.

    score is the reader's start + end logit; null_score is the same for "this passage does not answer".
    """

    hit: Hit
    start: int
    end: int
    score: float
    null_score: float

    @property
    def margin(self) -> float:
        """How much better this span is than no answer in its passage, in logits. The relevance signal."""
        return self.score - self.null_score

    @property
    def order(self) -> tuple[float, str, int, int]:
        """Sorts spans: best margin first, ties by passage and place."""
        return -self.margin, self.hit.passage.passage_id, self.start, self.end

    @property
    def text(self) -> str:
        """The span's characters, verbatim."""
        offset = self.hit.passage.start
        return self.hit.passage.text[self.start - offset : self.end - offset]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the reader found, kept whole so that any threshold can be swept without running a model again.

    spans: best margin first. null_score: the least null score of any passage read (SQuAD's rule for many windows);
    +inf when nothing was read. unread: those of the hits that were not read, for nothing in them could have changed
    the answer (rag.reading.sparing).
    """

    question: str
    hits: tuple[Hit, ...]
    spans: tuple[Span, ...]
    null_score: float
    unread: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `article.text[start:end] == quote`, always. number counts from 1."""

    number: int
    source: Source
    quote: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """Return the contract's keys, flat."""
        s = self.source
        return {
            "number": self.number,
            "article_id": s.article_id,
            "title": s.title,
            "publisher": s.publisher,
            "published": s.published,
            "path_or_url": s.path_or_url,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
        }


class Tie(StrEnum):
    """Why several citations are one source."""

    COPY = "carry the same copy"
    HOUSE = "are of one publisher"


@dataclass(frozen=True, slots=True)
class IndependentSource:
    """Citations, by number, that are one source of the answer. tie: why, None for one citation alone.

    agency: whose copy it is, if it is known.
    """

    citations: tuple[int, ...]
    tie: Tie | None = None
    agency: str | None = None

    def __str__(self) -> str:
        """Say which citations are one source and why: "[2] and [3] carry the same copy (Reuters)"."""
        *before, last = (f"[{number}]" for number in self.citations)
        named = f"{', '.join(before)} and {last}" if before else last
        agency = f" ({self.agency})" if self.agency else ""
        return f"{named} {self.tie}{agency}" if self.tie else named

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, ready for `json.dumps`."""
        return {"citations": list(self.citations), "tie": self.tie and str(self.tie), "agency": self.agency}


class Reason(StrEnum):
    """Why an answer was withheld."""

    NOTHING_FOUND = "nothing in the articles matches the question"
    NO_ANSWER = "the passages found do not answer the question"


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

    text: verbatim from the articles, or `SAID_NOTHING` when abstained. sentence: the whole sentence (verbatim) that
    the answer stands in. citations: every place that gives the same answer, best first, each quoting its sentence.
    When abstained, reason is set, and sentence and the single citation show the closest passage, which is *not* an
    answer; both are empty when nothing was found. confidence: estimated probability, 0..1, that text answers the
    question. seconds: by stage. sources: the citations by independent source, in order; none when abstained.
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
            "seconds": dict(self.seconds),
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file (or a row of one) that was not indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build did.

    articles, passages: what the index now holds. reused: articles whose vectors were kept. removed: articles of the
    previous build that are gone. dropped: lines left out by cleaning, as (reason, count), most first. seconds: in all.
    """

    index: str
    articles: int
    passages: int
    reused: int
    removed: int
    skipped: tuple[Skipped, ...]
    dropped: tuple[tuple[str, int], ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the report, ready for `json.dumps`."""
        return asdict(self)
