"""The nouns of reading articles: Record → Draft → Parsed, and the one way to say that something cannot be read.

This module knows no format and does no cleaning; it holds the limits that every format shares.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from rag.types import Article

VERSION = 2
"""Bumped when cleaning or a format changes what comes out: it goes into every digest, so articles are read anew."""

MAX_BYTES = 32 * 2**20
"""Most bytes of one article, read or unpacked. The longest newspaper features stay under 1 MiB of text and a paper's
PDF under 20 MiB; what is larger is a dump, and parsing it would take the memory of the whole index."""


class Unreadable(Exception):
    """A file or a row that holds no article that we can read; its text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article before it is parsed: a whole file, or one row of a .jsonl.

    path: as shown to people, "rows.jsonl:12" for a row (lines count from 1). article_id: unique within one scan.
    ending: which format reads it, ".txt". data: the raw bytes. digest: see `digest_of`.
    """

    path: str
    article_id: str
    ending: str
    digest: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one format found in its bytes: raw text, and what the format's own fields (not the text) state.

    text: paragraphs parted by blank lines; lines inside a block are left to `layout`, which tells hard wraps from
    short paragraphs. published, updated: as written. dropped: reason → lines that the format left out.
    """

    text: str
    title: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: str | None = None
    updated: str | None = None
    dateline: str | None = None
    url: str | None = None
    dropped: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cleaned article, and how many lines cleaning left out: (reason, count), most first."""

    article: Article
    dropped: tuple[tuple[str, int], ...]


def make_record(path: str, article_id: str, ending: str, data: bytes) -> Record:
    """Build a record with its digest."""
    return Record(path, article_id, ending, digest_of(path, article_id, data), data)


def digest_of(path: str, article_id: str, data: bytes) -> str:
    """Return the sha256 (hex) that tells, without parsing, whether an article would come out the same.

    Over the cleaning's version, the path (in full, so the working folder does not matter), the id and the raw bytes.
    It does not know the versions of the libraries that parse: after upgrading one of them, build the index afresh.
    """
    digest = hashlib.sha256()
    for part in (str(VERSION), os.path.realpath(path), article_id):
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)  # with lengths, "a" + "bc" is not "ab" + "c"
    digest.update(data)
    return digest.hexdigest()


def size_reason(size: int) -> str:
    """Say that something is too large: "60.0 MiB in one file; at most 32 MiB"."""
    return f"{size / 2**20:.1f} MiB in one file; at most {MAX_BYTES // 2**20} MiB"
