"""A saved Answer → an Answer: the way back from `Answer.to_json`. It does not know whether the quotes still hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.types import Alternative, Answer, Citation, Source


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
            seconds={_text(stage): float(value) for stage, value in saved["seconds"].items()},
        )
    except KeyError as error:
        raise ValueError(f"not a saved answer: it has no {error.args[0]!r}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a saved answer: {error}") from error


def _alternative(saved: Mapping[str, Any]) -> Alternative:
    citations = tuple(_citation(one) for one in saved["citations"])
    return Alternative(_text(saved["text"]), _share(saved["confidence"]), _text(saved["sentence"]), citations)


def _citation(saved: Mapping[str, Any]) -> Citation:
    published, publisher = (None if saved[name] is None else _text(saved[name]) for name in ("published", "publisher"))
    source = Source(
        _text(saved["article_id"]), _text(saved["title"]), publisher, published, _text(saved["path_or_url"])
    )
    return Citation(int(saved["number"]), source, _text(saved["quote"]), int(saved["start"]), int(saved["end"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"wanted text, found {value!r:.40}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"wanted true or false, found {value!r:.40}")
    return value


def _share(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise TypeError(f"wanted a number from 0 to 1, found {value!r:.40}")
    return float(value)
