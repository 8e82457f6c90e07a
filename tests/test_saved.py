from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.saved import load_answer
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

SOURCE = Source("a", "Title", None, "2025-02-04", "a.txt")
QUOTE = Citation(1, SOURCE, "17 cracks.", 3, 13)
ANSWER = Answer(
    "How many?",
    "17",
    False,
    None,
    0.5,
    "17 cracks.",
    (QUOTE,),
    (Alternative("9", 0.25, "9.", (QUOTE,)),),
    {"total": 1.0},
    (IndependentSource((1, 2), Tie.COPY, "Saltmarsh News Agency"), IndependentSource((3,))),
    Silence(Reason.UNKNOWN_NAME, "“Fenwright” stands in none of the articles.", "Did you mean Fenwick?"),
    Agreement(Difference.UPDATE, (Value("17", (QUOTE,), 1), Value("9", (QUOTE,), 2, superseded=True))),
    (Value("17", (QUOTE,), 1),),
    "2025-02-04",
    (Resolved(1, "late Monday", "2025-02-03", "2025-02-03"),),
    "Ada Baker",
)


def test_an_answer_comes_back_as_it_was():
    assert load_answer(json.loads(json.dumps(ANSWER.to_json()))) == ANSWER


def test_an_answer_of_an_earlier_version_has_less_beside_it():
    saved = ANSWER.to_json()
    for name in ("sources", "silence", "agreement", "items", "as_of", "dates", "speaker"):
        del saved[name]
    less = replace(ANSWER, sources=(), silence=None, agreement=None, items=(), as_of=None, dates=(), speaker=None)
    assert load_answer(saved) == less


@pytest.mark.parametrize(
    "change",
    [
        {"text": 3},
        {"confidence": 2},
        {"confidence": "x"},
        {"citations": [{}]},
        {"citations": None},
        {"alternatives": 1},
        {"seconds": []},
        {"sources": [{}]},
        {"sources": [{"citations": [], "tie": None, "agency": None}]},
        {"sources": [{"citations": [1], "tie": "friends", "agency": None}]},
        {"silence": {"reason": "tired", "detail": "", "help": ""}},
        {"agreement": {"difference": "update", "values": [{}]}},
        {"agreement": []},
        {"items": [1]},
        {"as_of": 2025},
        {"dates": [{"number": 1, "words": "late Monday", "first": None, "last": None}]},
        {"speaker": 1},
    ],
)
def test_what_is_no_answer_is_refused(change):
    with pytest.raises(ValueError, match="not a saved answer"):
        load_answer({**ANSWER.to_json(), **change})
    with pytest.raises(ValueError, match="not a saved answer"):
        load_answer({})
