"""An answer and what was read for it → what the page shows beside it: each quote in its context, each passage's fate.

Pure. What it does not know: HTML, or where an article's text is kept (it is handed a way to fetch it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.reading.decide import Candidate
from rag.reading.evidence import points
from rag.text import sentence_spans
from rag.types import Agreement, Answer, Article, Citation, Difference, Hit, Passage, Reading, Span, Value
from ui.turns import Context, Seen

AROUND = 300  # characters of context before and after a quote, in whole sentences
FetchArticle = Callable[[str], Article | None]


def contexts_of(answer: Answer, fetch: FetchArticle) -> tuple[Context, ...]:
    """Return what stands around each citation's quote; an empty one where the article is gone or has changed."""
    return tuple(_context(citation, fetch(citation.source.article_id)) for citation in answer.citations)


def _context(citation: Citation, article: Article | None) -> Context:
    if article is None or article.text[citation.start : citation.end] != citation.quote:
        return Context()
    before = article.text[: citation.start].rpartition("\n\n")[2]
    after = article.text[citation.end :].partition("\n\n")[0]
    return Context(_tail(before), _head(after), article.source.byline or "")


def _tail(text: str) -> str:
    """Return the last whole sentences of a text, AROUND characters at most."""
    starts = [start for start, _ in sentence_spans(text) if len(text) - start <= AROUND]
    return text[min(starts) :] if starts else ""


def _head(text: str) -> str:
    ends = [end for _, end in sentence_spans(text) if end <= AROUND]
    return text[: max(ends)] if ends else ""


def passages_seen(
    reading: Reading, candidates: Sequence[Candidate], answer: Answer, threshold: float
) -> tuple[Seen, ...]:
    """Return every passage found, in the order of retrieval, with its scores and what became of it."""
    return tuple(_seen(hit, reading, candidates, answer, threshold) for hit in reading.hits)


def _seen(hit: Hit, reading: Reading, candidates: Sequence[Candidate], answer: Answer, threshold: float) -> Seen:
    span = next((span for span in reading.spans if span.hit.passage == hit.passage), None)
    owner = next((c for c in candidates if span in c.spans), None)
    passage = hit.passage
    return Seen(
        article_id=passage.source.article_id,
        title=passage.source.title,
        start=passage.start,
        end=passage.end,
        scores=tuple((one.scorer, one.score, one.rank) for one in _history(hit)),
        text=span.text if span else "",
        margin=span.margin if span else None,
        confidence=owner.confidence if owner else None,
        why=_fate(hit, reading, span, owner, candidates, answer, threshold),
    )


def _history(hit: Hit) -> list[Hit]:
    """Return the hits that a hit was made of, first searches first, and the hit itself."""
    return [one for earlier in hit.made_of for one in _history(earlier)] + [hit]


def _fate(
    hit: Hit,
    reading: Reading,
    span: Span | None,
    owner: Candidate | None,
    candidates: Sequence[Candidate],
    answer: Answer,
    threshold: float,
) -> str:
    if told := _told(hit.passage, answer):
        return told
    if hit in reading.unread:
        return "found, but not read: no words here could have changed the answer"
    if span is None:
        return "the reader found no words here that could be an answer"
    if owner is None:  # see rag.reading.agreement.group and rag.reading.evidence.candidates
        if points(span.text):
            return "its best words only point at an answer"
        return "says the same as a likelier passage, but too unsurely to support it"
    if owner is candidates[0]:
        return _first(owner, answer, threshold)
    if owner.best.margin < 0:
        return "no answer is likelier here than its best words"
    return f"its words are trusted less ({owner.confidence:.0%}) than the first ({candidates[0].confidence:.0%})"


def _first(owner: Candidate, answer: Answer, threshold: float) -> str:
    """Return what became of the words that come first."""
    if not answer.abstained:
        return "says the same as the answer"
    if owner.confidence < threshold:
        return f"its words come first, but {owner.confidence:.0%} is less than the {threshold:.0%} an answer needs"
    return f"its words come first, but {answer.reason}"


def _told(passage: Passage, answer: Answer) -> str:
    """Return what of a passage stands on the page: a citation, or another value of the agreement table; else ""."""
    for citation in answer.citations if not answer.abstained else ():
        if _stands_in(citation, passage):
            return f"cited as [{citation.number}]"
    agreement = answer.agreement
    if agreement is None or agreement.difference not in (Difference.CONFLICT, Difference.UPDATE):
        return ""
    values = (one for one in agreement.values if any(_stands_in(citation, passage) for citation in one.citations))
    return next((f"tells {_which(one, answer, agreement)}: {one.text}" for one in values), "")


def _which(value: Value, answer: Answer, agreement: Agreement) -> str:
    if answer.abstained:
        return "one of the values"
    if not set(value.citations).isdisjoint(answer.citations):
        return "the same value"
    if agreement.difference is Difference.CONFLICT:
        return "another value"
    return "an earlier value" if value.superseded else "a later value"


def _stands_in(citation: Citation, passage: Passage) -> bool:
    return citation.source.article_id == passage.source.article_id and passage.start <= citation.start < passage.end
