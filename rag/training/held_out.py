"""Held-out events → a small newsroom as `rag.eval` asks it: articles, and questions that nothing was fitted on.

Lists are left out: of one whose items stand in several places, the marks do not tell which make it whole.
What this module does not know: which events are held out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.text import sentence_at
from rag.training.events import Event, Posed

ARTICLES, QUESTIONS = "articles.jsonl", "questions.jsonl"
KINDS = {"trap": "unanswerable", "yesno": "yes_no"}  # as the sample newsroom's questions call them; others as they are
UNJUDGED = "list"


def write_newsroom(events: Sequence[Event], folder: Path) -> None:
    """Write articles.jsonl and questions.jsonl into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(_articles(events), folder / ARTICLES)
    _write(_questions(events), folder / QUESTIONS)


def _articles(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        for article in event.articles:
            source = article.source
            about = {"title": source.title, "publisher": source.publisher, "published": source.published}
            yield {"article_id": source.article_id, **about, "text": article.text}


def _questions(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        texts = {article.source.article_id: article.text for article in event.articles}
        for posed in event.questions:
            if posed.kind != UNJUDGED and (posed.places or not posed.answers):  # a title is no evidence
                asked = {"id": posed.posed_id, "question": posed.question, "type": KINDS.get(posed.kind, posed.kind)}
                quoted = _evidence(posed, texts)
                proven = [one for one in posed.answers if any(one in proof["quote"] for proof in quoted)]
                answers = {"answers": list(dict.fromkeys(proven))} if proven else {}  # "311 votes" of a title is none
                yield asked | answers | ({"evidence": quoted} if quoted else {})


def _evidence(posed: Posed, texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the sentence of every place that answers."""
    found = []
    for place in posed.places:
        text = texts[place.article_id]
        start, end = sentence_at(text, place.start, place.end)
        found.append({"article_id": place.article_id, "quote": text[start:end]})
    return found


def _write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
