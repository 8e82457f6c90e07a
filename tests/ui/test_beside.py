from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from rag.types import SAID_NOTHING, Agreement, Answer, Citation, Difference, Reason, Resolved, Silence, Source, Value
from tests.ui.page import INJECTIONS, QUOTE, Page, make_answer
from ui.beside import (
    HEADS,
    MAX_ITEMS,
    MAX_TELLERS,
    MAX_VALUES,
    OPEN,
    OPENING,
    render_agreement,
    render_dates,
    render_items,
    render_silence,
)

COURIER = Source("again", "Shut", "The Courier", "2025-03-02", "again.md")
OTHER = Citation(2, COURIER, "There were sixteen cracks.", 0, 26)
FIRST = make_answer().citations[0]


def differing(difference: Difference, superseded: bool = False, **changes: object) -> Answer:
    values = (Value("17", (FIRST,), 2), Value("sixteen", (OTHER,), 1, superseded))
    return make_answer(agreement=Agreement(difference, values), **changes)


def test_values_that_differ_are_this_very_table() -> None:
    assert render_agreement(differing(Difference.UPDATE, superseded=True)) == (
        '<p class="rag-differ">A later report changes it: <bdi>17</bdi> (4 March) after “<bdi>sixteen</bdi>” (2 March).'
        '</p><table class="rag-values"><thead><tr><th scope="col"><span class="rag-heard">Value</span></th>'
        '<th scope="col"><span class="rag-heard">Independent sources</span></th>'
        '<th scope="col"><span class="rag-heard">Told by</span></th></tr></thead><tbody>'
        '<tr><th scope="row"><bdi>17</bdi> <span class="rag-state">newest</span></th><td>2 sources</td>'
        '<td><ul class="rag-papers"><li><span class="rag-number">1</span> <span class="rag-at">'
        '<button type="button" class="rag-open" title="Open the article at this sentence">'
        "<bdi>The Herald, 4 March 2025</bdi></button>"
        '<span class="rag-ref" hidden>[&quot;bridge&quot;, 10, 42, &quot;Engineers found 17 cracks in it.&quot;]</span>'
        "</span></li></ul></td></tr>"
        '<tr class="rag-old"><th scope="row"><bdi>sixteen</bdi> <span class="rag-state">superseded</span></th>'
        '<td>1 source</td><td><ul class="rag-papers"><li><span class="rag-at">'
        '<button type="button" class="rag-open" title="Open the article at this sentence">'
        "<bdi>The Courier, 2 March 2025</bdi></button>"
        '<span class="rag-ref" hidden>[&quot;again&quot;, 0, 26, &quot;There were sixteen cracks.&quot;]</span>'
        "</span></li></ul></td></tr></tbody></table>"
    )


def test_of_a_conflict_no_value_is_newest() -> None:
    page = Page(render_agreement(differing(Difference.CONFLICT))).check()
    assert page.of("rag-differ") == ["The reports differ: 2 sources say 17, 1 says “sixteen”."]
    assert page.of("rag-state") == page.of("rag-old") == []
    assert [text for text in page.within("th") if text not in HEADS] == ["17", "sixteen"]


@pytest.mark.parametrize("agreement", [None, Agreement(Difference.AGREE, ()), Agreement(Difference.CONFLICT, ())])
def test_where_nothing_differs_there_is_no_table(agreement: Agreement | None) -> None:
    assert render_agreement(make_answer(agreement=agreement)) == ""
    assert render_agreement(differing(Difference.AGREE)) == ""


def test_a_paper_without_name_or_day_is_told_by_its_title() -> None:
    nameless = replace(OTHER, source=Source("again", "Shut for good", None, None, "again.md"))
    answer = make_answer(agreement=Agreement(Difference.WORDING, (Value("17", (nameless,), 1),)))
    assert Page(render_agreement(answer)).within("button") == ["Shut for good"]


def test_a_list_has_a_line_for_each_item_and_its_numbers_open_the_articles() -> None:
    far = replace(OTHER, number=9, start=90, end=116)
    items = (Value("Ash", (FIRST,), 1), Value("Bay", (FIRST, OTHER, far), 2))
    page = Page(render_items(make_answer(items=items, citations=(FIRST, OTHER)))).check()
    assert [text.partition("[")[0] for text in page.within("li")] == ["Ash 1", "Bay 1"]
    assert page.of("rag-open") == ["1", "1", "2"]
    assert [one["title"] for one in page.having("rag-open")] == [
        f"Source 1, The Herald: {OPEN}", f"Source 1, The Herald: {OPEN}", f"Source 2, The Courier: {OPEN}",
    ]  # fmt: skip
    assert [json.loads(text) for text in page.of("rag-ref")] == [
        ["bridge", 10, 42, QUOTE], ["bridge", 10, 42, QUOTE], ["again", 0, 26, OTHER.quote],
    ]  # fmt: skip


def test_a_date_stands_beside_its_words() -> None:
    dates = (
        Resolved(1, "late Monday", "2025-03-03", "2025-03-03"),
        Resolved(1, "that week", "2025-03-03", "2025-03-09"),
    )
    answer = make_answer(dates=dates)
    assert (
        Page(render_dates(answer, 1)).check().text == "“late Monday” = 3 March 2025 · “that week” = 3 to 9 March 2025"
    )
    assert render_dates(answer, 2) == ""


def silent(silence: Silence | None, **changes: object) -> Answer:
    return make_answer(text=SAID_NOTHING, abstained=True, reason="a name is unknown", silence=silence, **changes)


def test_silence_has_its_reason_what_in_particular_and_what_would_help() -> None:
    why = Silence(Reason.UNKNOWN_NAME, "“Quill” stands in none of the articles.", "Did you mean “Quilp”?")
    page = Page(render_silence(silent(why))).check()
    assert (page.of("rag-reason"), page.of("rag-detail"), page.of("rag-help")) == (
        ["Why: a name is unknown."],
        ["“Quill” stands in none of the articles."],
        ["What would help: Did you mean “Quilp”?"],
    )
    assert Page(render_silence(silent(None))).text == "Why: a name is unknown."
    assert Page(render_silence(silent(Silence(Reason.NO_ANSWER)))).text == "Why: a name is unknown."


def test_silence_over_a_conflict_shows_the_table_in_place_of_the_detail() -> None:
    why = Silence(Reason.CONFLICT, "The articles give both.", "Compare them.")
    page = Page(render_silence(silent(why, agreement=differing(Difference.CONFLICT).agreement))).check()
    assert "The reports differ: 2 sources say 17, 1 says “sixteen”." in page.text
    assert "The articles give both." not in page.text
    assert page.text.endswith("What would help: Compare them.")


def hostile(text: str, times: int = 1) -> Answer:
    citation = Citation(1, Source(text, text, text, text, text), text, 0, len(text))
    values = (Value(text, (citation,) * times, 1), Value(text, (citation,), 2, superseded=True)) * times
    return make_answer(
        citations=(citation,), agreement=Agreement(Difference.UPDATE, values), items=values, reason=text,
        dates=(Resolved(1, text, text, text),) * times, silence=Silence(Reason.PREMISE, text, text),
    )  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_from_an_article_becomes_markup(text: str) -> None:
    answer = hostile(text)
    for piece, times in (
        (render_agreement(answer), 6),
        (render_items(answer), 2),
        (render_dates(answer, 1), 2),
        (render_silence(replace(answer, agreement=None)), 3),
    ):
        assert Page(piece).check().text.count(text[:50]) >= times  # a name is cut
        assert "\n" not in piece


def test_endless_texts_and_lists_are_cut_and_say_so() -> None:
    began = time.perf_counter()
    answer = hostile("x" * 1_000_000, 200)
    pieces = (render_agreement(answer), render_items(answer), render_dates(answer, 1), render_silence(answer))
    assert sum(map(len, pieces)) < 1_500_000
    assert time.perf_counter() - began < 5
    assert f"and {400 - MAX_VALUES} more values" in pieces[0]
    assert f"and {200 - MAX_TELLERS} more" in pieces[0]
    assert f"and {400 - MAX_ITEMS} more" in pieces[1]
    assert len(json.loads(Page(pieces[0]).of("rag-ref")[0])[3]) == OPENING
