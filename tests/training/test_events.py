"""Events and their questions, read from plain files and made into rows; by hand on one event, by law on all of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from rag.articles import parse, scan
from rag.embedding import SentenceEmbedder
from rag.errors import ArticlesError
from rag.eval.questions import read_questions
from rag.eval.rows import Row
from rag.reading.extractive import ExtractiveReader, read_under
from rag.text import terms, words
from rag.training.events import EVERY, REFUSED, Event, Place, event_rows, read_events
from rag.training.library import Library
from rag.types import Hit
from tests.commands import ROOT

OURS = ROOT / "eval" / "reader"
RESCUE = """\
=== 1 | The Lund Courier | 2024-03-05T10:15 | Ferry crew saves fourteen
The crew pulled 14 anglers from the water on Monday.

Nobody was hurt, the coastguard said.
=== 2 | Coast Radio | 2024-03-06 | Night rescue off Lund
Fourteen people were saved after a valve had frozen.
=== questions
Q number: How many people did the ferry bring back?
A 1: pulled [[14 anglers]] from
A 2: [[Fourteen]] people
A 1: saves [[fourteen]]

Q trap: How old was the captain?
"""


def write(folder: Path, text: str = RESCUE, name: str = "lund") -> Path:
    (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def rows(
    events: list[Event], embedder: SentenceEmbedder, negatives: int, reader: ExtractiveReader | None = None
) -> list[Row]:
    library = Library([article for event in events for article in event.articles], embedder, 168)
    return list(event_rows(events, library, searched=10, negatives=negatives, reader=reader))


def test_an_event_is_read(tmp_path: Path) -> None:
    [event] = read_events(write(tmp_path))
    first, second = event.articles
    assert first.text == "The crew pulled 14 anglers from the water on Monday.\n\nNobody was hurt, the coastguard said."
    assert (first.source.title, first.source.published) == ("Ferry crew saves fourteen", "2024-03-05T10:15")
    assert (second.source.article_id, second.source.publisher) == ("lund-2", "Coast Radio")
    how_many, how_old = event.questions
    assert (how_many.kind, how_many.answers) == ("number", ("14 anglers", "Fourteen", "fourteen"))
    assert how_many.places == (Place("lund-1", 16, 26), Place("lund-2", 0, 8))  # a title is no part of a passage
    assert (how_old.question, how_old.answers) == ("How old was the captain?", ())


def test_rows_are_passages_under_their_heading(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    made = rows(read_events(write(tmp_path)), embedder, 2)
    told = [row for row in made if row.answers]
    assert [(row.answers, row.context.split("\n")[0]) for row in told] == [
        (("14 anglers",), "Ferry crew saves fourteen (2024-03-05)"),
        (("Fourteen",), "Night rescue off Lund (2024-03-06)"),
    ]
    for row in told:
        assert [row.context[start:end] for start, end in row.spans] == list(row.answers)
    # Both passages answer the first question, so only the second one has passages that do not.
    assert {row.question for row in made if not row.answers} == {"How old was the captain?"}
    assert len(made) == 4


def test_no_passage_that_says_the_answer_is_called_unanswerable(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    unmarked = RESCUE.replace("A 2: [[Fourteen]] people\n", "").replace("14 anglers from", "fourteen anglers from")
    unmarked = unmarked.replace("A 1: pulled [[14 anglers]]", "A 1: pulled [[fourteen]] anglers")
    write(tmp_path, unmarked)
    write(tmp_path, RESCUE.replace("Lund", "Ystad").replace("ourteen", "orty").replace("14", "40"), "ystad")
    made = rows(read_events(tmp_path), embedder, 4)
    asked = [row for row in made if row.row_id.startswith("lund-8-no")]
    assert {row.context.split(" (")[0] for row in asked} == {"Ferry crew saves forty", "Night rescue off Ystad"}


def test_the_passages_that_mislead_a_reader_are_those_it_would_answer_from(
    embedder: SentenceEmbedder, reader: ExtractiveReader
) -> None:
    asked = [replace(event, questions=event.questions[:12]) for event in read_events(OURS)[:3]]
    library = Library([article for event in asked for article in event.articles], embedder, 168)
    passages = {read_under(passage) + passage.text: passage for passage in library.passages}

    def margin(row: Row) -> float:
        return reader.read(row.question, [Hit(passages[row.context], 1.0, 1, "rank")]).spans[0].margin

    by_rank = [row for row in rows(asked, embedder, 10) if not row.answers]
    chosen = [row for row in rows(asked, embedder, 2, reader) if not row.answers]
    misleading = [row for row in chosen if margin(row) > REFUSED]
    counted = Counter(row.question for row in chosen)
    assert counted == dict.fromkeys((row.question for row in chosen), 2)
    assert 10 < len(misleading) < len(chosen)
    for row in (row for row in chosen if row.row_id.endswith("no0")):  # the surest first, then others
        rivals = [other for other in by_rank if other.question == row.question and margin(other) > margin(row)]
        assert margin(row) <= REFUSED or not rivals


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("=== 1 |", "The crew\n=== 1 |", "line 1: text before the first header"),
        ("=== 2 | Coast Radio | 2024-03-06", "=== 2 | Coast Radio | 2024-3-6", "is no header"),
        ("=== 2 | Coast Radio | 2024-03-06", "=== 2 | Coast Radio | 2024-99-06", "line 5: month must be in"),
        ("=== 2 |", "=== 1 |", "line 5: there is an article 1 already"),
        ("A 2: [[Four", "A 3: [[Four", "line 10: there is no article 3"),
        ("[[14 anglers]] from", "[[15 anglers]] from", "stands 0 times in article 1"),
        ("Q number: How many people did the ferry bring back?\n", "", "line 8: an answer without a question"),
        ("Q trap: ", "Trap: ", "neither Q nor A"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    write(tmp_path, RESCUE.replace(old, new, 1))
    with pytest.raises(ArticlesError, match=r"lund\.txt") as raised:
        read_events(tmp_path)
    assert told in str(raised.value)


def test_a_folder_without_events_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ArticlesError, match="holds no event"):
        read_events(tmp_path / "none")


def test_our_events_are_what_they_should_be() -> None:
    events = read_events(OURS)
    assert len(events) // 11 < sum(event.held_out for event in events) <= len(events) // EVERY
    for event in events:
        texts = {article.source.article_id: article.text for article in event.articles}
        assert len(texts) >= 2
        for posed in event.questions:
            assert (posed.kind == "trap") == (not posed.answers), posed
            assert all(texts[place.article_id][place.start : place.end] in posed.answers for place in posed.places)
    questions = [posed.question for event in events for posed in event.questions]
    assert len(set(questions)) > 0.99 * len(questions)


def test_our_events_are_not_about_what_the_newsroom_asks() -> None:
    questions = [
        row.question for path in sorted((ROOT / "eval").glob("*/questions.jsonl")) for row in read_questions(path)
    ]
    questions += [row.question for row in read_questions(ROOT / "eval" / "questions.jsonl")]
    asked = [set(terms(question)) for question in questions]
    holding: dict[str, list[int]] = {}
    for number, found in enumerate(asked):
        for term in found:
            holding.setdefault(term, []).append(number)
    folders = [str(ROOT / "eval" / "articles"), str(ROOT / "eval" / "sense" / "articles")]
    runs = set().union(*(sixes(parse(record).article.text) for record in scan(folders, lambda skip: None)))
    assert len(runs) > 10_000
    for event in read_events(OURS):
        for article in event.articles:
            assert len(sixes(article.text) & runs) <= 3, article.source.article_id
        for posed in event.questions:
            own = set(terms(posed.question))
            for number, common in Counter(number for term in own for number in holding.get(term, ())).items():
                assert common / len(own | asked[number]) <= 2 / 3, (posed, questions[number])


def sixes(text: str) -> set[tuple[str, ...]]:
    """Return every run of six words."""
    found = words(text)
    return set(zip(*(found[i:] for i in range(6)), strict=False))
