from __future__ import annotations

import json
import time

import pytest

from tests.ui.page import INJECTIONS, Page
from ui.inspector import render_inspector
from ui.turns import Seen

BRIDGE = Seen(
    "bridge", "Bridge closes", 10, 42, (("dense", 0.5, 2), ("lexical", 7.256, 1), ("fused", 0.9, 1)),
    "17", 2.54, 0.75, "cited as [1]",
)  # fmt: skip
BAKER = Seen("baker", "Baker wins", 0, 9, (("dense", -0.1, 3), ("fused", 0.0, 2)), "", None, None, "no words here")


def test_a_passage_is_a_row_of_scores_words_and_fate() -> None:
    page = Page(render_inspector([BRIDGE, BAKER])).check()
    assert page.within("summary") == ["How it was found: 2 passages read"]
    assert [tag for tag, _ in page.tags].count("tr") == 3
    assert page.within("th") == [
        "Passage", "Dense", "BM25", "Fused", "Best words", "Reader", "Confidence", "What became of it",
        'Bridge closes["bridge", 10, 42, ""]',
        'Baker wins["baker", 0, 9, ""]',
    ]  # fmt: skip
    assert page.within("td") == [
        *("0.50 (#2)", "7.26 (#1)", "0.90 (#1)", "17", "+2.5", "75%", "cited as [1]"),
        *("-0.10 (#3)", "", "0.00 (#2)", "", "", "", "no words here"),
    ]


def test_it_is_folded_and_each_passage_opens_at_its_place() -> None:
    page = Page(render_inspector([BRIDGE, BAKER]))
    assert page.having("rag-inspect") == [{"class": "rag-inspect"}]
    assert page.of("rag-open") == ["Bridge closes", "Baker wins"]
    assert [json.loads(place) for place in page.of("rag-ref")] == [["bridge", 10, 42, ""], ["baker", 0, 9, ""]]
    assert {attributes["hidden"] for attributes in page.having("rag-ref")} == {None}
    assert "10, 42" not in page.text


def test_one_passage_and_a_search_of_another_name() -> None:
    page = Page(render_inspector([Seen("a", "T", 0, 1, (("mine", 1.0, 1),), "17", -3.0, 0.0, "")])).check()
    assert page.within("summary") == ["How it was found: 1 passage read"]
    assert page.within("th")[1] == "mine"
    assert page.within("td") == ["1.00 (#1)", "17", "-3.0", "0%", ""]


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_in_a_passage_becomes_markup(text: str) -> None:
    shown = render_inspector([Seen(text, text, 0, 9, ((text, 1.0, 1),), text, 1.0, 0.5, text)])
    page = Page(shown).check()
    assert page.of("rag-open") == [text]
    assert page.within("th")[1] == text
    assert page.within("td") == ["1.00 (#1)", text, "+1.0", "50%", text]
    assert json.loads(page.of("rag-ref")[0]) == [text, 0, 9, ""]
    assert "\n" not in shown


def test_endless_titles_and_words_are_cut() -> None:
    long = "x" * 5_000_000
    began = time.perf_counter()
    assert len(render_inspector([Seen("a", long, 0, 9, (), long, 1.0, 0.5, "why")] * 10)) < 10_000
    assert time.perf_counter() - began < 1
