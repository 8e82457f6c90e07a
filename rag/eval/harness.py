"""Asks every question and keeps what each stage made of it. Score first: what it means is decided in assess.py.

What this module does not know: which answer is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.assistant import Assistant
from rag.errors import RagError
from rag.eval.questions import QuestionRow
from rag.protocols import Reader
from rag.reading.decide import decide
from rag.reading.rule import Rule
from rag.types import Answer, Hit, Passage, Reading

DEPTH = 100  # hits retrieved to see how deep the evidence lies


@dataclass(frozen=True, slots=True)
class Trace:
    """One question as it was asked.

    answer: None where asking failed, and then error says why. unforced: the same reading decided without a threshold,
    so that withheld answers can be judged, too. retrieved: DEPTH hits, whether read or not.
    """

    row: QuestionRow
    answer: Answer | None = None
    unforced: Answer | None = None
    reading: Reading | None = None
    retrieved: tuple[Hit, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How good each stage could be if the other had done its work.

    reading: what the reader makes of the evidence alone, never silent; None where it was given nothing. retrieved: the
    hits when the question is asked together with its answer.
    """

    reading: Answer | None
    retrieved: tuple[Hit, ...]


def ask_all(
    rows: Sequence[QuestionRow], assistant: Assistant, rule: Rule, on_done: Callable[[], object] = lambda: None
) -> list[Trace]:
    """Ask each question, in order. A question that fails is kept with its error."""
    traces = []
    for row in rows:
        try:
            answer, reading = assistant.examine(row.question)
            retrieved = tuple(assistant.retrieve(row.question, DEPTH))
            traces.append(Trace(row, answer, decide(reading, replace(rule, threshold=0.0)), reading, retrieved))
        except Exception as error:  # whatever it is, the question was not answered (law 8)
            told = str(error) if isinstance(error, RagError) else f"{type(error).__name__}: {error}"
            traces.append(Trace(row, error=told))
        on_done()
    return traces


def ceiling(row: QuestionRow, evidence: Sequence[Passage], assistant: Assistant, reader: Reader, rule: Rule) -> Ceiling:
    """Return what reading and retrieval reach when the other has done its work. evidence: the passages that hold it."""
    hits = [Hit(passage, 1.0, rank, "given") for rank, passage in enumerate(evidence, start=1)]
    read = decide(reader.read(row.question, hits), replace(rule, threshold=0.0)) if hits else None
    told = assistant.retrieve(f"{row.question} {row.accepted[0]}", DEPTH) if row.accepted else []
    return Ceiling(read, tuple(told))
