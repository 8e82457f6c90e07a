"""Two saved runs, question by question: what differs, by how much, and whether a gate lets the newer one through. Pure.

What this module does not know: how runs are made or shown.
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
    "verbatim",
    "citation_precision",
)


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
    """Run B beside run A."""

    figures: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    @property
    def worse(self) -> list[Difference]:
        """The headline figures in which B is significantly worse."""
        return [each for each in self.figures if each.name in GATED and each.significantly_worse]


def read_report(path: str | Path) -> dict[str, Any]:
    """Return a report written by --json. Raises QuestionError for a file that is none."""
    try:
        report = json.loads(Path(path).read_text("utf-8"))
        for question in report["questions"]:
            question["id"], question["question"], question["scores"], question["accepted"], question["split"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise QuestionError(f"{path} is no report of 'python -m rag.eval --json' ({error!r}).") from error
    found: dict[str, Any] = report
    return found


def compare_reports(one: Mapping[str, Any], other: Mapping[str, Any], split: str | None = None) -> Compared:
    """Compare two reports on the questions of a split (None: all). Raises QuestionError unless they asked the same."""
    first, second = (
        {q["id"]: q for q in report["questions"] if split in (None, q["split"])} for report in (one, other)
    )
    differing = sorted(
        {*first} ^ {*second} | {i for i in {*first} & {*second} if first[i]["question"] != second[i]["question"]}
    )
    if differing or not first:
        named = ", ".join(differing[:3]) or "none at all"
        raise QuestionError(f"The two reports are of different questions ({named}); compare runs of the same file.")
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
    return Compared(tuple(found), tuple(flips))


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
