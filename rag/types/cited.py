"""Where an answer stands: citations, and which of them are independent of each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rag.types.flow import Source


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `article.text[start:end] == quote`, always. number counts from 1."""

    number: int
    source: Source
    quote: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """Return the contract's keys, flat."""
        s = self.source
        return {
            "number": self.number,
            "article_id": s.article_id,
            "title": s.title,
            "publisher": s.publisher,
            "published": s.published,
            "path_or_url": s.path_or_url,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
        }


class Tie(StrEnum):
    """Why several citations are one source."""

    COPY = "carry the same copy"
    HOUSE = "are of one publisher"
    MIXED = "carry the same copy or are of one publisher"


@dataclass(frozen=True, slots=True)
class IndependentSource:
    """Citations, by number, that are one source of the answer. tie: why, None for one citation alone.

    agency: whose copy it is, if it is known.
    """

    citations: tuple[int, ...]
    tie: Tie | None = None
    agency: str | None = None

    def __str__(self) -> str:
        """Say which citations are one source and why: "[2] and [3] carry the same copy (Reuters)"."""
        *before, last = (f"[{number}]" for number in self.citations)
        named = f"{', '.join(before)} and {last}" if before else last
        agency = f" ({self.agency})" if self.agency else ""
        return f"{named} {self.tie}{agency}" if self.tie else named

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, ready for `json.dumps`."""
        return {"citations": list(self.citations), "tie": self.tie and str(self.tie), "agency": self.agency}
