"""Saved Answers → Answers: the way back from `Answer.to_json`. It does not know whether the quotes still hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from rag.errors import QuestionError
from rag.types import (
    Agreement,
    Alternative,
    Answer,
    Citation,
    Difference,
    IndependentSource,
    Reason,
    Resolved,
    Silence,
    Source,
    Tie,
    Value,
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: no file or terminal takes it
WANTED = "give a file of answers, as `ask --json` prints them"


def read_answers(path: str | Path) -> list[Answer]:
    """Return the answers of a file: one as JSON, or one a line. Raises QuestionError naming what cannot be used."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, ValueError) as error:  # a path that cannot be, too
        raise QuestionError(f"{path} cannot be read ({error}); {WANTED}.") from None
    try:
        return [load_answer(json.loads(text))]
    except (ValueError, TypeError, RecursionError):  # not one answer: then one a line
        pass
    answers = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                answers.append(load_answer(json.loads(line)))
            except (ValueError, TypeError, RecursionError) as error:
                raise QuestionError(f"{path}:{number} is no answer ({error}); {WANTED}.") from None
    if not answers:
        raise QuestionError(f"{path} holds no answer; {WANTED}.")
    return answers


def load_answer(saved: Mapping[str, Any]) -> Answer:
    """Return the answer that `to_json` wrote. Raises ValueError when a key is missing or of another kind."""
    try:
        return Answer(
            question=_text(saved["question"]),
            text=_text(saved["text"]),
            abstained=_flag(saved["abstained"]),
            reason=None if saved["reason"] is None else _text(saved["reason"]),
            confidence=_share(saved["confidence"]),
            sentence=_text(saved["sentence"]),
            citations=tuple(_citation(one) for one in saved["citations"]),
            alternatives=tuple(_alternative(one) for one in saved["alternatives"]),
            sources=tuple(_source(one) for one in saved.get("sources", ())),  # older versions wrote none
            silence=_maybe(_silence, saved.get("silence")),
            agreement=_maybe(_agreement, saved.get("agreement")),
            items=tuple(_value(one) for one in saved.get("items", ())),
            as_of=_maybe(_text, saved.get("as_of")),
            dates=tuple(_resolved(one) for one in saved.get("dates", ())),
            speaker=_maybe(_text, saved.get("speaker")),
            seconds={_text(stage): _number(value) for stage, value in saved["seconds"].items()},
        )
    except KeyError as error:
        raise ValueError(f"not a saved answer: it has no {error.args[0]!r}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a saved answer: {error}") from error


def _alternative(saved: Mapping[str, Any]) -> Alternative:
    citations = tuple(_citation(one) for one in saved["citations"])
    return Alternative(_text(saved["text"]), _share(saved["confidence"]), _text(saved["sentence"]), citations)


def _source(saved: Mapping[str, Any]) -> IndependentSource:
    tie = None if saved["tie"] is None else _text(saved["tie"])
    if tie is not None and tie not in list(Tie):
        raise TypeError(f"wanted why sources are one, found {tie!r:.40}")
    agency = None if saved["agency"] is None else _text(saved["agency"])
    if not saved["citations"]:
        raise TypeError("a source without citations")
    return IndependentSource(tuple(_count(number) for number in saved["citations"]), Tie(tie) if tie else None, agency)


def _silence(saved: Mapping[str, Any]) -> Silence:
    return Silence(_member(Reason, saved["reason"]), _text(saved["detail"]), _text(saved["help"]))


def _agreement(saved: Mapping[str, Any]) -> Agreement:
    return Agreement(_member(Difference, saved["difference"]), tuple(_value(one) for one in saved["values"]))


def _value(saved: Mapping[str, Any]) -> Value:
    citations = tuple(_citation(one) for one in saved["citations"])
    return Value(_text(saved["text"]), citations, _count(saved["sources"]), _flag(saved["superseded"]))


def _resolved(saved: Mapping[str, Any]) -> Resolved:
    return Resolved(_count(saved["number"]), _text(saved["words"]), _text(saved["first"]), _text(saved["last"]))


def _member(kind: type[E], name: object) -> E:
    """Return the member that is called so in small letters."""
    found = {one.name.lower(): one for one in kind}.get(str(name))
    if found is None:
        raise TypeError(f"wanted a {kind.__name__.lower()}, found {name!r:.40}")
    return found


def _maybe(load: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else load(value)


def _citation(saved: Mapping[str, Any]) -> Citation:
    published, publisher = (None if saved[name] is None else _text(saved[name]) for name in ("published", "publisher"))
    source = Source(
        _text(saved["article_id"]), _text(saved["title"]), publisher, published, _text(saved["path_or_url"])
    )
    return Citation(
        _count(saved["number"]), source, _text(saved["quote"]), _count(saved["start"]), _count(saved["end"])
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise TypeError(f"wanted text, found {value!r:.40}")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise TypeError(f"wanted a whole number, found {value!r:.40}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 10**300:
        raise TypeError(f"wanted a number, found {value!r:.40}")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"wanted true or false, found {value!r:.40}")
    return value


def _share(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise TypeError(f"wanted a number from 0 to 1, found {value!r:.40}")
    return float(value)
