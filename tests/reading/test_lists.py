"""The items that answer a question for several things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.lists import gather
from rag.types import Hit, Passage, Reading, Span
from tests.conftest import make_passage
from tests.reading.spans import reading, span

ROADS = make_passage(
    "The bridge shuts in June. Three roads will be closed to lorries: Elm Row, Oak Row and the end of Fir Row. "
    "Buses run by Low Lane and High Lane.",
    "roads",
    40,
    title="Roads to close",
)
COPY = make_passage("Lorries are banned from Elm Row, Oak Row and the end of Fir Row.", "copy", 0, title="Lorry ban")
DEAD = make_passage(
    "A third man has died. Cy Doe, 77, died on Monday. Police named two others who were killed in the crash: "
    "Ada Brook, 61, a retired vet, and Hal Dunn, 20, who kept bees.",
    "dead",
    title="Crash: third death",
)


def texts(question: str, found: Reading) -> list[str]:
    return [item.text for item in gather(question, found)]


def test_the_list_is_told_where_the_reader_only_counts_it() -> None:
    found = reading(span(ROADS, "Three roads", 4.0), span(ROADS, "Three", 3.0))
    assert texts("Which roads will be closed to lorries?", found) == ["Elm Row", "Oak Row", "the end of Fir Row"]


def test_every_source_of_an_item_is_kept_and_told_once() -> None:
    found = reading(span(ROADS, "Elm Row", 5.0), span(COPY, "Oak Row", 3.0))
    items = gather("Which three roads will be closed to lorries?", found)
    assert [item.text for item in items] == ["Elm Row", "Oak Row", "the end of Fir Row"]
    assert [[s.hit.passage.source.article_id for s in item.spans] for item in items] == [["roads", "copy"]] * 3
    for item in items:
        assert [s.text for s in item.spans] == [item.text] * 2
        assert (item.spans[0].start, item.spans[0].end) == (
            40 + ROADS.text.index(item.text),
            40 + ROADS.text.index(item.text) + len(item.text),
        )


def test_a_name_beside_the_list_joins_it_in_the_order_of_the_article() -> None:
    found = reading(span(DEAD, "Ada Brook", -2.0), span(DEAD, "Cy Doe", -3.0))
    assert texts("Give the names of those killed in the crash.", found) == ["Cy Doe", "Ada Brook", "Hal Dunn"]


def test_a_name_that_the_reader_doubts_stays_out() -> None:
    found = reading(span(DEAD, "Ada Brook", 2.0), span(DEAD, "Cy Doe", -3.0))
    assert texts("Give the names of those killed in the crash.", found) == ["Ada Brook", "Hal Dunn"]


def test_no_more_than_are_asked_for() -> None:
    found = reading(span(DEAD, "Ada Brook", -2.0), span(DEAD, "Cy Doe", -3.0))
    assert texts("Which two people were killed in the crash?", found) == ["Ada Brook", "Hal Dunn"]


def test_a_fuller_form_is_no_further_item() -> None:
    one = make_passage("The seats went to Ada Brook, Hal Dunn and Cy Doe.", "one", title="Seats")
    other = make_passage("The seats went to Brook, Dunn, Doe and Fay Hill.", "other", title="Seats")
    found = reading(span(one, "Ada Brook, Hal Dunn and Cy Doe", 6.0), span(other, "Brook, Dunn, Doe and Fay Hill", 5.0))
    assert texts("Which people won seats?", found) == ["Ada Brook", "Hal Dunn", "Cy Doe", "Fay Hill"]


def test_one_item_of_a_longer_list_is_not_taken_apart() -> None:
    fees = "Fees are waived for pupils under nine, for nurses and doctors, and for the blind."
    long, short = make_passage(fees, "long", title="Fees"), make_passage("Nurses and doctors pay no fees.", "short")
    found = reading(span(short, "Nurses and doctors", 7.0), span(long, "pupils under nine", 4.0))
    assert texts("Who or what is exempt from fees?", found) == ["pupils under nine", "nurses and doctors", "the blind"]


def test_a_list_runs_over_two_passages() -> None:
    text = "The plan has four parts:\n\n- late hours\n- a book box\n- free vans\n- new roofs"
    cut = text.index("- free")
    first = make_passage(text[: cut - 1], "plan", 0)
    second = make_passage(text[cut:], "plan", cut)
    found = reading(span(first, "late hours", 3.0), span(second, "new roofs", 1.0))
    assert texts("Which four parts has the plan?", found) == ["late hours", "a book box", "free vans", "new roofs"]


@pytest.mark.parametrize(
    ("margin", "told"), [(3.0, ["late hours", "free vans", "new roofs"]), (-2.0, [])], ids=["reached over", "in doubt"]
)
def test_a_question_that_does_not_say_so_needs_the_readers_reach(margin: float, told: list[str]) -> None:
    plan = make_passage("The town wants late hours, free vans and new roofs.", "plan")
    found = reading(span(plan, "late hours", 4.0), span(plan, "late hours, free vans and new roofs", margin))
    assert texts("What does the town want?", found) == told


@pytest.mark.parametrize(
    "question", ["How many roads will be closed?", "Will the roads be closed?", "When will the roads be closed?"]
)
def test_other_questions_get_no_list(question: str) -> None:
    assert texts(question, reading(span(ROADS, "Elm Row, Oak Row and the end of Fir Row", 5.0))) == []


def test_nothing_read_and_a_single_thing() -> None:
    assert gather("Which roads will be closed?", Reading("", (), (), float("inf"))) == ()
    shut = make_passage("Only Elm Row will be closed.", "shut")
    assert texts("Which roads will be closed?", reading(span(shut, "Elm Row", 5.0))) == []


PIECES = ["Ann Lee", "the end", " and ", ", ", "; ", ": ", "who", " for ", "81", ". ", "\n\n- ", "“x, y”"]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25), st.data())
def test_items_are_verbatim_and_never_doubled(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    passage = Passage("p#7", make_passage("").source, text, 7, 7 + len(text))
    found = Span(Hit(passage, 1.0, 1, "x"), 7 + start, 7 + end, 3.0, 0.0)
    items = gather("Which names are these?", Reading("", (found.hit,), (found,), 0.0))
    assert len(items) != 1
    assert len({item.text for item in items}) == len(items)
    for item in items:
        assert item.spans[0].text == item.text == text[item.spans[0].start - 7 : item.spans[0].end - 7]
