"""Real files of every format, made on the spot; all words are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.articles import Parsed, Record, parse, scan
from rag.articles.record import make_record
from rag.types import Skipped


@pytest.fixture
def parsed() -> Callable[..., Parsed]:
    """Parse bytes (or text) as if they were a file."""

    def from_bytes(data: bytes | str, ending: str = ".txt", path: str | None = None) -> Parsed:
        raw = data.encode() if isinstance(data, str) else data
        return parse(make_record(path or f"news/story{ending}", "story", ending, raw))

    return from_bytes


@pytest.fixture
def scanned(tmp_path: Path) -> Callable[..., tuple[list[Record], list[Skipped]]]:
    """Scan folders (by default the test's own) and return the records and what was skipped."""

    def run(*folders: Path) -> tuple[list[Record], list[Skipped]]:
        skipped: list[Skipped] = []
        records = list(scan(folders or (tmp_path,), skipped.append))
        return records, skipped

    return run
