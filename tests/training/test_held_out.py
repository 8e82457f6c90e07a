"""Events as a newsroom of files: read back by the very readers that an evaluation uses."""

from __future__ import annotations

from pathlib import Path

from rag.articles import parse, scan
from rag.eval.questions import problems, read_questions
from rag.training.events import read_events
from rag.training.held_out import ARTICLES, QUESTIONS, write_newsroom
from tests.commands import ROOT

OURS = ROOT / "eval" / "reader"


def test_what_is_written_is_a_newsroom_whose_every_label_is_proven(tmp_path: Path) -> None:
    events = [event for event in read_events(OURS) if event.held_out]
    write_newsroom(events, tmp_path / "held_out")
    articles = [parse(record).article for record in scan([str(tmp_path / "held_out" / ARTICLES)], lambda skip: None)]
    rows = read_questions(tmp_path / "held_out" / QUESTIONS)
    assert len(articles) == sum(len(event.articles) for event in events) > 0
    for article, told in zip(articles, (one for event in events for one in event.articles), strict=True):
        assert (article.text, article.source.title) == (told.text, told.source.title)
        assert (article.source.publisher, article.source.published) == (told.source.publisher, told.source.published)
    texts = {article.source.article_id: article.text for article in articles}
    assert problems(rows, texts) == []
    posed = {one.posed_id: one for event in events for one in event.questions}
    proven = [one for one in posed.values() if one.places or not one.answers]
    assert len(rows) == sum(one.kind != "list" for one in proven) > 1_000
    for row in rows:
        assert row.answerable == bool(posed[row.row_id].answers)
        assert set(row.accepted) <= set(posed[row.row_id].answers)  # without those that stand in a title alone
        assert (row.kind == "unanswerable") == (posed[row.row_id].kind == "trap")
