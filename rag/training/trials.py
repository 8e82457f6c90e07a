"""Questions asked on trial, to fit the decision rule on: what was read, and what would have been right.

Two kinds. Rows with a context: every context becomes an article, every question is asked of all of them, and once more
of all but its own, which makes it unanswerable on topic. Hand-written questions: asked of the index of their articles.
What this module does not know: how a rule is fitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.eval import judging
from rag.eval.questions import QuestionRow, read_questions, read_tune_ids
from rag.eval.rows import Row
from rag.protocols import Embedder, Reader
from rag.reading.evidence import asks_yes_no, candidates
from rag.text import says, sentence_at
from rag.training.library import Library
from rag.types import Article, Reading, Source, Span


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as asked: what was read, the gold answers (none: unanswerable), and the text that it is about.

    proof: the answers are what proves a Yes or No, so a candidate is right whose sentence holds one, or lies in it.
    """

    reading: Reading
    answers: tuple[str, ...]
    about: str
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule sees of it: each candidate's features and whether it is right, best margin first."""

    candidates: tuple[tuple[dict[str, float], bool], ...]
    answerable: bool
    about: str

    @property
    def half(self) -> int:
        """0 or 1, the same for all questions about one text: what is fitted on one half is told of the other."""
        return int(hashlib.sha256(self.about.encode()).hexdigest(), 16) % 2


def make_trial(asked: Asked) -> Trial:
    """Return the trial of a question that was asked."""
    right = _proves if asked.proof else _says
    found = [(features, right(spans[0], asked.answers)) for spans, features in candidates(asked.reading)]
    return Trial(tuple(found), bool(asked.answers), asked.about)


def _says(span: Span, answers: Sequence[str]) -> bool:
    return judging.says(span.text, answers)


def _proves(span: Span, quotes: Sequence[str]) -> bool:
    passage = span.hit.passage
    start, end = sentence_at(passage.text, span.start - passage.start, span.end - passage.start)
    sentence = passage.text[start:end]
    return says(sentence, quotes) or any(says(quote, [sentence]) for quote in quotes)


def ask_rows(
    rows: Sequence[Row],
    embedder: Embedder,
    reader: Reader,
    *,
    tokens: int,
    passages: int,
    on_done: Callable[[int], object],
) -> list[Asked]:
    """Ask every row's question twice: of all contexts, and of all but its own."""
    names = {context: f"context-{i}" for i, context in enumerate(dict.fromkeys(row.context for row in rows))}
    articles = [Article(Source(name, "", None, None, name), context) for context, name in names.items()]
    library = Library(articles, embedder, tokens)
    asked = []
    for done, row in enumerate(rows, start=1):
        hits = library.search(row.question, passages)
        asked.append(Asked(reader.read(row.question, hits), row.answers, row.context, asks_yes_no(row.question)))
        if row.answers:
            own = names[row.context]
            others = library.search(row.question, passages + 5)
            passed = [hit for hit in others if hit.passage.source.article_id != own]
            kept = [hit for hit in passed if not says(hit.passage.text, row.answers)]
            asked.append(Asked(reader.read(row.question, kept[:passages]), (), row.context))
        on_done(done)
    return asked


def for_tuning(path: str) -> list[QuestionRow]:
    """Return the questions that thresholds may look at: those that a tune.txt beside the file names, or all."""
    rows, tune = read_questions(path), read_tune_ids(path)
    found = [row for row in rows if not tune or row.row_id in tune]
    if not found:
        raise QuestionError(f"{path} has none of the questions that the tune.txt beside it names for tuning.")
    return found


def ask_questions(rows: Sequence[QuestionRow], read: Callable[[str], Reading]) -> list[Asked]:
    """Ask hand-written questions of the index that they are about: each about the first article that proves it."""
    asked = []
    for row in rows:
        proof = row.kind == "yes_no" and any(each.quote for each in row.evidence)
        answers = tuple(each.quote for each in row.evidence if each.quote) if proof else row.accepted
        about = row.evidence[0].article_id if row.evidence else row.row_id
        asked.append(Asked(read(row.question), answers, about, proof))
    return asked
