"""Is what stands beside an answer right: the table of values, the reason of silence, the day meant, the speaker? Pure.

A row's labels say what a reader of news would want to be told; a row without a label is not judged by it. What this
module does not know: whether the answer itself is right (judging.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.eval.judging import says
from rag.eval.wanted import Labels
from rag.text import answer_key
from rag.types import Agreement, Answer, Value


def judge_sense(labels: Labels, answer: Answer) -> dict[str, float]:
    """Return the scores, 0 or 1 each, of what the labels are about.

    table_right: see `table_right`. difference_right: conflict, update or wording, as labelled. reason_right: silent for
    the labelled reason. day_right: one of the days that the answer's dates are said to mean. speaker_right: named.
    """
    scores: dict[str, float] = {}
    if labels.values:
        told = answer.agreement
        scores["table_right"] = float(told is not None and table_right(labels, told))
        scores["difference_right"] = float(told is not None and told.difference.name.lower() == labels.difference)
    if labels.reason:
        scores["reason_right"] = float(
            answer.silence is not None and answer.silence.reason.name.lower() == labels.reason
        )
    if labels.days:
        meant = {one.first for one in answer.dates if one.first == one.last and one.number == 1}
        scores["day_right"] = float(not answer.abstained and not meant.isdisjoint(labels.days))
    if labels.speakers:
        named = [answer.speaker or "", answer.text]
        scores["speaker_right"] = float(not answer.abstained and any(_names(one, labels.speakers) for one in named))
    return scores


def missed(labels: Labels) -> dict[str, float]:
    """Return the same scores for a question that failed: nothing was told."""
    about = {
        "table_right": labels.values,
        "difference_right": labels.values,
        "reason_right": labels.reason,
        "day_right": labels.days,
        "speaker_right": labels.speakers,
    }
    return {name: 0.0 for name, there in about.items() if there}


def table_right(labels: Labels, table: Agreement) -> bool:
    """Whether every labelled value is a row, cited from an article that gives it, and no row is anything else."""
    rows = list(table.values)
    homes = [[place for place, (texts, _) in enumerate(labels.values) if says(row.text, texts)] for row in rows]
    if not all(homes):
        return False
    for place, (_, articles) in enumerate(labels.values):
        mine = [row for row, home in zip(rows, homes, strict=True) if place in home]
        if not any(_cites(row, articles) for row in mine):
            return False
    return True


def _cites(row: Value, articles: Sequence[str]) -> bool:
    return any(citation.source.article_id in articles for citation in row.citations)


def _names(text: str, accepted: Sequence[str]) -> bool:
    key = f" {answer_key(text)} "
    return any(f" {answer_key(one)} " in key for one in accepted)
