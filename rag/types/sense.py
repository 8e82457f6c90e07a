"""What stands beside an answer, or beside silence: why, how sources compare, what dates mean."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rag.types.cited import Citation


class Reason(StrEnum):
    """Why an answer was withheld."""

    NOTHING_RELEVANT = "nothing in the articles matches the question"
    UNKNOWN_NAME = "a name in the question stands in none of the articles"
    OUTSIDE_DATES = "the question is about a time that the articles do not cover"
    PREMISE = "the articles contradict what the question takes for granted"
    CONFLICT = "the articles contradict each other, and neither side has a majority"
    NO_ANSWER = "no passage found answers the question surely enough"


@dataclass(frozen=True, slots=True)
class Silence:
    """Why an answer was withheld, in full.

    detail: what in particular, one sentence ("“Fenwright” stands in none of the articles."). help: what would help, one
    sentence; both are "" where there is nothing to add.
    """

    reason: Reason
    detail: str = ""
    help: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, the reason by its name in small letters."""
        return {"reason": self.reason.name.lower(), "detail": self.detail, "help": self.help}


class Difference(StrEnum):
    """How the values that articles give for one question stand to each other."""

    AGREE = "the sources agree"
    WORDING = "the sources mean the same in other words"
    UPDATE = "a later article changes it"
    CONFLICT = "the sources differ"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an agreement table, verbatim, and every place that gives it, the first one best.

    sources: how many of the citations are independent of each other. superseded: a later article changed it.
    """

    text: str
    citations: tuple[Citation, ...]
    sources: int
    superseded: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, ready for `json.dumps`."""
        return {
            "text": self.text,
            "sources": self.sources,
            "superseded": self.superseded,
            "citations": [c.to_json() for c in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which values the articles give. values: the one told comes first; of an update that is mostly the newest."""

    difference: Difference
    values: tuple[Value, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, the difference by its name in small letters."""
        return {"difference": self.difference.name.lower(), "values": [v.to_json() for v in self.values]}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A relative date in a quote and what it means, given the day of its article. number: of the citation.

    words: verbatim ("late Monday"). first, last: ISO days, both inclusive, the same for one day.
    """

    number: int
    words: str
    first: str
    last: str

    def to_json(self) -> dict[str, Any]:
        """Return the same keys, ready for `json.dumps`."""
        return asdict(self)
