"""Asks every question and keeps what each stage made of it. Score first: what it means is decided in assess.py.

What this module does not know: which answer is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.assistant import Assistant
from rag.errors import in_a_line
from rag.eval.questions import QuestionRow
from rag.protocols import Reader
from rag.reading.decide import decide
from rag.reading.rule import Rule
from rag.types import Answer, Hit, Passage, Reading

DEPTH = 100  # hits retrieved to see how deep the evidence lies
SHALLOW = 10  # hits enough for every figure that has a cut


@dataclass(frozen=True, slots=True)
class Trace:
    """One question as it was asked.

    answer: None where asking failed, and then error says why. unforced: what had been said, had it not been withheld.
    retrieved: the hits that were read, then deeper ones.
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
    rows: Sequence[QuestionRow],
    assistant: Assistant,
    on_done: Callable[[], object] = lambda: None,
    *,
    depth: int = DEPTH,
) -> list[Trace]:
    """Ask each question, in order. A question that fails is kept with its error. depth: of the hits kept, at least."""
    traces = []
    for row in rows:
        try:
            answer, reading = assistant.examine(row.question)
            retrieved = _deeper(reading.hits, assistant, row.question, depth)
            traces.append(Trace(row, answer, assistant.insist(reading), reading, retrieved))
        except Exception as error:  # whatever it is, the question was not answered (law 8)
            traces.append(Trace(row, error=in_a_line(error)))
        on_done()
    return traces


def unforced(reading: Reading, rule: Rule) -> Answer:
    """Decide, but never withhold what the rule prefers. What else is told stays what the threshold lets through."""
    answer = decide(reading, rule)
    return replace(decide(reading, replace(rule, threshold=0.0)), alternatives=()) if answer.abstained else answer


def ceiling(row: QuestionRow, evidence: Sequence[Passage], assistant: Assistant, reader: Reader, rule: Rule) -> Ceiling:
    """Return what reading and retrieval reach when the other has done its work. evidence: the passages that hold it."""
    hits = [Hit(passage, 1.0, rank, "given") for rank, passage in enumerate(evidence, start=1)]
    read = unforced(reader.read(row.question, hits), rule) if hits else None
    told = assistant.retrieve(f"{row.question} {row.accepted[0]}", SHALLOW) if row.accepted else []
    return Ceiling(read, tuple(told))


def _deeper(read: Sequence[Hit], assistant: Assistant, question: str, depth: int) -> tuple[Hit, ...]:
    """Return what was read, and below it what a deeper search finds: a fusion may order by how deep it looks."""
    if len(read) >= depth:
        return tuple(read)
    known = {hit.passage.passage_id for hit in read}
    return (*read, *(hit for hit in assistant.retrieve(question, depth) if hit.passage.passage_id not in known))
