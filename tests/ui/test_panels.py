from __future__ import annotations

import html
import re
from dataclasses import replace

from rag.types import Article, Skipped, Source
from ui.markup import MAX_LINE, MAX_QUOTE
from ui.panels import (
    MAX_LISTED,
    Shelf,
    render_article,
    render_list,
    render_shelf,
    render_starters,
    render_status,
)

HOSTILE = "<script>window.broken=1</script>\u202e & \"x\" onerror='y'"
SOURCE = Source("a", HOSTILE, HOSTILE, "2025-02-04T09:52", "javascript:window.broken=2", byline=HOSTILE)
SHELF = Shelf(
    (SOURCE, Source("b", "Undated", None, None, "b.txt")),
    (Skipped(HOSTILE, "the file is empty"),),
    7,
    "2026-11-25T22:00:00+00:00",
)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_an_article_is_shown_to_the_letter_with_its_place_marked() -> None:
    article = Article(SOURCE, f"Before.\n\n{HOSTILE}\n\nAfter.")
    shown = render_article(article, 9, 9 + len(HOSTILE))
    assert text_of(re.search(r'rag-fulltext" dir="auto">(.*)</div>', shown, re.S).group(1)) == article.text.replace(
        "\u202e", "\ufffd"
    )
    assert text_of(re.search(r"<mark[^>]*>(.*)</mark>", shown, re.S).group(1)) == HOSTILE.replace("\u202e", "\ufffd")
    assert "<script" not in shown
    assert "href" not in shown


def test_a_place_outside_the_article_marks_nothing_and_loses_nothing() -> None:
    article = Article(SOURCE, "Short.")
    for start, end in ((90, 99), (-5, -1), (4, 2)):
        shown = render_article(article, start, end)
        assert "<mark" not in shown
        assert text_of(shown).endswith("Short.")


def test_the_shelf_tells_what_there_is_and_what_was_skipped() -> None:
    shown = text_of(render_shelf(SHELF))
    assert shown.startswith("2 articles, 4 February 2025 to 4 February 2025. 1 publisher. 1 without a date.")
    assert "Last built 25 November 2026, 22:00 UTC." in shown
    assert "1 skipped, and why" in shown
    assert "<script" not in render_shelf(SHELF)


def test_a_list_is_cut_and_says_so() -> None:
    many = Shelf(tuple(Source(f"a{n:03}", f"Story {n}", None, None, "p") for n in range(MAX_LISTED + 5)), (), 0, "")
    shown = render_list(many, "story", frozenset({"a054"}))
    assert shown.count("<li>") == MAX_LISTED
    assert "and 5 more; narrow the search." in shown
    assert shown.count("Delete this added file") == 1
    assert "No article matches." in render_list(many, "zebra", frozenset())
    assert "<script" not in render_list(SHELF, "", frozenset())


def test_an_added_file_is_told_from_the_readers_own() -> None:
    shelf = Shelf((replace(SOURCE, article_id="own"), replace(SOURCE, article_id="theirs")), (), 0, "")
    theirs, own = render_list(shelf, "", frozenset({"own"})).split("</li>")[:2]
    assert text_of(theirs).startswith("theirs")
    assert ('class="rag-remove"' in theirs, "rag-own" in theirs) == (True, False)
    assert "Leave this article out of the index; the file stays" in theirs
    assert 'class="rag-remove rag-own" title="Delete this added file"' in own


def test_a_status_is_one_sentence_and_escaped() -> None:
    assert render_status("Reading <b>7</b> files …") == (
        '<p class="rag-notice" role="status">Reading &lt;b&gt;7&lt;/b&gt; files …</p>'
    )
    assert text_of(render_status(HOSTILE)) == HOSTILE.replace("\u202e", "\ufffd")
    assert len(text_of(render_status("x" * 5_000_000))) == MAX_QUOTE


def test_questions_to_begin_with_are_buttons_and_escaped() -> None:
    shown = render_starters(["Who won?", HOSTILE, "x" * 5_000_000])
    first, *rest = re.findall(r'<button type="button" class="rag-starter" title="Ask this">([^<>]*)</button>', shown)
    assert first == "Who won?"
    assert [text_of(each) for each in rest] == [HOSTILE.replace("\u202e", "\ufffd"), "x" * (MAX_LINE - 1) + "…"]
    assert text_of(shown).startswith("The articles answer, for example:Who won?")
    assert shown.count("<") == 2 * 4
    assert render_starters([]) == ""
