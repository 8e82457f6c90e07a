"""Which ending is read by which module. A new format is a new file beside this one and one line in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.articles import docx, html, markdown, pdf, rows, text
from rag.articles.record import Draft


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one ending are read.

    read: the bytes of one article → its Draft. stated_id: the article_id that the bytes state, found without parsing
    them whole. split: for files that hold many articles, one a line. The first two raise Unreadable.
    """

    read: Callable[[bytes], Draft]
    stated_id: Callable[[bytes], str | None] = lambda _: None
    split: Callable[[Path], Iterator[rows.Line]] | None = None


FORMATS: dict[str, Format] = {
    ".txt": Format(text.read),
    ".md": Format(markdown.read, stated_id=markdown.stated_id),
    ".html": Format(html.read),
    ".htm": Format(html.read),
    ".pdf": Format(pdf.read),
    ".docx": Format(docx.read),
    ".jsonl": Format(rows.read, split=rows.split),
    ".jsonl.gz": Format(rows.read, split=rows.split),
}
ENDINGS: tuple[str, ...] = tuple(FORMATS)
"""The endings that are read, in any mix of capitals."""


def ending_of(name: str) -> str | None:
    """Return the ending in ENDINGS that a file's name has, else None."""
    lowered = name.lower()
    # ".txt" alone is a hidden file's name, not an ending.
    return next((ending for ending in ENDINGS if lowered.endswith(ending) and len(lowered) > len(ending)), None)


def stem_of(name: str) -> str:
    """Return a file's name without an ending that is read."""
    ending = ending_of(name)
    return name[: -len(ending)] if ending else name
