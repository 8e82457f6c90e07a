"""Conversations with the real assistant over the toy newsroom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.assistant import Assistant, Step
from rag.config import load_config
from rag.reading.rule import Rule
from rag.types import SAID_NOTHING, Article
from tests.ui.page import Page, make_answer
from ui.conversation import FAILED, Room, add, ask, judge, messages
from ui.evidence import contexts_of
from ui.markup import measured_in_words
from ui.newsroom import Newsroom
from ui.render import render_question, render_stage, render_turn
from ui.turns import MAX_TEXT, MAX_TURNS, Filters, Seen, Turn, load_turns, save_turns

CRACKS, HERONS = "How many cracks did engineers find?", "How many herons did the warden Ada Quill count?"
ALL = Filters()
SEEN = (Seen("a", "T", 0, 9, (), "17", 1.0, 0.5, "cited as [1]"),)


@pytest.fixture(scope="module")
def room(newsroom_index: Path) -> Newsroom:
    return Newsroom(load_config(), newsroom_index)


class Listening:
    """A room whose assistant is the real one; what it is told of earlier turns is noted."""

    def __init__(self, room: Newsroom) -> None:
        self._room, self.rule, self.article = room, room.rule, room.article
        self.histories: list[list[tuple[str, str]]] = []

    @property
    def assistant(self) -> Listening:
        return self

    def steps(self, question, *, history=(), **filters) -> Iterator[Step]:
        self.histories.append(list(history))
        return self._room.assistant.steps(question, history=history, **filters)

    def rate(self, reading):
        return self._room.assistant.rate(reading)


class Broken:
    """A room with a fault of ours."""

    rule = Rule()

    @property
    def assistant(self) -> Assistant:
        raise RuntimeError("disk /secret/path on fire")

    def article(self, article_id: str) -> Article | None:
        return None


def talk(room: Room, *questions: str) -> list[Turn]:
    turns: list[Turn] = []
    for question in questions:
        *_, turn = ask(room, question, turns, ALL)
        turns = add(turns, turn)
    return turns


def test_a_question_comes_step_by_step_and_ends_as_a_turn(room: Newsroom) -> None:
    *steps, turn = ask(room, f"  {CRACKS}\n", [], ALL)
    assert [type(step) for step in steps] == [Step] * 3
    assert [(step.hits is None, step.reading is None) for step in steps] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert (turn.question, turn.notice, turn.searched, turn.filters, turn.verdict) == (CRACKS, "", "", ALL, "")
    assert turn.answer.text == "17"
    assert turn.said == (CRACKS, "17")


def test_a_turn_has_the_context_of_each_quote_and_the_fate_of_each_passage(room: Newsroom) -> None:
    *_, before_last, turn = ask(room, CRACKS, [], ALL)
    assert {citation.source.article_id for citation in turn.answer.citations} == {"bridge", "bridge-again"}
    assert turn.contexts == contexts_of(turn.answer, room.article)
    assert "Seventeen lorries were turned back. " in [context.before for context in turn.contexts]
    assert [one.article_id for one in turn.seen] == [hit.passage.source.article_id for hit in before_last.hits]
    whys = {one.article_id: one.why for one in turn.seen}
    assert {whys[citation.source.article_id] for citation in turn.answer.citations} == {"cited as [1]", "cited as [2]"}


@pytest.mark.parametrize(
    ("filters", "read"),
    [
        (Filters(("The Marlow Herald",)), {"bridge"}),
        (Filters((), "2025-03-05"), {"bridge-again", "herons"}),
        (Filters((), "", "2025-03-04"), {"bridge"}),
        (Filters(("The Marlow Herald", "the marlow courier"), "2025-03-04", "2025-03-05"), {"bridge", "bridge-again"}),
    ],
)
def test_a_question_is_put_to_the_articles_that_were_chosen(room: Newsroom, filters: Filters, read: set[str]) -> None:
    *_, turn = ask(room, CRACKS, [], filters)
    assert {one.article_id for one in turn.seen} == read
    assert {citation.source.article_id for citation in turn.answer.citations} == read - {"herons"}
    assert turn.filters == filters


def test_only_a_question_that_points_back_takes_the_earlier_turns_along(room: Newsroom) -> None:
    first, second, third = talk(room, "What did engineers find?", "How much will it cost to repair?", HERONS)
    assert first.searched == third.searched == ""
    assert second.searched == f"What did engineers find? {first.said[1]} How much will it cost to repair?"
    assert third.answer.text == "31 herons"


def test_what_was_said_before_is_the_whole_history(room: Newsroom) -> None:
    listening = Listening(room)
    turns = talk(listening, CRACKS, "why " * 300, HERONS, CRACKS)
    assert [turn.said for turn in turns] == [(CRACKS, "17"), None, (HERONS, "31 herons"), (CRACKS, "17")]
    assert listening.histories == [[], [(CRACKS, "17")], [(CRACKS, "17")], [(CRACKS, "17"), (HERONS, "31 herons")]]


def test_silence_adds_no_words_to_the_history(room: Newsroom) -> None:
    listening = Listening(room)
    silent, _ = talk(listening, "What is the capital of Australia?", "And who governs there?")
    assert (silent.answer.abstained, silent.answer.text) == (True, SAID_NOTHING)
    assert listening.histories[1] == [("What is the capital of Australia?", "")]


def test_a_blank_question_gives_nothing(room: Newsroom) -> None:
    assert [list(ask(room, question, [], ALL)) for question in ("", " \n\t")] == [[], []]
    assert list(ask(Broken(), " ", [], ALL)) == []


def test_a_mistake_is_its_one_sentence(room: Newsroom) -> None:
    [turn] = ask(room, "why " * 5000, [], ALL)
    assert turn == Turn("why " * 5000, notice="The question has 20,000 characters, at most 1,000 are read; shorten it.")
    assert turn.said is None


@pytest.mark.parametrize("question", ["why " * 6000, "half a \ud800 character? " * 100])
def test_what_is_refused_can_be_kept_by_the_browser(room: Newsroom, question: str) -> None:
    [turn] = ask(room, question, [], ALL)
    assert len(turn.question) <= MAX_TEXT
    assert load_turns(json.loads(json.dumps(save_turns([turn]), ensure_ascii=False).encode())) == [turn]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (
            Filters(("The Marlow Heralt",)),
            "The index has no article published by 'The Marlow Heralt'; did you mean 'The Marlow Herald'?",
        ),
        (Filters((), "4 March"), "'4 March' is not a day; write it as 2025-02-04."),
        (
            Filters((), "2025-03-05", "2025-03-04"),
            "No day is after 2025-03-05 and before 2025-03-04; swap the two.",
        ),
    ],
)
def test_a_filter_that_cannot_be_is_one_sentence(room: Newsroom, filters: Filters, said: str) -> None:
    assert list(ask(room, CRACKS, [], filters)) == [Turn(CRACKS, notice=said, filters=filters)]


def test_a_fault_of_ours_is_one_sentence_and_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        [turn] = ask(Broken(), CRACKS, [], ALL)
    assert turn == Turn(CRACKS, notice=FAILED)
    assert "secret" not in str(messages([turn]))
    assert "disk /secret/path on fire" in caplog.text


def test_turns_add_up_and_the_oldest_go() -> None:
    many = [Turn(f"q{number}") for number in range(MAX_TURNS)]
    assert add([], many[0]) == [many[0]]
    assert add(many[:2], many[2]) == many[:3]
    assert add(many, Turn("last")) == [*many[1:], Turn("last")]


def test_only_the_last_turn_is_kept_with_what_was_seen() -> None:
    answered = Turn(CRACKS, make_answer(), seen=SEEN, verdict="good")
    last = Turn(HERONS, make_answer(), seen=SEEN)
    assert add([answered, answered], last) == [replace(answered, seen=())] * 2 + [last]


def test_a_verdict_goes_to_the_turn_it_was_given_to() -> None:
    turns = [Turn("a", make_answer()), Turn("b", make_answer(text="16"), seen=SEEN), Turn("c", notice="Too long.")]
    judged, answer = judge(turns, 1, "bad")
    assert judged == [turns[0], replace(turns[1], verdict="bad"), turns[2]]
    assert answer == turns[1].answer
    assert judge(judged, 1, "good")[0][1].verdict == "good"
    assert turns[1].verdict == ""


@pytest.mark.parametrize("number", [-1, 1, 3, 99])
def test_there_is_no_verdict_where_there_is_no_answer(number: int) -> None:
    turns = [Turn("a", make_answer()), Turn("b", notice="Too long."), Turn("c", make_answer())]
    assert judge(turns, number, "good") == (turns, None)


def test_a_conversation_is_messages_by_turns() -> None:
    turns = [Turn("a", make_answer()), Turn("b", notice="Too long.")]
    assert messages(turns) == [
        {"role": "user", "content": render_question("a")},
        {"role": "assistant", "content": render_turn(turns[0])},
        {"role": "user", "content": render_question("b")},
        {"role": "assistant", "content": render_turn(turns[1])},
    ]
    assert messages([]) == []


def test_a_question_under_way_is_the_last_message_and_tells_how_far_it_is(room: Newsroom) -> None:
    before = [Turn("a", make_answer())]
    *steps, _ = ask(room, CRACKS, before, ALL)
    told = []
    for step in steps:
        *earlier, asked, stage = messages(before, CRACKS, step)
        assert earlier == messages(before)
        assert asked == {"role": "user", "content": render_question(CRACKS)}
        assert stage["role"] == "assistant"
        told.append(stage["content"])
    passages = len(steps[1].hits)
    articles = len({hit.passage.source.article_id for hit in steps[1].hits})
    assert told == [
        render_stage(),
        render_stage(passages, articles),
        render_stage(passages, articles),
    ]
    assert Page(told[1]).text == f"Found {passages} passages in {articles} articles · Reading and deciding …"


def test_an_answer_comes_with_how_often_such_answers_were_right(room: Newsroom) -> None:
    (turn,) = talk(room, "How many cracks did engineers find?")
    assert turn.answer is not None
    assert turn.measured == measured_in_words(turn.answer.confidence, room.rule.measured)
    assert "were right" in turn.measured
