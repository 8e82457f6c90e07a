"""SQuAD-style rows from .jsonl or .jsonl.gz files."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rag.errors import ArticlesError


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a context. No answers: the context does not say."""

    row_id: str
    context: str
    question: str
    answers: tuple[str, ...]


def read_rows(paths: Sequence[str | Path]) -> Iterator[Row]:
    """Yield every row. Raises ArticlesError naming the file and line that cannot be used."""
    for path in map(Path, paths):
        done = 0
        try:
            with _opened(path) as lines:
                for line in lines:
                    yield _row(json.loads(line))
                    done += 1
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise ArticlesError(f"{path}, line {done + 1}: not a SQuAD-style row ({error!r}).") from error


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _row(raw: dict[str, Any]) -> Row:
    answers = () if raw["is_impossible"] else tuple(raw["answers"]["text"])
    return Row(str(raw["id"]), raw["context"], raw["question"], answers)
