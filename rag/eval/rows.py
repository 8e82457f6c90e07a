"""SQuAD-style rows from .jsonl, .jsonl.gz or official SQuAD .json files."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from rag.errors import ArticlesError


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a context. No answers: the context does not say.

    answers: what annotators marked, one each; starts: where, in characters of the context, one for each answer.
    history: (question, answer) of earlier turns about the same context, oldest first.
    """

    row_id: str
    context: str
    question: str
    answers: tuple[str, ...]
    starts: tuple[int, ...] = ()
    history: tuple[tuple[str, str], ...] = ()

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The answers as half-open places in the context."""
        return tuple((start, start + len(text)) for start, text in zip(self.starts, self.answers, strict=True))


def with_history(row: Row, turns: int) -> str:
    """Return the row's question after its last so many turns, each its question and answer."""
    told = [text for turn in row.history[-turns:] for text in turn] if turns else []
    return " ".join([*told, row.question])


def read_rows(paths: Sequence[str | Path]) -> Iterator[Row]:
    """Yield every row. Raises ArticlesError naming the file and line that cannot be used."""
    for path in map(Path, paths):
        if path.name.endswith(".json"):
            yield from _official(path)
        else:
            yield from _lines(path)


def write_rows(rows: Iterable[Row], out: Path) -> None:
    """Write rows to FILE.jsonl.gz, all or none of them, without their history."""
    fresh = out.with_name(f"{out.name}.new")
    with gzip.open(fresh, "wt", encoding="utf-8") as file:
        for row in rows:
            answers = {"text": row.answers, "answer_start": row.starts}
            raw = {"id": row.row_id, "context": row.context, "question": row.question, "answers": answers}
            file.write(json.dumps({**raw, "is_impossible": not row.answers}, ensure_ascii=False) + "\n")
    fresh.replace(out)


def _lines(path: Path) -> Iterator[Row]:
    done = 0
    try:
        with opened(path) as lines:
            for line in lines:
                yield _row(json.loads(line))
                done += 1
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArticlesError(f"{path}, line {done + 1}: not a SQuAD-style row ({error!r}).") from error


def _official(path: Path) -> Iterator[Row]:
    """Yield the rows of a file in the form of train-v2.0.json: data → paragraphs → qas."""
    place = "data"
    try:
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for asked in paragraph["qas"]:
                    place = f"question {asked['id']!r}"
                    answers = {
                        "text": [answer["text"] for answer in asked["answers"]],
                        "answer_start": [answer["answer_start"] for answer in asked["answers"]],
                    }
                    missing = bool(asked.get("is_impossible", False))
                    yield _row({**asked, "context": paragraph["context"], "answers": answers, "is_impossible": missing})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArticlesError(f"{path}, {place}: not in the form of SQuAD's own files ({error!r}).") from error


def opened(path: Path) -> TextIO:
    """Open a file of lines, packed by gzip or not."""
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _row(raw: dict[str, Any]) -> Row:
    answers, starts = tuple(raw["answers"]["text"]), tuple(raw["answers"]["answer_start"])
    if not isinstance(raw["context"], str) or not isinstance(raw["question"], str):
        raise TypeError("context and question must be texts")
    history = tuple((str(turn["question"]), str(turn["answer"])) for turn in raw.get("history", []))
    row = Row(str(raw["id"]), raw["context"], raw["question"], answers, starts, history)
    (row.context + row.question).encode()  # half a surrogate pair, which no tokenizer takes, is a ValueError
    if raw["is_impossible"]:
        return replace(row, answers=(), starts=())
    if not answers:
        raise ValueError("answerable, but without an answer")
    for text, (start, end) in zip(answers, row.spans, strict=True):
        if not text or start < 0 or row.context[start:end] != text:
            raise ValueError(f"answer {text!r} does not stand at {start}")
    return row
