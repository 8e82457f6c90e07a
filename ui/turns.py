"""One turn of a conversation, and its way into the browser's storage and back. Pure.

What a browser hands back is taken as a stranger's: it is checked field by field, and what does not fit is left out. It
is data, never HTML, so whatever it holds is escaped when it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.saved import load_answer
from rag.types import Answer

MAX_TURNS = 50  # kept on a page
MAX_TEXT = 20_000  # characters of one stored text


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a citation's quote in its article, and who wrote the article."""

    before: str = ""
    after: str = ""
    byline: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One passage that was read for a question, as the inspector lists it.

    scores: (who scored, score, rank) from the first search to the last. text: the reader's best words in it; margin:
    how much likelier they are than no answer, in logits; confidence: of the candidate they belong to. why: what became
    of it, in words.
    """

    article_id: str
    title: str
    start: int
    end: int
    scores: tuple[tuple[str, float, int], ...]
    text: str
    margin: float | None
    confidence: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a question was put to. Days are ISO; empty: no limit."""

    publishers: tuple[str, ...] = ()
    published_from: str = ""
    published_to: str = ""

    def __bool__(self) -> bool:
        return bool(self.publishers or self.published_from or self.published_to)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: an answer (perhaps silence), or a notice where there is none.

    searched: what was searched for, if that was more than the question. contexts: one for each of the answer's
    citations. measured: how often answers called as sure as this one were right, a sentence. verdict: what the reader
    thought of the answer, "good", "bad" or "".
    """

    question: str
    answer: Answer | None = None
    notice: str = ""
    searched: str = ""
    filters: Filters = Filters()
    contexts: tuple[Context, ...] = ()
    seen: tuple[Seen, ...] = ()
    verdict: str = ""
    measured: str = ""

    @property
    def said(self) -> tuple[str, str] | None:
        """The turn as history for the next question: silence adds no words, an error adds nothing."""
        if self.answer is None:
            return None
        return self.question, "" if self.answer.abstained else self.answer.text


def save_turns(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return turns as JSON for the browser to keep."""
    plain = [
        {
            "question": turn.question,
            "answer": turn.answer.to_json() if turn.answer else None,
            "notice": turn.notice,
            "searched": turn.searched,
            "filters": asdict(turn.filters),
            "contexts": [asdict(context) for context in turn.contexts],
            "seen": [asdict(seen) for seen in turn.seen],
            "verdict": turn.verdict,
            "measured": turn.measured,
        }
        for turn in turns
    ]
    return plain[-MAX_TURNS:]


def load_turns(saved: object) -> list[Turn]:
    """Return the turns that a browser kept; what cannot be understood is left out."""
    turns = []
    for one in saved if isinstance(saved, list) else []:
        try:
            turns.append(_turn(one))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            continue
    return turns[-MAX_TURNS:]


def _turn(saved: Mapping[str, Any]) -> Turn:
    how = saved["filters"]
    verdict = saved["verdict"]
    return Turn(
        question=_text(saved["question"]),
        answer=None if saved["answer"] is None else load_answer(saved["answer"]),
        notice=_text(saved["notice"]),
        searched=_text(saved["searched"]),
        filters=Filters(tuple(map(_text, how["publishers"])), _text(how["published_from"]), _text(how["published_to"])),
        contexts=tuple(
            Context(_text(one["before"]), _text(one["after"]), _text(one["byline"])) for one in saved["contexts"]
        ),
        seen=tuple(map(_seen, saved["seen"])),
        verdict=verdict if verdict in ("good", "bad") else "",
        measured=_text(saved.get("measured", "")),  # not kept before 2026-11-29
    )


def _seen(saved: Mapping[str, Any]) -> Seen:
    return Seen(
        article_id=_text(saved["article_id"]),
        title=_text(saved["title"]),
        start=int(saved["start"]),
        end=int(saved["end"]),
        scores=tuple((_text(name), float(score), int(rank)) for name, score, rank in saved["scores"]),
        text=_text(saved["text"]),
        margin=None if saved["margin"] is None else float(saved["margin"]),
        confidence=None if saved["confidence"] is None else float(saved["confidence"]),
        why=_text(saved["why"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError("wanted a text of ordinary length")
    return value
