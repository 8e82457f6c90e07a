"""The page of a run: escaped, self-contained, with evidence and spans marked."""

from __future__ import annotations

from html.parser import HTMLParser

from rag.eval.assess import assess
from rag.eval.html import page
from rag.eval.run import Run
from tests.eval.test_assess import ROW, TEXTS, UNANSWERABLE, A, B, trace

ABOUT = {
    "questions": "<q>.jsonl", "articles": 3, "embedder": "e", "reader": "r", "rule": {"threshold": 0.5}, "config": {},
    "commit": "", "machine": "m", "date": "2025-01-01", "seconds": 1.0,
}  # fmt: skip


class Tags(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def run_of(question: str = "Who won?", said: str = "Ada") -> Run:
    row = ROW.__class__("1", question, "who", ROW.answers, evidence=ROW.evidence)
    records = [
        assess(trace(row, [A, B], said, 3.0), TEXTS, split="test"),
        assess(trace(UNANSWERABLE, [A], "Bo", 3.0), TEXTS, split="tune"),
    ]
    return Run(tuple(records), ABOUT)


def test_every_tag_is_closed_and_nothing_is_loaded() -> None:
    tags = Tags()
    tags.feed(page(run_of()))
    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"script", "img", "link", "iframe", "a", "object"}
    assert not {name for _, attrs in tags.seen for name in attrs} & {"src", "href", "onclick", "onload", "style"}


def test_evidence_and_span_are_marked() -> None:
    html = page(run_of())
    assert '<mark class="both">Ada</mark><mark class="gold"> won the race.</mark> Bo came second.' in html
    html = page(run_of(said="Bo"))
    assert '<mark class="gold">Ada won the race.</mark> <mark class="span">Bo</mark> came second.' in html


def test_untrusted_text_is_escaped() -> None:
    html = page(run_of("<script>alert(1)</script>?"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;?" in html
    assert "<script" not in html
    assert "&lt;q&gt;.jsonl" in html


def test_wrong_answers_come_first_with_their_stage() -> None:
    html = page(run_of())
    assert html.index("Who lost?") < html.index("Who won?")
    assert "answered though unanswerable" in html
