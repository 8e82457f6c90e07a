from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.saved import load_answer
from rag.types import Alternative, Answer, Citation, IndependentSource, Source, Tie

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
)


def test_an_answer_comes_back_as_it_was():
    assert load_answer(json.loads(json.dumps(ANSWER.to_json()))) == ANSWER


def test_an_answer_of_an_earlier_version_has_no_sources():
    saved = ANSWER.to_json()
    del saved["sources"]
    assert load_answer(saved) == replace(ANSWER, sources=())


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
    ],
)
def test_what_is_no_answer_is_refused(change):
    with pytest.raises(ValueError, match="not a saved answer"):
        load_answer({**ANSWER.to_json(), **change})
    with pytest.raises(ValueError, match="not a saved answer"):
        load_answer({})
