"""A question put to the newsroom, step by step → a turn of the conversation. It does not know gradio.

Whatever goes wrong becomes a turn with one sentence: a mistake of the reader's in its own words, a fault of ours in
general ones, with the rest in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from rag.assistant import Assistant, Step
from rag.errors import RagError
from rag.reading.rule import Rule
from rag.types import Answer, Article
from ui.evidence import contexts_of, passages_seen
from ui.markup import MAX_QUOTE, cut, measured_in_words
from ui.render import render_question, render_stage, render_turn
from ui.turns import MAX_TEXT, MAX_TURNS, Filters, Turn

FAILED = "Something went wrong on our side and was written to the log; please ask again."

logger = logging.getLogger(__name__)


class Room(Protocol):
    """What a conversation asks: the newsroom."""

    @property
    def assistant(self) -> Assistant:
        """What answers now."""
        ...

    @property
    def rule(self) -> Rule:
        """How answers are chosen, trusted or withheld."""
        ...

    def article(self, article_id: str) -> Article | None:
        """Return an article, None when it is not there."""
        ...


def ask(room: Room, question: str, earlier: Sequence[Turn], filters: Filters) -> Iterator[Step | Turn]:
    """Yield each step of an answer, and at the end the turn. A question that is blank gives nothing at all."""
    if not question.strip():
        return
    question = question.encode("utf-8", "replace").decode()  # half a character cannot be kept
    try:
        yield from _steps(room, question, earlier, filters)
    except RagError as error:
        yield Turn(question[:MAX_TEXT], notice=cut(str(error), MAX_QUOTE), filters=filters)
    except Exception:
        logger.exception("a question could not be answered")
        yield Turn(question[:MAX_TEXT], notice=FAILED, filters=filters)


def _steps(room: Room, question: str, earlier: Sequence[Turn], filters: Filters) -> Iterator[Step | Turn]:
    assistant = room.assistant
    steps = assistant.steps(
        question,
        history=[turn.said for turn in earlier if turn.said is not None],
        publishers=filters.publishers or None,
        published_from=filters.published_from or None,
        published_to=filters.published_to or None,
    )
    for step in steps:
        if step.answer is None or step.reading is None:
            yield step
            continue
        answer = step.answer
        yield Turn(
            answer.question,
            answer,
            searched="" if step.searched == answer.question else step.searched,
            filters=filters,
            contexts=contexts_of(answer, room.article),
            seen=passages_seen(step.reading, assistant.rate(step.reading), answer, room.rule.threshold),
            measured=measured_in_words(answer.confidence, room.rule.measured),
        )


def add(turns: Sequence[Turn], turn: Turn) -> list[Turn]:
    """Return the conversation with one more turn. Only the last is kept with what was seen for it."""
    return [*(replace(before, seen=()) for before in turns[-(MAX_TURNS - 1) :]), turn]


def judge(turns: Sequence[Turn], number: int, verdict: str) -> tuple[list[Turn], Answer | None]:
    """Return the turns with a reader's verdict on one of them, and its answer; None where there is none to judge."""
    if not 0 <= number < len(turns) or turns[number].answer is None:
        return list(turns), None
    judged = replace(turns[number], verdict=verdict)
    return [*turns[:number], judged, *turns[number + 1 :]], judged.answer


def messages(turns: Sequence[Turn], asked: str = "", step: Step | None = None) -> list[dict[str, str]]:
    """Return the turns as the chat takes them, and behind them a question that is being answered."""
    pairs = [(render_question(turn.question), render_turn(turn)) for turn in turns]
    if step is not None:
        pairs.append((render_question(asked), _stage(step)))
    return [
        {"role": role, "content": content}
        for pair in pairs
        for role, content in zip(("user", "assistant"), pair, strict=True)
    ]


def _stage(step: Step) -> str:
    if step.hits is None:
        return render_stage()
    articles = {hit.passage.source.article_id for hit in step.hits}
    return render_stage(len(step.hits), len(articles))
