"""Two saved runs beside each other, and the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.eval.compare import Flip, compare_reports, read_report


def question(
    number: int, right: float, *, answerable: bool = True, split: str = "test", **scores: float
) -> dict[str, Any]:
    return {
        "id": f"q{number}", "question": f"Who was {number}?", "split": split, "accepted": ["Ada"] if answerable else [],
        "answer": {"text": "Ada" if right else "Bo"}, "error": "",
        "scores": {"right": right, "f1": right, "abstained": 0.0, **scores},
    }  # fmt: skip


def report(rights: list[float], **about: Any) -> dict[str, Any]:
    return {"questions": [question(n, right, **about) for n, right in enumerate(rights)]}


def test_differences_and_flips_by_hand() -> None:
    found = compare_reports(report([1, 0, 1, 0]), report([1, 1, 0, 1]))
    right = next(each for each in found.figures if each.name == "right")
    assert (right.one, right.other, right.comparison.gain) == (0.5, 0.75, 0.25)
    assert found.flips == (
        Flip("q1", "Who was 1?", "Bo", "Ada", True),
        Flip("q2", "Who was 2?", "Ada", "Bo", False),
        Flip("q3", "Who was 3?", "Bo", "Ada", True),
    )
    assert found.worse == []  # three flips may be chance


def test_the_gate_closes_when_a_headline_is_worse_beyond_chance() -> None:
    good, bad = [1.0] * 40, [1.0] * 25 + [0.0] * 15
    assert {each.name for each in compare_reports(report(good), report(bad)).worse} == {"right", "answerable_f1"}
    assert compare_reports(report(bad), report(good)).worse == []
    assert compare_reports(report(good), report(good)).worse == []


def test_more_refusals_of_answerable_questions_are_worse_and_of_others_better() -> None:
    speaking = {"questions": [question(n, 1, answerable=n % 2 == 0) for n in range(40)]}
    silent = {"questions": [question(n, 1, answerable=n % 2 == 0, abstained=1.0) for n in range(40)]}
    assert [each.name for each in compare_reports(speaking, silent).worse] == ["answerable_refused"]
    assert [each.name for each in compare_reports(silent, speaking).worse] == ["refused_rightly"]


def test_one_split_alone() -> None:
    one = {"questions": [question(1, 1), question(2, 1, split="tune")]}
    other = {"questions": [question(1, 1), question(2, 0, split="tune")]}
    assert compare_reports(one, other, "test").flips == ()
    assert len(compare_reports(one, other).flips) == 1


@pytest.mark.parametrize(
    "other", [report([1, 1, 1]), {"questions": [question(0, 1), {**question(1, 1), "question": "Why?"}]}]
)
def test_other_questions_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match=r"of different questions \(q[12]\)"):
        compare_reports(report([1, 1]), other)
    with pytest.raises(QuestionError, match="none at all"):
        compare_reports(report([1]), report([1]), "tune")


def test_a_report_is_read_and_anything_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(report([1, 0])))
    assert read_report(path) == report([1, 0])
    for bad in ("{", "[]", '{"questions": [{"id": "1"}]}', "{}"):
        path.write_text(bad)
        with pytest.raises(QuestionError, match="is no report of"):
            read_report(path)
    with pytest.raises(QuestionError, match="No such file"):
        read_report(tmp_path / "none.json")
