"""Events told by several papers, and questions about them, in one plain file each (eval/reader) → rows to train on.

    === 1 | The Lund Courier | 2024-03-05T10:15 | Ferry crew praised after night rescue
    Paragraphs, one a line.
    === questions
    Q number: How many people did the boat bring back?
    A 1: the crew pulled [[14 anglers]] from the water
    Q trap: How many people drowned?

After `A n:` stands a piece of article n with the answer in brackets; without them it stands there once. Every place
that answers is named; a question with none is answered by no article of the event.

The rows are what the reader meets at run time: a passage under its heading, as cut and found by the assistant. Those
that hold an answer are positive; of those ranked high that hold none, some become "this passage does not answer": the
first and others at random; with a reader, half are those that mislead it most (Xiong et al. 2021, there for retrieval).
What this module does not know: how rows are learned.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rag.errors import ArticlesError
from rag.eval.rows import Row
from rag.protocols import Reader
from rag.reading.expected import as_read
from rag.reading.extractive import read_under
from rag.text import answer_key, says
from rag.training.library import Library
from rag.types import Article, Hit, Passage, Source

QUESTIONS = "=== questions"
EVERY = 7  # events whose number in the file's name is a multiple of this are held out; new files change no old one
# Margin in logits below which a passage misleads nobody; a guess: at -3 a question has 1.3 that do (letters k and n).
REFUSED = -3.0
_HEADER = re.compile(r"=== (\w+) \| (.+?) \| (\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?) \| (.+)")
_QUESTION = re.compile(r"Q (\w+): (.+)")
_ANSWER = re.compile(r"A (\w+): (.*)\[\[(.+)\]\](.*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: an article_id and half-open characters of its text."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Posed:
    """A question about an event. answers: as they stand; none: the event's articles do not say.

    places: where they stand, but for those in titles, which are no part of a passage.
    """

    posed_id: str
    kind: str
    question: str
    answers: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Articles about one event and the questions about it. held_out: kept from training, to measure on."""

    articles: tuple[Article, ...]
    questions: tuple[Posed, ...]
    held_out: bool = False


def read_events(folder: str | Path) -> list[Event]:
    """Return the events of a folder's .txt files, in the order of their names.

    Raises ArticlesError naming the file and line that is not of the form above.
    """
    paths = sorted(Path(folder).glob("*.txt"))
    if not paths:
        raise ArticlesError(f"{folder} holds no event; events are .txt files in the form of eval/reader.")
    return [replace(_event(path), held_out=_held_out(path.stem)) for path in paths]


def _held_out(stem: str) -> bool:
    number = re.search(r"\d+$", stem)
    return number is not None and int(number.group()) % EVERY == 0


def _event(path: Path) -> Event:
    articles: dict[str, Article] = {}
    questions: list[Posed] = []
    asking = False
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ArticlesError(f"{path} cannot be read ({error}).") from error
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip() == QUESTIONS:
                asking = True
            elif asking:
                _ask(questions, line, articles, f"{path.stem}-{number}")
            elif line.startswith("==="):
                name, publisher, day, title = _header(line)
                if name in articles:
                    raise ValueError(f"there is an article {name} already")
                source = Source(f"{path.stem}-{name}", title, publisher, day, path.name)
                articles[name] = Article(source, "")
            elif line.strip():
                name, article = next(reversed(articles.items()))
                articles[name] = Article(article.source, f"{article.text}\n\n{line.strip()}".strip())
        except (ValueError, StopIteration) as error:
            reason = str(error) or "text before the first header"
            raise ArticlesError(
                f"{path}, line {number}: {reason}. The form is told in rag/training/events.py."
            ) from None
    return Event(tuple(articles.values()), tuple(questions))


def _header(line: str) -> tuple[str, str, str, str]:
    """Return number, publisher, day and title. Raises ValueError for a line of another form, or no such day."""
    header = _HEADER.fullmatch(line)
    if header is None:
        raise ValueError(f"{line[:40]!r} is no header of an article")
    name, publisher, day, title = header.groups()
    datetime.fromisoformat(day)
    return name, publisher, day, title


def _ask(questions: list[Posed], line: str, articles: dict[str, Article], name: str) -> None:
    """Add a question, or a place to the last one. Raises ValueError saying what is wrong with the line."""
    if question := _QUESTION.fullmatch(line):
        questions.append(Posed(name, question[1], question[2]))
    elif answer := _ANSWER.fullmatch(line):
        if not questions:
            raise ValueError("an answer without a question")
        number, before, text, after = answer.groups()
        if number not in articles:
            raise ValueError(f"there is no article {number}")
        article, last = articles[number], questions.pop()
        piece = before + text + after
        found, titled = article.text.count(piece), article.source.title.count(piece)
        if found + titled != 1:
            raise ValueError(f"{piece!r} stands {found + titled} times in article {number}, not once")
        start = article.text.find(piece) + len(before)
        here = () if titled else (Place(article.source.article_id, start, start + len(text)),)
        questions.append(replace(last, answers=(*last.answers, text), places=last.places + here))
    elif line.strip():
        raise ValueError(f"neither Q nor A: {line[:40]!r}")


def event_rows(
    events: Iterable[Event],
    library: Library,
    *,
    searched: int,
    negatives: int,
    reader: Reader | None = None,
    seed: int = 0,
) -> Iterator[Row]:
    """Yield the rows of every question: every passage that answers it, and so many that look as if they did.

    library: the passages of all these events. searched: how many of those found the assistant reads. negatives: for a
    question, answered or not. reader: whose likeliest mistakes half of them are; None: none.
    """
    homes: dict[str, list[Passage]] = {}
    for passage in library.passages:
        homes.setdefault(passage.source.article_id, []).append(passage)
    for event in events:
        for posed in event.questions:
            rng = random.Random(f"{seed}-{posed.posed_id}")  # noqa: S311
            told = list(_told(posed, homes))
            yield from told
            near = _near(posed, library, searched)
            misleading = _misleading(near, (negatives + 1) // 2, posed, reader) if reader else []
            others = [hit for hit in near if hit.passage not in misleading]
            for i, passage in enumerate([*misleading, *_some(others, negatives - len(misleading), rng)]):
                yield Row(f"{posed.posed_id}-no{i}", read_under(passage) + passage.text, as_read(posed.question), ())


def _told(posed: Posed, homes: dict[str, list[Passage]]) -> Iterator[Row]:
    """Yield a row for every passage that holds an answer whole."""
    for article_id in dict.fromkeys(place.article_id for place in posed.places):
        for passage in homes[article_id]:
            spans = [
                (place.start - passage.start, place.end - passage.start)
                for place in posed.places
                if place.article_id == article_id and passage.start <= place.start and place.end <= passage.end
            ]
            if spans:
                under = read_under(passage)
                answers = tuple(passage.text[start:end] for start, end in spans)
                starts = tuple(start + len(under) for start, _ in spans)
                yield Row(
                    f"{posed.posed_id}-{passage.passage_id}",
                    under + passage.text,
                    as_read(posed.question),
                    answers,
                    starts,
                )


def _near(posed: Posed, library: Library, searched: int) -> list[Hit]:
    """Return those found for the question that hold no answer, best first."""
    return [hit for hit in library.search(posed.question, searched) if not _holds(hit.passage, posed)]


def _some(near: Sequence[Hit], most: int, rng: random.Random) -> list[Passage]:
    """Return the first passage, then others at random."""
    first, rest = near[:1], near[1:]
    return [hit.passage for hit in (*first, *rng.sample(rest, min(most - 1, len(rest))))] if most else []


def _misleading(near: Sequence[Hit], most: int, posed: Posed, reader: Reader) -> list[Passage]:
    """Return the passages in which the reader is surest of an answer, surest first; none that it is sure to refuse."""
    spans = reader.read(as_read(posed.question), near).spans if most else ()
    passages = {span.hit.passage.passage_id: span.hit.passage for span in spans if span.margin > REFUSED}
    return list(passages.values())[:most]


def _holds(passage: Passage, posed: Posed) -> bool:
    """Whether a passage says an answer, if only in its heading, or holds a part of the place of one."""
    own = [place for place in posed.places if place.article_id == passage.source.article_id]
    cut = any(place.start < passage.end and passage.start < place.end for place in own)
    text = read_under(passage) + passage.text
    return cut or says(text, posed.answers, answer_key(text))
