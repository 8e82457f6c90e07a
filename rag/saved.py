"""Saved Answers → Answers: the way back from `Answer.to_json`. It does not know whether the quotes still hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag.errors import QuestionError
from rag.types import Alternative, Answer, Citation, IndependentSource, Source, Tie

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
