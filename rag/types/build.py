"""What a build of an index did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file (or a row of one) that was not indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a build did.

    articles, passages: what the index now holds. reused: articles whose vectors were kept. removed: articles of the
    previous build that are gone. dropped: lines left out by cleaning, as (reason, count), most first. seconds: in all.
    """

    index: str
    articles: int
    passages: int
    reused: int
    removed: int
    skipped: tuple[Skipped, ...]
    dropped: tuple[tuple[str, int], ...]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the report, ready for `json.dumps`."""
        return asdict(self)
