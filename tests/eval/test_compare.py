"""Two saved runs beside each other, and the gate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.eval.compare import Flip, check_baseline, compact, compare_reports, read_report, splits_in
from rag.eval.questions import Asked, QuestionRow, fingerprint


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


def test_the_split_that_counts_alone() -> None:
    one = {"questions": [question(1, 1), question(2, 1, split="tune")]}
    other = {"questions": [question(1, 1), question(2, 0, split="tune")]}
    found = [compare_reports(one, other, split) for split in (None, "test", "tune", "all")]
    assert [each.split for each in found] == ["test", "test", "tune", "all"]
    assert [len(each.flips) for each in found] == [0, 0, 1, 1]
    assert splits_in(one, other) == ["tune", "test"]


def test_one_altered_quote_closes_the_gate_in_any_split() -> None:
    """Not significant, and the older run was no better; a quote is verbatim or it is none."""
    poor = {"questions": [question(n, 1, split="tune" if n else "test", verbatim=1 - n / 8) for n in range(3)]}
    found = compare_reports(poor, poor)
    assert found.worse == []
    assert found.unverbatim == ("q1", "q2")
    assert found.objections == ["quotes are not verbatim in answers to q1, q2; every quote must be."]
    good = {"questions": [question(n, 1, split="tune" if n else "test", verbatim=1.0) for n in range(3)]}
    assert compare_reports(poor, good).objections == []
    many = {"questions": [question(n, 1, verbatim=0.0) for n in range(5)]}
    assert compare_reports(many, many).objections == [
        "quotes are not verbatim in answers to q0, q1, q2 and 2 more; every quote must be."
    ]


def test_a_baseline_is_what_a_gate_needs_of_a_report() -> None:
    """Not rounded: a third in the newer run must not seem a change."""
    full = report([1, 0], verbatim=1.0, citation_recall=1 / 3, seconds_total=0.2)
    for each in full["questions"]:
        each |= {"type": "who", "labels": "abc", "passages": [{"text": "long " * 1000}], "evidence": []}
        each["answer"] |= {"citations": [], "alternatives": []}
    figures = {"all": {"figures": {"right": {"value": 0.5}}, "kinds": {}, "reliability": []}}
    text = compact({"about": {"commit": "1"}, "splits": figures, **full})
    found = json.loads(text)
    assert found["about"] == {"commit": "1"}
    assert found["splits"] == {"all": {"figures": {"right": {"value": 0.5}}}}
    assert found["questions"][0] == {
        "id": "q0", "question": "Who was 0?", "type": "who", "split": "test", "labels": "abc", "accepted": ["Ada"],
        "error": "", "answer": {"text": "Ada"},
        "scores": {"abstained": 0.0, "citation_recall": 1 / 3, "f1": 1, "right": 1, "verbatim": 1.0},
    }  # fmt: skip
    assert len(text.splitlines()) == 3 + 2 + 1
    assert compare_reports(found, full) == compare_reports(full, full)
    assert compare_reports(full, found).figures == compare_reports(full, full).figures


def test_a_baseline_of_other_questions_is_refused() -> None:
    rows = tuple(QuestionRow(f"q{n}", f"Who was {n}?", "who", ("Ada",)) for n in range(4))
    asked = Asked(rows, frozenset({"q0"}), "test", ("tune",))
    told = {"questions": [{**question(n, 1, split="test" if n else "tune"), "labels": fingerprint(rows[n])}
                          for n in range(4)]}  # fmt: skip

    def refused(changed: dict[int, dict[str, Any]], asked: Asked = asked) -> str:
        questions = [{**each, **changed.get(n, {})} for n, each in enumerate(told["questions"])]
        with pytest.raises(QuestionError, match=r"^base\.json is of other questions, splits or labels \(") as error:
            check_baseline({"questions": questions}, asked, "base.json")
        return str(error.value)

    check_baseline(told, asked, "base.json")
    assert "(q1, q9)" in refused({1: {"id": "q9"}})
    assert "(q2)" in refused({2: {"question": "Why?"}})
    assert "(q3)" in refused({3: {"labels": "judged by another answer"}})
    assert "(q3)" in refused({3: {"split": "tune"}})
    assert "(q0)" in refused({0: {"labels": "tune is shown, too"}})
    everything = replace(asked, split="all", apart=())
    check_baseline(told, everything, "base.json")
    assert "(q3)" in refused({3: {"split": "tune"}}, everything)  # there, but of the other split
    check_baseline({"questions": told["questions"][1:]}, replace(asked, apart=()), "base.json")  # --split test


@pytest.mark.parametrize(
    "other", [report([1, 1, 1]), {"questions": [question(0, 1), {**question(1, 1), "question": "Why?"}]}]
)
def test_other_questions_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match=r"^The two reports differ in questions, splits or labels \(q[12]\)"):
        compare_reports(report([1, 1]), other)
    with pytest.raises(QuestionError, match=r"^The pair of reports has no split 'tune'"):
        compare_reports(report([1]), report([1]), "tune")


def test_a_report_is_read_and_anything_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(report([1, 0])))
    assert read_report(path) == report([1, 0])
    broken = [
        {**question(1, 1), "scores": {"f1": 1.0}},
        {**question(1, 1), "scores": {"right": "yes"}},
        {**question(1, 1), "scores": []},
        {**question(1, 1), "answer": "Ada"},
        {**question(1, 1), "id": 7},
        {**question(1, 1), "accepted": None},
    ]
    told = [json.dumps({"questions": each}) for each in ([], [question(1, 1)] * 2, *([one] for one in broken))]
    for bad in ("{", "[]", '{"questions": [{"id": "1"}]}', "{}", *told):
        path.write_text(bad)
        with pytest.raises(QuestionError, match="is no report of"):
            read_report(path)
    with pytest.raises(QuestionError, match="No such file"):
        read_report(tmp_path / "none.json")
