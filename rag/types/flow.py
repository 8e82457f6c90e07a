"""What flows through the pipeline: Article → Passage → Hit → Span → Reading. All frozen."""

from __future__ import annotations

from dataclasses import dataclass

HEADING = "{title} ({day})"


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
