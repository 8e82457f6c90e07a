"""Whole conversations, each turn asked with the assistant's own answers before it, judged turn by turn.

Rows: {"id", "turns": [{"question", "answers": [accepted texts]}, ...]}; no accepted text: the articles do not say.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from rag.assistant import Assistant
from rag.config import load_config
from rag.errors import QuestionError
from rag.eval.commands import check_folders
from rag.eval.doors import opened
from rag.eval.judging import judge
from rag.eval.questions import QuestionRow
from rag.eval.statistics import mean_interval
from rag.types import Answer
from rag.wiring import make_assistant

SAMPLE = Path(__file__).parents[2] / "eval" / "conversations.jsonl"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation: its questions, each with the accepted answers."""

    name: str
    turns: tuple[QuestionRow, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it went. searched: what was searched for."""

    row: QuestionRow
    searched: str
    answer: Answer

    @property
    def right(self) -> bool:
        """Whether the answer is an accepted one, or silence where the articles do not say."""
        return judge(self.row, self.answer, proven=False).right == 1


def read_conversations(path: str | Path) -> list[Conversation]:
    """Return all conversations of a file. Raises QuestionError naming the line that cannot be used."""
    try:
        lines = Path(path).read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path} cannot be read ({error}); give a file of conversations, one a line.") from None
    found = [_conversation(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    names = [one.name for one in found]
    if twice := next((name for place, name in enumerate(names) if name in names[:place]), None):
        raise QuestionError(f"{path}: two conversations have the id {twice!r}; change one.")
    if not found:
        raise QuestionError(f'{path} holds no conversation; each line is like {{"id": "c1", "turns": [...]}}.')
    return found


def _conversation(line: str, place: str) -> Conversation:
    try:
        raw: dict[str, Any] = json.loads(line)
        name = str(raw["id"])
        turns = tuple(_turn(f"{name}-{number}", turn) for number, turn in enumerate(raw["turns"], start=1))
        if not turns:
            raise ValueError("it has no turn")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        wanted = '{"id": "c1", "turns": [{"question": "Who won?", "answers": ["Ada Quill"]}, ...]}'
        raise QuestionError(f"{place} is no conversation ({error!r}); write it as {wanted}.") from None
    return Conversation(name, turns)


def _turn(row_id: str, raw: dict[str, Any]) -> QuestionRow:
    question, answers = raw["question"], raw["answers"]
    if not isinstance(question, str) or not any(c.isalnum() for c in question):
        raise ValueError(f"a question must be a text, found {question!r}")
    if not isinstance(answers, list) or not all(isinstance(text, str) and text.strip() for text in answers):
        raise ValueError(f"answers must be a list of texts, found {answers!r}")
    return QuestionRow(row_id, question, "span", tuple(answers))


def talk(assistant: Assistant, rows: Sequence[QuestionRow]) -> Iterator[Turn]:
    """Ask the questions one after another, each with those before and what was answered."""
    told: list[tuple[str, str]] = []
    for row in rows:
        *_, last = assistant.steps(row.question, history=told)
        assert last.answer is not None
        yield Turn(row, last.searched, last.answer)
        told.append((row.question, "" if last.answer.abstained else last.answer.text))


def shares(conversations: Sequence[Sequence[Turn]]) -> str:
    """Return in one line how many first, second, third … turns were right, with 95% intervals."""
    parts = []
    for place in range(max(map(len, conversations))):
        values = np.array([float(turns[place].right) for turns in conversations if len(turns) > place])
        one = mean_interval(values)
        parts.append(f"turn {place + 1}: {values.sum():.0f} of {len(values)} ({one.low:.0%} to {one.high:.0%})")
    return "Right, " + "; ".join(parts) + "."


def to_markdown(names: Sequence[str], conversations: Sequence[Sequence[Turn]]) -> str:
    """Return every turn as it came."""
    lines = ["# Conversations, as they came", "", shares(conversations)]
    for name, turns in zip(names, conversations, strict=True):
        lines += ["", *_held(name, turns)]
    return "\n".join(lines) + "\n"


def _held(name: str, turns: Sequence[Turn]) -> Iterator[str]:
    yield from (f"## {name}", "")
    for number, turn in enumerate(turns, start=1):
        yield f"{number}. **{turn.row.question}**"
        yield from (f"   - {line}" for line in _told(turn))


def _told(turn: Turn) -> Iterator[str]:
    answer = turn.answer
    if turn.searched != answer.question:
        yield f"searched for: {turn.searched}"
    mark = "right" if turn.right else "wrong"
    sure = "" if answer.abstained else f" ({answer.confidence:.0%})"
    wanted = "" if turn.right else f"; wanted: {turn.row.answers[0] if turn.row.answers else 'silence'}"
    yield f"{answer.text}{sure}: {mark}{wanted}"
    for citation in answer.citations[:1]:
        closest = f"closest passage, no answer ({answer.confidence:.0%}): " if answer.abstained else ""
        yield f"{closest}“{citation.quote}” ({citation.source.article_id})"


def add_conversations(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `conversations`."""
    parser.add_argument("--file", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's twenty")
    parser.add_argument("--articles", nargs="+", metavar="DIR", help="index these (default: the configured)")
    parser.add_argument("--index", metavar="DIR", help="keep their index there; alone: ask this one as it is")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--out", metavar="FILE", help="write every turn there, as Markdown")


def conversations(parsed: argparse.Namespace, console: Console) -> None:
    """Hold every conversation, show each turn, and tell how many were right."""
    settings = load_config(parsed.config)
    check_folders(parsed.out)
    wanted = read_conversations(parsed.file)
    rows = [row for one in wanted for row in one.turns]
    held = []
    with opened(settings, rows, parsed.file, articles=parsed.articles, index=parsed.index) as parts:
        assistant = make_assistant(settings, parts)
        for one in wanted:
            held.append(list(talk(assistant, one.turns)))
            shown = "\n".join(_held(one.name, held[-1])) + "\n"
            console.print(shown, markup=False, highlight=False, soft_wrap=True)
    if parsed.out:
        Path(parsed.out).write_text(to_markdown([one.name for one in wanted], held), "utf-8")
    console.print(shares(held), highlight=False, soft_wrap=True)
