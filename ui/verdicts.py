"""A reader's verdict on an answer → a line of the feedback file, which `python -m rag.eval feedback` makes rows of."""

from __future__ import annotations

from datetime import UTC, datetime

from rag.additions import Additions
from rag.types import Answer

MAX_NOTE = 2000  # characters kept of a note


def keep_verdict(additions: Additions, answer: Answer, *, good: bool, note: str = "") -> None:
    """Append a verdict to the feedback beside the index. Raises StoreFull when it cannot be written."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told = " ".join(note.encode("utf-8", "replace").decode().split())[:MAX_NOTE]
    additions.note({"time": now, "good": good, "note": told, "answer": answer.to_json()})
