"""Whether what stands beside an answer is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.eval.sense import judge_sense, missed, table_right
from rag.eval.wanted import Labels
from rag.types import Agreement, Answer, Citation, Difference, Reason, Resolved, Silence, Source, Value

ANSWER = Answer("How many?", "43", False, None, 0.7, "43.", (), (), {})
RAW = {
    "agreement": {"kind": "conflict", "values": [
        {"value": ["43", "43 people"], "articles": ["a", "b"]}, {"value": ["34"], "articles": ["c"]},
    ]},
    "reason": None, "speaker": ["Hal Brack", "Brack"], "resolved": ["2025-05-13"],
}  # fmt: skip
LABELS = Labels.of(RAW)


def row(text: str, *articles: str) -> Value:
    cited = [Citation(n, Source(name, "", None, None, name), text, 0, len(text)) for n, name in enumerate(articles, 1)]
    return Value(text, tuple(cited), len(cited))


def table(*values: Value, difference: Difference = Difference.CONFLICT) -> Agreement:
    return Agreement(difference, values)


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ([row("43", "a"), row("34", "c")], True),
        ([row("43 people", "b"), row("34", "c")], True),
        ([row("43", "a")], False),  # one is missing
        ([row("43", "c"), row("34", "c")], False),  # from an article that does not say so
        ([row("43", "a"), row("34", "c"), row("7", "d")], False),  # one too many
    ],
)
def test_a_table_has_every_value_and_nothing_else(values: list[Value], right: bool) -> None:
    assert table_right(LABELS, table(*values)) is right


def test_each_label_is_judged_by_itself() -> None:
    told = replace(ANSWER, agreement=table(row("43", "a"), row("34", "c"), difference=Difference.UPDATE))
    told = replace(told, speaker="Hal Brack", dates=(Resolved(1, "Tuesday", "2025-05-13", "2025-05-13"),))
    assert judge_sense(LABELS, told) == {
        "table_right": 1.0, "difference_right": 0.0, "day_right": 1.0, "speaker_right": 1.0,
    }  # fmt: skip
    assert set(judge_sense(LABELS, ANSWER).values()) == {0.0}
    assert judge_sense(Labels(), told) == {}
    week = replace(told, dates=(Resolved(1, "last week", "2025-05-12", "2025-05-18"),))
    assert judge_sense(LABELS, week)["day_right"] == 0.0
    other = replace(told, dates=(Resolved(2, "Tuesday", "2025-05-13", "2025-05-13"),))
    assert judge_sense(LABELS, other)["day_right"] == 0.0  # of another citation than the answer's


def test_silence_must_be_for_the_labelled_reason() -> None:
    labels = Labels.of({"reason": "unknown_name"})
    silent = replace(ANSWER, abstained=True, silence=Silence(Reason.UNKNOWN_NAME))
    assert judge_sense(labels, silent) == {"reason_right": 1.0}
    assert judge_sense(labels, replace(silent, silence=Silence(Reason.PREMISE))) == {"reason_right": 0.0}
    assert judge_sense(labels, ANSWER) == {"reason_right": 0.0}


def test_what_failed_told_nothing() -> None:
    assert missed(LABELS) == {"table_right": 0, "difference_right": 0, "day_right": 0, "speaker_right": 0}
    assert missed(Labels()) == {}


@pytest.mark.parametrize(
    "raw", [{"speaker": "Hal"}, {"resolved": [1]}, {"agreement": {"kind": "update", "values": [1]}}]
)
def test_labels_that_cannot_be_used_are_refused(raw: dict[str, object]) -> None:
    with pytest.raises((TypeError, KeyError)):
        Labels.of(raw)
