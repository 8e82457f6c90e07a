"""Yes/no rows → rows whose answer is the sentence that tells it, so that a reader learns what answers "Is it?".

Nobody marked that sentence. It is guessed: the one that shares most stems with the question, at least half of them,
and more than any other sentence. Rows without such a sentence are left out, as are long ones, which no span holds.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rag.eval.rows import Row, opened, read_rows
from rag.text import sentence_spans, terms
from rag.training.verdict import YesNo, read_yes_no

T = TypeVar("T")

SHORTEST, LONGEST = 3, 24  # words of a sentence; at run time a span has at most 30 tokens


def read_set(path: Path) -> Iterator[Row]:
    """Yield the rows of a file of either kind. Raises ArticlesError naming the line that cannot be used."""
    if holds_yes_no(path):
        yield from told_by_sentences(path.name.split(".")[0], read_yes_no(path))
    else:
        yield from read_rows([path])


def holds_yes_no(path: Path) -> bool:
    """Whether the first line of a .jsonl or .jsonl.gz file is a yes/no row; a broken file is for its reader to tell."""
    if path.suffix == ".json":
        return False
    try:
        with opened(path) as lines:
            first = json.loads(next(lines, "null"))
    except (OSError, EOFError, zlib.error, ValueError):
        return False
    return isinstance(first, dict) and "verdict" in first and "answers" not in first


def told_by_sentences(name: str, rows: Iterable[YesNo]) -> Iterator[Row]:
    """Yield a row for every yes/no row with a sentence that clearly tells its answer. name: their set's."""
    for number, row in enumerate(rows):
        span = telling_sentence(row.question, row.context)
        if span is not None:
            question = row.question[:1].upper() + row.question[1:]
            yield Row(f"{name}-{number}", row.context, question, (row.context[slice(*span)],), span[:1])


def telling_sentence(question: str, context: str) -> tuple[int, int] | None:
    """Return the (start, end) of the sentence that tells the answer, or None where none clearly does."""
    asked = set(terms(question))
    shared = [(len(asked & set(terms(context[start:end]))), start, end) for start, end in sentence_spans(context)]
    most, start, end = max(shared, default=(0, 0, 0))
    rivals = sum(count == most for count, _, _ in shared)
    clear = most > 0 and 2 * most >= len(asked) and rivals == 1
    return (start, end) if clear and SHORTEST <= len(context[start:end].split()) <= LONGEST else None


def evenly(rows: Sequence[T], most: int | None) -> Sequence[T]:
    """Return so many of the rows, or all where there are no more, taken evenly; None: all."""
    return [rows[i * len(rows) // most] for i in range(most)] if most and most < len(rows) else rows
