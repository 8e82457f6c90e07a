"""The assistant: retrieve → read → decide. What it does not know: which classes do the work (see wiring.py)."""

from __future__ import annotations

import difflib
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock

from rag.answering import Known, settle
from rag.comparing.asked import asked_alone
from rag.copies import Copies, Folded, fold
from rag.errors import QuestionError
from rag.followup import resolve
from rag.protocols import Reader, Retriever
from rag.reading.decide import Candidate, rate
from rag.reading.expected import as_read
from rag.reading.rule import Rule
from rag.reading.sparing import read_sparingly
from rag.types import Answer, Hit, Query, Reading

FOUND = 2  # times the passages to be read that are looked for, since some are near-copies
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format, surrogate, private and unassigned characters


@dataclass(frozen=True, slots=True)
class Step:
    """How far a question has come. Each step knows more: searched only, then hits, then reading, then answer.

    searched: the text that was searched for, which differs from the question where an earlier turn went along.
    """

    searched: str
    hits: tuple[Hit, ...] | None = None
    reading: Reading | None = None
    answer: Answer | None = None


class Assistant:
    """Answers questions about one opened index. Asking changes nothing; an instance may serve many threads.

    passages: how many passages are found for a question; of these are read what can change its answer. max_question: in
    characters. known: what is known of all articles of the index. folded: whether near-copies are set aside, so that
    other passages are read in their place. remembered: how many of the last questions are not searched and read again.
    renew: called before every question; another assistant than None is asked from then on, for a newer build of the
    index.
    """

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader,
        rule: Rule,
        *,
        passages: int = 10,
        max_question: int = 1000,
        known: Known | None = None,
        folded: bool = True,
        remembered: int = 0,
        renew: Callable[[], Assistant | None] = lambda: None,
    ) -> None:
        self._reader, self._rule, self._renew = reader, rule, renew
        self._passages, self._max_question = passages, max_question
        self._renewing = Lock()
        self._read = lru_cache(maxsize=remembered)(partial(read_sparingly, reader, rule))
        known = known or Known(Copies())
        names = {name.casefold(): name for name in known.publishers}

        def search(query: Query) -> Folded:
            if not folded:
                return Folded(tuple(retriever.retrieve(query, passages)), {})
            return fold(retriever.retrieve(query, FOUND * passages), known.copies, passages)

        self._desk = _Desk(retriever, lru_cache(maxsize=remembered)(search), names, known)

    @classmethod
    def open(cls, config: str | Path | None = None, *, index: str | Path | None = None) -> Assistant:
        """Open the index that a config.yaml names, or another one under the same settings.

        Without a config the nearest config.yaml is used (working folder, then the project's own). Raises ConfigError,
        StoreError or ModelError.
        """
        from rag.wiring import open_assistant  # the one upward import: the contract puts the opener on this class

        return open_assistant(config, index=index)

    def answer(
        self,
        question: str,
        *,
        publishers: Sequence[str] | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
        history: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """Answer one question, or abstain.

        publishers, published_from, published_to (ISO days, inclusive) narrow the articles. history: earlier
        (question, answer) turns, oldest first; how a question that points back is resolved: see rag.followup.
        Raises QuestionError for a blank or overlong question, a date that is none, or a publisher not in the index.
        """
        return self.examine(
            question,
            publishers=publishers,
            published_from=published_from,
            published_to=published_to,
            history=history,
        )[0]

    def examine(
        self,
        question: str,
        *,
        publishers: Sequence[str] | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
        history: Sequence[tuple[str, str]] = (),
    ) -> tuple[Answer, Reading]:
        """Answer as `answer` does, and return beside it all that was read, for whoever looks into the why."""
        *_, last = self.steps(
            question,
            publishers=publishers,
            published_from=published_from,
            published_to=published_to,
            history=history,
        )
        assert last.answer is not None
        assert last.reading is not None
        return last.answer, last.reading

    def steps(
        self,
        question: str,
        *,
        publishers: Sequence[str] | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
        history: Sequence[tuple[str, str]] = (),
    ) -> Iterator[Step]:
        """Answer as `answer` does, step by step: before searching, before reading, before deciding, and at the end.

        Time that the caller spends between two steps is not counted in the answer's seconds.
        """
        clock = _Clock()
        desk = self._renewed()
        asked = clean_question(question, self._max_question)
        resolved = resolve(asked, history)
        alone = asked_alone(resolved.read, desk.known.publishers)
        before = resolved.search.removesuffix(resolved.read)
        text = (f"{before}{alone}" if alone and before != resolved.search else resolved.search)[-self._max_question :]
        read = as_read(alone or resolved.read)
        query = Query(text, desk.named(publishers), _day(published_from), _day(published_to))
        if query.published_from and query.published_to and query.published_from > query.published_to:
            raise QuestionError(f"No day is after {published_from} and before {published_to}; swap the two.")
        yield Step(text)
        with clock.stage("retrieve"):
            found = desk.search(query)
        hits = found.kept
        yield Step(text, hits)
        with clock.stage("read"):
            reading = replace(self._read(asked, read, hits), question=asked)
        yield Step(text, hits, reading)
        with clock.stage("decide"):
            answer = settle(reading, self._rule, desk.known, found)
        yield Step(text, hits, reading, replace(answer, seconds=clock.seconds()))

    def insist(self, reading: Reading) -> Answer:
        """Return what a reading's answer would be, had the assistant never been silent for want of confidence."""
        return settle(reading, self._rule, self._desk.known, Folded(reading.hits, {}), insist=True)

    def rate(self, reading: Reading) -> list[Candidate]:
        """Return every candidate answer of a reading with the rule's confidence in it, most trusted first."""
        return rate(reading, self._rule)

    def answer_batch(self, questions: Sequence[str]) -> list[Answer]:
        """Answer each question on its own, in order."""
        return [self.answer(question) for question in questions]

    def read(self, question: str) -> Reading:
        """Retrieve and read without deciding: what a sweep over thresholds or a fit of the rule starts from."""
        asked = clean_question(question, self._max_question)
        hits = self._renewed().search(Query(asked)).kept
        return replace(self._reader.read(as_read(asked), hits), question=asked)

    def retrieve(self, question: str, k: int = 10) -> list[Hit]:
        """Return the k best passages for a question, without reading them."""
        return self._renewed().retriever.retrieve(Query(clean_question(question, self._max_question)), k)

    def _renewed(self) -> _Desk:
        """Return what a question is asked with: that of the newest build."""
        if self._renewing.acquire(blocking=False):  # who comes meanwhile asks the older build, which stays whole
            try:
                newer = self._renew()
                if newer is not None:
                    self._desk = newer._desk
            finally:
                self._renewing.release()
        return self._desk


@dataclass(frozen=True, slots=True)
class _Desk:
    """What belongs to one build of the index: a question is asked with one from beginning to end."""

    retriever: Retriever
    search: Callable[[Query], Folded]
    publishers: Mapping[str, str]
    known: Known

    def named(self, publishers: Sequence[str] | None) -> tuple[str, ...]:
        """Return the publishers to which a question is narrowed. Raises QuestionError for one that has no article."""
        names = (publishers,) if isinstance(publishers, str) else tuple(publishers or ())
        for name in names:
            if name.casefold() not in self.publishers:
                near = difflib.get_close_matches(name.casefold(), self.publishers, n=1, cutoff=0.0)
                hint = f"did you mean {self.publishers[near[0]]!r}?" if near else "its articles name no publisher."
                raise QuestionError(f"The index has no article published by {name!r}; {hint}")
        return names


class _Clock:
    """Adds up the seconds of each stage."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._seconds[name] = time.perf_counter() - began

    def seconds(self) -> dict[str, float]:
        return {k: round(v, 4) for k, v in {**self._seconds, "total": sum(self._seconds.values())}.items()}


def clean_question(question: str, max_characters: int) -> str:
    """Return the question on one line, without control characters. Raises QuestionError when blank or too long."""
    if len(question) > max_characters:
        raise QuestionError(
            f"The question has {len(question):,} characters, at most {max_characters:,} are read; shorten it."
        )
    visible = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in question)
    cleaned = " ".join(visible.split())
    if not any(c.isalnum() for c in cleaned):
        raise QuestionError('The question is blank; ask something like "Who won the election?"')
    return cleaned


def _day(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (ValueError, TypeError):
        raise QuestionError(f"{value!r} is not a day; write it as 2025-02-04.") from None
