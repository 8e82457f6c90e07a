from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.assistant import Assistant
from rag.types import Agreement, Difference, Reason, Resolved, Silence, Value
from tests.ui.page import Page
from ui.export import to_markdown
from ui.render import render_turn
from ui.turns import MAX_TURNS, Context, Filters, Seen, Turn, load_turns, save_turns

SEEN = Seen("a", "T", 0, 9, (("dense", 0.5, 1), ("fused", 1.0, 1)), "17", 2.5, 0.75, "cited as [1]")
UNREAD = Seen("b", "T", 0, 9, (), "", None, None, "the reader found no words here that could be an answer")


@pytest.fixture(scope="module")
def turn(assistant: Assistant) -> Turn:
    answer = assistant.answer("How many cracks did engineers find?")
    context = tuple(Context("Before.", "After.", "Joan Petty") for _ in answer.citations)
    return Turn(
        answer.question,
        answer,
        "",
        "bridge",
        Filters(("The Marlow Herald",), "2025-01-01"),
        context,
        (SEEN, UNREAD),
        "good",
    )


def test_turns_come_back_from_the_browser_as_they_went(turn: Turn) -> None:
    turns = [turn, Turn("why " * 9, notice="The question is too long.")]
    assert load_turns(json.loads(json.dumps(save_turns(turns)))) == turns


def test_what_stands_beside_an_answer_comes_back_too(turn: Turn) -> None:
    assert turn.answer is not None
    value = Value("17", turn.answer.citations, 2, superseded=True)
    beside = replace(
        turn.answer,
        agreement=Agreement(Difference.UPDATE, (value,)),
        items=(value,),
        as_of="2025-03-06",
        dates=(Resolved(1, "Monday", "2025-03-03", "2025-03-03"),),
        speaker="Joan Petty",
        silence=Silence(Reason.CONFLICT, "Both.", "Compare."),
    )
    turns = [replace(turn, answer=beside)]
    assert load_turns(json.loads(json.dumps(save_turns(turns)))) == turns


def test_a_turn_that_an_older_version_kept_still_loads(turn: Turn) -> None:
    [kept] = json.loads(json.dumps(save_turns([turn])))
    for key in ("sources", "silence", "agreement", "items", "as_of", "dates", "speaker"):
        del kept["answer"][key]
    [loaded] = load_turns([kept])
    assert loaded.answer is not None
    assert (loaded.question, loaded.answer.text) == (turn.question, "17")
    assert (loaded.answer.agreement, loaded.answer.items, loaded.answer.dates) == (None, (), ())
    assert "17" in render_turn(loaded)


EMPTY = {"text": "", "sources": -1, "superseded": True, "citations": []}


@pytest.mark.parametrize(
    "beside",
    [
        {"agreement": {"difference": "conflict", "values": []}},
        {"agreement": {"difference": "update", "values": [EMPTY]}},
        {"items": [EMPTY]},
        {"dates": [{"number": 1, "words": "<b>", "first": "0000", "last": "<i>"}], "as_of": "<b>", "speaker": ""},
    ],
)
def test_whatever_stands_beside_a_planted_answer_can_be_drawn(turn: Turn, beside: dict[str, object]) -> None:
    [kept] = save_turns([turn])
    [loaded] = load_turns([{**kept, "answer": {**kept["answer"], **beside}}])
    Page(render_turn(loaded)).check()
    assert to_markdown([loaded])


def test_what_a_stranger_planted_is_left_out_and_the_rest_kept(turn: Turn) -> None:
    [good] = save_turns([turn])
    planted = [
        None,
        7,
        {},
        {**good, "question": 3},
        {**good, "question": "x" * 20_001},
        {**good, "answer": {**good["answer"], "confidence": "high"}},
        {**good, "filters": None},
        {**good, "contexts": [{}]},
        {**good, "seen": [{**good["seen"][0], "scores": [["dense", "x", 1]]}]},
    ]
    assert load_turns([*planted, good]) == [turn]
    assert [load_turns(saved) for saved in (None, {}, "x", 3)] == [[], [], [], []]
    assert load_turns([{**good, "verdict": "<b>"}])[0].verdict == ""


def test_only_the_last_turns_are_kept() -> None:
    turns = [Turn(f"q{n}") for n in range(MAX_TURNS + 3)]
    assert [turn.question for turn in load_turns(save_turns(turns))] == [f"q{n}" for n in range(3, MAX_TURNS + 3)]


def test_what_a_turn_says_to_the_next_question(turn: Turn, assistant: Assistant) -> None:
    assert turn.said == ("How many cracks did engineers find?", "17")
    silent = assistant.answer("What is the capital of Australia?")
    assert Turn(silent.question, silent).said == (silent.question, "")
    assert Turn("?", notice="blank").said is None


@pytest.mark.parametrize("field", [{"start": float("inf")}, {"margin": 10**400}])
def test_a_number_beyond_all_bounds_is_left_out(turn: Turn, field: dict[str, object]) -> None:
    [good] = save_turns([turn])
    assert load_turns([{**good, "seen": [{**good["seen"][0], **field}]}, good]) == [turn]
