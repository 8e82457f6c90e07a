from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest

from rag.text import find_span
from rag.types import SAID_NOTHING, Alternative, Answer, Citation, Source
from ui.render import (
    describe_confidence,
    describe_day,
    escape,
    render_answer,
    render_context,
    render_notice,
    render_question,
)  # fmt: skip

SOURCE = Source("bridge", "Bridge closes", "The Herald", "2025-03-04T09:30", "news/bridge.md")
QUOTE = "Engineers found 17 cracks in it."
INJECTIONS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</mark></blockquote></article><iframe src=javascript:alert(1)>",
    "<!-- --!> <style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;",
    "$$\\href{javascript:alert(1)}{x}$$ \\(y\\) **bold** _it_ # head [a](javascript:alert(1)) `code`",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} {% raw %}",
    "line one\n    line two\tend",
]  # fmt: skip
TAGS = {
    "article", "p", "h3", "ol", "ul", "li", "details", "summary", "blockquote", "mark", "bdi", "span", "a",
}  # fmt: skip
ATTRIBUTES = {"class", "dir", "open", "href", "target", "rel"}


class Page(HTMLParser):
    """What a browser would make of it: tags with attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "mark" in self.open:
            self.marked[-1] += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def check(self) -> Page:
        assert {tag for tag, _ in self.tags} <= TAGS
        assert {name for _, attributes in self.tags for name in attributes} <= ATTRIBUTES
        assert all(a["href"].startswith(("http://", "https://")) for tag, a in self.tags if tag == "a")
        return self


def make_answer(**changes) -> Answer:
    citation = Citation(1, SOURCE, QUOTE, 10, 10 + len(QUOTE))
    values = {"question": "How many?", "text": "17", "abstained": False, "reason": None, "confidence": 0.93}
    values |= {"sentence": QUOTE, "citations": (citation,), "seconds": {"total": 0.254}}
    return Answer(**(values | changes))


def test_an_answer_is_these_very_characters() -> None:
    assert render_answer(make_answer()) == (
        '<article class="rag-answer">'
        '<p class="rag-short" dir="auto">17</p>'
        '<p class="rag-confidence">very likely (93%)</p>'
        '<blockquote class="rag-quote" dir="auto">“Engineers found <mark>17</mark> cracks in it.”</blockquote>'
        '<h3 class="rag-heading">Source</h3>'
        '<ol class="rag-sources"><li class="rag-source"><details>'
        '<summary class="rag-from"><span class="rag-number">1</span> <bdi class="rag-publisher">The Herald</bdi> · '
        '<bdi class="rag-title">Bridge closes</bdi> · <bdi class="rag-date">4 March 2025, 09:30</bdi></summary>'
        '<blockquote class="rag-quote" dir="auto">“Engineers found <mark>17</mark> cracks in it.”</blockquote>'
        '<p class="rag-place"><bdi>news/bridge.md</bdi></p></details></li></ol>'
        '<p class="rag-seconds">0.25 s</p></article>'
    )


def test_an_answer_that_is_its_sentence_is_shown_whole_and_once() -> None:
    long = f"{'word ' * 60}end."
    other = Alternative("Others say 16.", 0.6, "Others say 16.", ())
    shown = render_answer(make_answer(text=long, sentence=long, citations=(), alternatives=(other,)))
    assert f'<p class="rag-short" dir="auto">{long}</p>' in shown
    assert shown.count("word word") == 30
    assert "blockquote" not in shown
    assert shown.count("Others say 16.") == 1


def test_a_further_source_is_unfolded_and_both_are_counted() -> None:
    other = Citation(
        2, Source("again", "Shut", None, None, "https://courier.example/a?b=1&c=2"), "All 17 of them.", 0, 15
    )
    html = render_answer(make_answer(citations=(*make_answer().citations, other)))
    page = Page(html).check()
    assert "2 sources" in page.text
    assert page.marked == ["17", "17", "17"]
    assert [a for tag, a in page.tags if tag == "details"] == [{}, {"open": None}]
    assert [a["href"] for tag, a in page.tags if tag == "a"] == ["https://courier.example/a?b=1&c=2"]
    assert 'href="https://courier.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_silence_is_said_with_its_reason_and_the_closest_passage_is_no_answer() -> None:
    html = render_answer(make_answer(text=SAID_NOTHING, abstained=True, reason="no passage fits", confidence=0.1))
    page = Page(html).check()
    assert page.text == (
        "The articles do not say.Why: no passage fits.Closest passage, not an answer"
        "1 The Herald · Bridge closes · 4 March 2025, 09:30“Engineers found 17 cracks in it.”news/bridge.md0.25 s"
    )
    assert page.marked == []
    assert "%" not in page.text


def test_silence_over_nothing_shows_no_passage() -> None:
    empty = make_answer(text=SAID_NOTHING, abstained=True, reason="nothing matches", sentence="", citations=())
    assert Page(render_answer(empty)).text == "The articles do not say.Why: nothing matches.0.25 s"


def test_alternatives_say_who_says_what() -> None:
    source = Source("c", "Crack count", "The Courier", "2025-03-05", "c.md")
    sentence = "Others counted 16 cracks."
    other = Alternative("16 cracks", 0.6, sentence, (Citation(1, source, sentence, 0, 25),))
    page = Page(render_answer(make_answer(alternatives=(other,)))).check()
    assert page.text.endswith(
        "Other answers found16 cracks likely (60%)“Others counted 16 cracks.”"
        "The Courier · Crack count · 5 March 20250.25 s"
    )
    assert page.marked[-1] == "16 cracks"


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_in_an_article_or_a_question_becomes_markup(text: str) -> None:
    quote = f"{text} 17 {text}"
    source = Source(text, text, text, text, text)
    citation = Citation(1, source, quote, 0, len(quote))
    other = Alternative(text, 0.6, f"so {text}!", (citation,))
    html = render_answer(make_answer(text=text, sentence=quote, citations=(citation,), alternatives=(other,)))
    page = Page(html).check()
    assert f"“{quote}”" in page.text
    assert page.text.count(text) >= 10
    assert text in page.marked
    silent = make_answer(text=SAID_NOTHING, abstained=True, reason=text, sentence=quote, citations=(citation,))
    ours = (html, render_answer(silent), render_question(text), render_notice(text), render_context(text))
    for piece in ours:
        assert text in Page(piece).check().text
        assert "\n" not in piece
        assert "\t" not in piece


@pytest.mark.parametrize(
    "place",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://good.example",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        " https://good.example",
        "https://good.example/a b",
        'https://good.example/"onclick="alert(1)',
        "https://good.example/<script>",
        "https://good.example/\u202egpj.exe",
        "https://[::1",
        "https://",
        "https:///path",
        "http:evil.example",
        "\x01https://good.example",
        "https://good.example/" + "a" * 3000,
        "news/bridge.md",
    ],
)
def test_only_a_plain_web_address_is_a_link(place: str) -> None:
    citation = Citation(1, Source("a", "t", None, None, place), QUOTE, 0, len(QUOTE))
    page = Page(render_answer(make_answer(citations=(citation,)))).check()
    assert "a" not in [tag for tag, _ in page.tags]


def test_direction_and_control_characters_are_shown_not_obeyed() -> None:
    hidden = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b\x7f\x85\ud800\ufffe\U0001ffff"
    assert escape(f"a{hidden}b") == "a" + "\ufffd" * len(hidden) + "b"
    assert escape("a\n\tb") == "a&#10;&#9;b"
    assert escape("👩‍🚒 ילד é 日本") == "👩‍🚒 ילד é 日本"
    assert render_answer(make_answer(text=hidden)).encode("utf-8")


def test_the_mark_takes_the_whole_word() -> None:
    assert find_span("In 2017, 17 cracks", "17") == (9, 11)
    assert find_span("In 2017 alone", "17") == (5, 7)
    assert find_span("The Council said", "the council") == (0, 11)
    assert find_span("Nothing here", "17") == (0, 0)
    assert find_span("Nothing here", "") == (0, 0)
    assert find_span("a.c abc", "a.c") == (0, 3)
    assert find_span("It cost £4.2 million.", "£4.2 million") == (8, 20)


def test_an_endless_text_is_cut_around_the_span() -> None:
    long = "x" * 5_000_000
    source = Source("a", long, long, long, long)
    quote = f"{long} 17 {long}"
    began = time.perf_counter()
    answer = make_answer(sentence=quote, citations=(Citation(1, source, quote, 0, len(quote)),))
    html = render_answer(answer)
    assert time.perf_counter() - began < 5
    page = Page(html).check()
    assert len(html) < 20_000
    assert page.marked == ["17", "17"]
    assert "… “xxx" in page.text
    assert "xxx” …" in page.text
    assert len(render_question(long)) < 2_100
    assert len(render_notice(long)) < 2_100
    assert len(render_answer(make_answer(text=long))) < 2_000


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "very likely (over 99%)"), (0.9949, "very likely (99%)"), (0.8, "very likely (80%)"),
        (0.79, "likely (79%)"), (0.5, "likely (50%)"), (0.49, "uncertain (49%)"), (0.0, "uncertain (0%)"),
    ],
)  # fmt: skip
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert describe_confidence(confidence) == words


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2025-02-04", "4 February 2025"),
        ("2025-02-04T09:52", "4 February 2025, 09:52"),
        ("spring 2025", "spring 2025"),
        ("", ""),
        ("2025-13-45", "2025-13-45"),
    ],
)
def test_days_as_people_write_them(published: str, shown: str) -> None:
    assert describe_day(published) == shown
