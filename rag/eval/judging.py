"""Is an answer right? One rule for each kind of question, stated here and in eval/README.md. Pure.

A person would let "Captain Marrable" stand for "Captain Ilse Marrable" and not "34" for "43": an answer is right when
its token F1 with one of the accepted texts is above RIGHT, or just RIGHT and one holds the other, and neither a number
nor a denial differs. What this module does not know: how the answer came about; it reads nothing but the Answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.eval.metrics import exact_match, normalise, token_f1
from rag.eval.questions import QuestionRow
from rag.types import Answer

RIGHT = 0.5  # token F1 with an accepted text, wherever an answer is called right
_NUMBER = re.compile(r"\d[\d,.:]*\d|\d")
_DENIALS = frozenset({"no", "not", "never", "none", "nobody", "nothing", "without"})
_PIECE = re.compile(r"[,;]\s+(?:and\s+)?|\s+and\s+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of one answer, each 0..1; None: not a question of that kind.

    right: the one that counts. em, f1: SQuAD's, against the accepted texts (silence against none). list_recall,
    list_precision: items told, and pieces told that are items. told: of the differing articles, how many have their
    value told. verdict: a yes/no question was given the right Yes or No.
    """

    right: float
    em: float
    f1: float
    list_recall: float | None = None
    list_precision: float | None = None
    told: float | None = None
    verdict: float | None = None


def judge(row: QuestionRow, answer: Answer | None, proven: bool) -> Judgement:
    """Return what is thought of an answer. None: the question was skipped or crashed, which is wrong.

    proven: one of the answer's citations touches a quote of the row's evidence.
    """
    if answer is None:
        return Judgement(0.0, 0.0, 0.0, **_none_of(row))
    said = "" if answer.abstained else answer.text
    golds = row.answers or row.accepted  # where a later article corrects, only the newest
    em, f1 = exact_match(said, golds), token_f1(said, golds)
    if not row.answerable or answer.abstained:
        return Judgement(float(answer.abstained and not row.answerable), em, f1, **_none_of(row))
    if row.kind == "yes_no":
        return _yes_no(row, answer, proven, em, f1)
    if row.items:
        return _list(row.items, told(answer), em, f1)
    values = [row.answers] if row.answers else [*row.by_article.values()]
    right = float(any(says(answer.text, value) for value in values))
    return Judgement(right, em, f1, told=_differences(row.by_article, told(answer)))


def says(text: str, accepted: Sequence[str]) -> bool:
    """Whether a text gives one of the accepted answers."""
    return any(_same(text, gold) for gold in accepted)


def _same(text: str, gold: str) -> bool:
    if not _same_numbers(text, gold) or _denies(text) != _denies(gold):
        return False
    f1 = token_f1(text, [gold])
    return f1 > RIGHT or (f1 == RIGHT and (_holds(text, [gold]) or _holds(gold, [text])))


def told(answer: Answer) -> list[str]:
    """Return what an answer tells: its text and its alternatives."""
    return [answer.text, *(other.text for other in answer.alternatives)]


def _none_of(row: QuestionRow) -> dict[str, float | None]:
    """Return the figures of a row's kind when nothing was told."""
    if row.kind == "yes_no":
        return {"verdict": 0.0}
    if row.items:
        return {"list_recall": 0.0, "list_precision": 0.0}
    return {"told": 0.0} if row.by_article else {}


def _yes_no(row: QuestionRow, answer: Answer, proven: bool, em: float, f1: float) -> Judgement:
    """Ask for the right verdict; where none is given, for a sentence that proves the answer."""
    said = normalise(answer.text)  # a sentence that begins with "No" is no verdict: "No one died"
    verdict = float(said == normalise(row.accepted[0]))
    return Judgement(verdict if said in ("yes", "no") else float(proven), em, f1, verdict=verdict)


def _list(items: Sequence[Sequence[str]], texts: Sequence[str], em: float, f1: float) -> Judgement:
    """Every item must be told, and no more wrong pieces than right ones."""
    pieces = [piece for text in texts for piece in _PIECE.split(text) if normalise(piece)]
    recall = sum(any(_holds(text, item) for text in texts) for item in items) / len(items)
    right = sum(any(_holds(piece, item) or says(piece, item) for item in items) for piece in pieces)
    precision = right / len(pieces) if pieces else 0.0
    return Judgement(float(recall == 1 and precision >= RIGHT), em, f1, recall, precision)


def _differences(by_article: Mapping[str, Sequence[str]], texts: Sequence[str]) -> float | None:
    if not by_article:
        return None
    return sum(any(says(text, value) for text in texts) for value in by_article.values()) / len(by_article)


def _holds(text: str, aliases: Sequence[str]) -> bool:
    key = f" {normalise(text)} "
    return any(f" {normalise(alias)} " in key for alias in aliases)


def _denies(text: str) -> bool:
    return not _DENIALS.isdisjoint(normalise(text).split())


def _same_numbers(text: str, gold: str) -> bool:
    """Whether the accepted text has no number, or the same ones as the other."""
    wanted = _numbers(gold)
    return not wanted or wanted == _numbers(text)


def _numbers(text: str) -> set[str]:
    return {match.group().replace(",", "").replace(":", ".") for match in _NUMBER.finditer(text)}
