from __future__ import annotations

import html
import re

from rag.types import Article, Skipped, Source
from ui.panels import MAX_LISTED, Shelf, render_article, render_list, render_shelf

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
