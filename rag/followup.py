"""What is searched for and read when a question stands in a conversation. Pure.

The method: the last question, what was said to it, and the new question are searched for together; the new question is
read as it stands, for a reader that sees the last one, too, answers that one again (rag/reading/model/README.md).
Which questions point back, so that turns should go along at all, is told by `ui.followup`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is searched for, and what the reader is asked."""

    search: str
    read: str


def resolve(question: str, history: Sequence[tuple[str, str]]) -> Resolved:
    """Return how to search and read a question after earlier (question, answer) turns, oldest first."""
    if not history:
        return Resolved(question, question)
    before, said = history[-1]
    return Resolved(" ".join(f"{before} {said} {question}".split()), question)
