"""Question rows, as people write them by hand, from a .jsonl file; see the contract in eval/README.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QuestionError


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question and every text that counts as an answer to it, or to a part of it. None: unanswerable."""

    row_id: str
    question: str
    kind: str
    accepted: tuple[str, ...]


def read_questions(path: str | Path) -> list[QuestionRow]:
    """Return all rows. Raises QuestionError naming the line that cannot be used."""
    place = Path(path)
    try:
        lines = place.read_text("utf-8-sig").split("\n")  # not splitlines: a quote may hold U+2028
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{place} cannot be read ({error}); give a file of JSON lines.") from error
    rows = [_row(line, f"{place}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise QuestionError(f'{place} holds no question; each line is like {{"id": "q1", "question": "Who won?"}}.')
    return rows


def _row(line: str, place: str) -> QuestionRow:
    try:
        raw: dict[str, Any] = json.loads(line)
        accepted = [*_texts(raw.get("answers", []))]
        accepted += [alias for item in raw.get("answers_all", []) for alias in _texts(item)]
        accepted += [alias for aliases in raw.get("answers_by_article", {}).values() for alias in _texts(aliases)]
        return QuestionRow(str(raw["id"]), str(raw["question"]), str(raw.get("type", "")), tuple(accepted))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionError(f'{place} is not a question row with "id" and "question" ({error!r}).') from error


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"answers must be a list of texts, found {value!r}")
    return value
