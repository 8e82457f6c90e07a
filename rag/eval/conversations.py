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
from rag.eval.judging import judge
from rag.eval.questions import QuestionRow
from rag.eval.statistics import mean_interval
from rag.types import Answer
from rag.wiring import open_assistant

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
    if not found:
        raise QuestionError(f'{path} holds no conversation; each line is like {{"id": "c1", "turns": [...]}}.')
    return found


def _conversation(line: str, place: str) -> Conversation:
    try:
        raw: dict[str, Any] = json.loads(line)
        name = str(raw["id"])
        turns = tuple(
            QuestionRow(f"{name}-{number}", str(turn["question"]), "span", tuple(map(str, turn["answers"])))
            for number, turn in enumerate(raw["turns"], start=1)
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        wanted = '{"id": "c1", "turns": [{"question": "Who won?", "answers": ["Ada Quill"]}, ...]}'
        raise QuestionError(f"{place} is no conversation ({error!r}); write it as {wanted}.") from None
    return Conversation(name, turns)


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
        lines += ["", f"## {name}", ""]
        for number, turn in enumerate(turns, start=1):
            lines += [f"{number}. **{turn.row.question}**", *(f"   - {line}" for line in _told(turn))]
    return "\n".join(lines) + "\n"


def _told(turn: Turn) -> Iterator[str]:
    answer = turn.answer
    if turn.searched != answer.question:
        yield f"searched for: {turn.searched}"
    mark = "right" if turn.right else "wrong"
    sure = "" if answer.abstained else f" ({answer.confidence:.0%})"
    wanted = "" if turn.right else f"; wanted: {turn.row.answers[0] if turn.row.answers else 'silence'}"
    yield f"{answer.text}{sure}: {mark}{wanted}"
    for citation in answer.citations[:1]:
        closest = "closest passage, no answer: " if answer.abstained else ""
        yield f"{closest}“{citation.quote}” ({citation.source.article_id})"


def add_conversations(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `conversations`."""
    parser.add_argument("--file", default=str(SAMPLE), metavar="FILE", help="default: the sample newsroom's twenty")
    parser.add_argument("--index", metavar="DIR", help="where the index lives (default: from config.yaml)")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--out", metavar="FILE", help="write every turn there, as Markdown")


def conversations(parsed: argparse.Namespace, console: Console) -> None:
    """Hold every conversation and tell how many turns were right."""
    check_folders(parsed.out)
    wanted = read_conversations(parsed.file)
    assistant = open_assistant(load_config(parsed.config), index=parsed.index)
    held = [list(talk(assistant, one.turns)) for one in wanted]
    if parsed.out:
        Path(parsed.out).write_text(to_markdown([one.name for one in wanted], held), "utf-8")
    console.print(shares(held), highlight=False)
