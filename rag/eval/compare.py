"""Two saved runs, question by question: what differs, by how much, and whether a gate lets the newer one through.

Only one split counts (see splits.py), but for quotes: each of them must be verbatim, in every split, whatever the other
run did. What this module does not know: how runs are made or shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import QuestionError
from rag.eval.figures import FIGURES
from rag.eval.questions import Asked, fingerprint
from rag.eval.splits import chosen, in_order, within
from rag.eval.statistics import Comparison, Values, compare

SIGNIFICANT = 0.05
# Figures that are means over questions and so can be compared in pairs: shown name → (score, which questions).
_ALL, _ANSWERABLE, _UNANSWERABLE = "all", "answerable", "unanswerable"
PAIRED = {
    "right": ("right", _ALL),
    "answered_rightly": ("right", _ANSWERABLE),
    "answerable_f1": ("f1", _ANSWERABLE),
    "refused_rightly": ("abstained", _UNANSWERABLE),
    "answerable_refused": ("abstained", _ANSWERABLE),
    "right_if_never_silent": ("right_if_never_silent", _ANSWERABLE),
    "citation_precision": ("citation_precision", _ANSWERABLE),
    "citation_recall": ("citation_recall", _ANSWERABLE),
    "verbatim": ("verbatim", _ALL),
    "passage_hit@5": ("passage_hit@5", _ALL),
    "article_hit@5": ("article_hit@5", _ALL),
    "passage_ndcg@10": ("passage_ndcg@10", _ALL),
}
GATED = (
    "right",
    "answerable_f1",
    "refused_rightly",
    "answerable_refused",
    "passage_hit@5",
    "citation_precision",
)
# What a baseline keeps of a question besides its text of an answer and the scores that are compared.
_KEPT = ("id", "question", "type", "split", "labels", "accepted", "error")
_NAMED = 3  # questions named in a message


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of run A (`one`) and run B (`other`) over the questions that both score, and B's gain."""

    name: str
    label: str
    high_is_good: bool
    one: float
    other: float
    comparison: Comparison

    @property
    def significantly_worse(self) -> bool:
        """Whether B is worse than A beyond chance (two-sided p below 0.05)."""
        gain = self.comparison.gain if self.high_is_good else -self.comparison.gain
        return gain < 0 and self.comparison.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that one run answers rightly and the other does not: what each said."""

    row_id: str
    question: str
    one: str
    other: str
    now_right: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Run B beside run A on the questions of a split. unverbatim: ids, of any split, where B's quotes are altered."""

    split: str
    figures: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    unverbatim: tuple[str, ...] = ()

    @property
    def worse(self) -> list[Difference]:
        """The headline figures in which B is significantly worse."""
        return [each for each in self.figures if each.name in GATED and each.significantly_worse]

    @property
    def objections(self) -> list[str]:
        """Why a gate does not let B through, one line each; none: it does."""
        found = [f"{each.label} went from {each.one:.3f} to {each.other:.3f}." for each in self.worse]
        if self.unverbatim:
            found.append(f"quotes are not verbatim in answers to {_some(self.unverbatim)}; every quote must be.")
        return found


def read_report(path: str | Path) -> dict[str, Any]:
    """Return a report written by --json or --baseline. Raises QuestionError for a file that is none."""
    try:
        report = json.loads(Path(path).read_text("utf-8"))
        names = [_known(question) for question in report["questions"]]
        if not names or len(set(names)) < len(names):
            raise ValueError("no questions" if not names else "a question stands in it twice")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionError(f"{path} is no report of 'python -m rag.eval --json' ({error!r}).") from error
    found: dict[str, Any] = report
    return found


def _known(question: Mapping[str, Any]) -> str:
    """Return the id of a question that has what is compared. Raises KeyError, TypeError or ValueError otherwise."""
    name, answer = question["id"], question["answer"]
    for text in (
        name,
        question["question"],
        question["split"],
        *question["accepted"],
        answer["text"] if answer else "",
    ):
        if not isinstance(text, str):
            raise TypeError(f"expected a text, found {text!r}")
    for score in (question["scores"]["right"], *question["scores"].values()):
        if not isinstance(score, (int, float)):
            raise TypeError(f"expected a score, found {score!r}")
    return str(name)


def compact(report: Mapping[str, Any]) -> str:
    """Return a report as the text of a baseline: what `read_report` and `compare_reports` need, a question a line."""
    lines = []
    for each in report["questions"]:
        kept = {name: each[name] for name in _KEPT}
        kept["answer"] = {"text": each["answer"]["text"]} if each["answer"] else None
        compared = sorted({score for score, _ in PAIRED.values()} & each["scores"].keys())
        kept["scores"] = {name: each["scores"][name] for name in compared}  # not rounded, or a gate would see it
        lines.append(json.dumps(kept, ensure_ascii=False))
    about = json.dumps(report["about"], ensure_ascii=False)
    splits = json.dumps({name: {"figures": each["figures"]} for name, each in report["splits"].items()})
    return f'{{"about": {about},\n"splits": {splits},\n"questions": [\n' + ",\n".join(lines) + "\n]}\n"


def check_baseline(baseline: Mapping[str, Any], asked: Asked, place: str) -> None:
    """Raise QuestionError unless a report is of just the questions that are to be compared with it."""
    for split in (asked.split, *asked.apart):
        rows = {
            row.row_id: {"question": row.question, "labels": fingerprint(row), "split": asked.split_of(row)}
            for row in asked.of(split)
        }
        differing = _differing(_of(baseline["questions"], split), rows)
        if differing:
            raise QuestionError(f"{place} is of other questions, splits or labels ({_some(differing)}); make it anew.")


def splits_in(*reports: Mapping[str, Any]) -> list[str]:
    """Return the splits of the questions of reports, the one that counts last."""
    return in_order(question["split"] for report in reports for question in report["questions"])


def compare_reports(one: Mapping[str, Any], other: Mapping[str, Any], split: str | None = None) -> Compared:
    """Compare two reports on the questions of a split (None: the one that counts).

    Raises QuestionError unless they asked the same, and for a split that is in neither.
    """
    counted = chosen(split, splits_in(one, other), "The pair of reports")
    first, second = _of(one["questions"], counted), _of(other["questions"], counted)
    differing = _differing(first, second)
    if differing:
        raise QuestionError(
            f"The two reports differ in questions, splits or labels ({_some(differing)}); compare runs of one file."
        )
    pairs = [(first[i], second[i]) for i in first]
    labels = {figure.name: figure for figure in FIGURES}
    found = []
    for name, (score, which) in PAIRED.items():
        a, b = _scores(pairs, score, which)
        if len(a):
            about = labels[name]
            found.append(
                Difference(name, about.label, about.high_is_good, float(a.mean()), float(b.mean()), compare(b, a))
            )
    flips = [
        Flip(a["id"], a["question"], _said(a), _said(b), b["scores"]["right"] > a["scores"]["right"])
        for a, b in pairs
        if a["scores"]["right"] != b["scores"]["right"]
    ]
    altered = [q["id"] for q in other["questions"] if q["scores"].get("verbatim", 1.0) != 1.0]
    return Compared(counted, tuple(found), tuple(flips), tuple(altered))


def _of(questions: Sequence[Mapping[str, Any]], split: str) -> dict[str, Mapping[str, Any]]:
    return {question["id"]: question for question in questions if within(split, question["split"])}


def _differing(first: Mapping[str, Mapping[str, Any]], second: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the ids that are not in both, or not with the same question, split and labels."""
    changed = {i for i in first.keys() & second.keys() if not _same(first[i], second[i])}
    return sorted((first.keys() ^ second.keys()) | changed)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    labels = {question["labels"] for question in (one, other) if "labels" in question}  # older reports tell none
    same = all(one[name] == other[name] for name in ("question", "split"))
    return same and len(labels) <= 1


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _scores(pairs: Sequence[tuple[Any, Any]], name: str, which: str) -> tuple[Values, Values]:
    kept = [
        (a["scores"][name], b["scores"][name])
        for a, b in pairs
        if name in a["scores"]
        and name in b["scores"]
        and which in (_ALL, _ANSWERABLE if a["accepted"] else _UNANSWERABLE)
    ]
    table = np.array(kept, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _said(question: Mapping[str, Any]) -> str:
    answer = question["answer"]
    return str(answer["text"]) if answer else f"({question.get('error', 'failed')})"
