"""Readers' verdicts on answers → question rows: the command `feedback`.

A verdict is a line {"time", "good", "note", "answer": the contract's Answer}. What can be labelled from it alone
becomes a row; every other one is told, to be labelled by hand. What this module does not know: whether a reader was
right, and whether the articles still say what was quoted (`rag.eval check` proves that).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from rag.errors import ConfigError, QuestionError
from rag.eval.commands import check_folders
from rag.eval.questions import Evidence, QuestionRow
from rag.saved import load_answer
from rag.text import answer_key, terms
from rag.types import Citation

KIND = "feedback"
# Notes that judge instead of answering; such a word may stand in a quote by accident.
_JUDGING = frozenset("wrong bad false incorrect right correct good nonsense none nothing useless outdated".split())  # noqa: SIM905
_WHOLE = r"(?<!\w)(?<!\d[.,]){}(?![.,]?\d)(?!\w)"  # "7" is in neither "17" nor "4.7 million"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader thought of one answer. place: the file and line it stands in.

    cited: the answer's quotes, or the closest passage when it abstained; others: the quotes of its alternatives.
    """

    place: str
    good: bool
    note: str
    question: str
    text: str
    abstained: bool
    cited: tuple[Evidence, ...] = ()
    others: tuple[Evidence, ...] = ()

    @property
    def key(self) -> str:
        """What two verdicts on one question share: its letters and digits, without case, as in `problems`."""
        return "".join(c for c in self.question.casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class ByHand:
    """A verdict that needs a label by hand, and why."""

    verdict: Verdict
    reason: str


def read_verdicts(path: str | Path) -> list[Verdict]:
    """Return all verdicts of a file. Raises QuestionError naming the line that cannot be used."""
    place = Path(path)
    try:
        text = place.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            f"{place} cannot be read ({error}); give the file of feedback that the page wrote."
        ) from error
    lines = enumerate(text.split("\n"), start=1)  # not splitlines: a quote may hold U+2028
    verdicts = [_verdict(line, f"{place}:{number}") for number, line in lines if line.strip()]
    if not verdicts:
        raise QuestionError(f"{place} holds no feedback; give the file that the page wrote.")
    return verdicts


def _verdict(line: str, place: str) -> Verdict:
    try:
        raw: dict[str, Any] = json.loads(line)
        answer = load_answer(_typed(_typed(raw, dict)["answer"], dict))
        others = [each for alternative in answer.alternatives for each in alternative.citations]
        _typed(raw["time"], str)
        verdict = Verdict(
            place,
            _typed(raw["good"], bool),
            _typed(raw["note"], str).strip(),
            " ".join(answer.question.split()),
            answer.text,
            answer.abstained,
            tuple(_quotes(answer.citations)),
            tuple(_quotes(others)),
        )
    except KeyError as error:
        raise QuestionError(f"{place} has no {error.args[0]!r}; mend the line, or delete it.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionError(f"{place} is not a line of feedback ({error}); mend the line, or delete it.") from error
    if not verdict.key:
        raise QuestionError(f'{place} has an empty "question"; mend the line, or delete it.')
    return verdict


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"wanted {kind.__name__}, found {value!r:.40}")
    return value


def _quotes(citations: Sequence[Citation]) -> Iterator[Evidence]:
    """Give each quote once."""
    found = (Evidence(each.source.article_id, each.quote) for each in citations)
    yield from dict.fromkeys(each for each in found if each.quote)


def label(verdicts: Sequence[Verdict]) -> tuple[list[QuestionRow], list[ByHand]]:
    """Return the rows that the verdicts prove, and those that need a label by hand; in order of first asking. Pure.

    Of two verdicts on the same question the last one wins.
    """
    rows: list[QuestionRow] = []
    by_hand: list[ByHand] = []
    for verdict in {verdict.key: verdict for verdict in verdicts}.values():
        labelled = _good(verdict) if verdict.good else _bad(verdict)
        if isinstance(labelled, str):
            by_hand.append(ByHand(verdict, labelled))
        else:
            rows.append(labelled)
    return rows, by_hand


def _good(verdict: Verdict) -> QuestionRow | str:
    if verdict.abstained:
        return _row(verdict)
    if not any(verdict.text in (each.quote or "") for each in verdict.cited):
        return "the answer stands in none of its quotes"
    return _row(verdict, verdict.text, verdict.cited)


def _bad(verdict: Verdict) -> QuestionRow | str:
    if not verdict.note:
        return "no note says what would be right"
    if not terms(verdict.note) or answer_key(verdict.note) in _JUDGING:
        return f"the note {verdict.note!r} is no answer"
    if not verdict.abstained and answer_key(verdict.note) == answer_key(verdict.text):
        return "the note is the answer that was called wrong"
    for note in dict.fromkeys((verdict.note, verdict.note.rstrip(".").strip("\"“”‘’' "))):
        pattern = re.compile(_WHOLE.format(re.escape(note)))
        for each in (*verdict.cited, *verdict.others):
            if note and pattern.search(each.quote or ""):
                return _row(verdict, note, [each])
    return f"the note {verdict.note!r} stands in no quote of the answer"


def _row(verdict: Verdict, answer: str | None = None, evidence: Sequence[Evidence] = ()) -> QuestionRow:
    digest = hashlib.sha256(verdict.key.encode()).hexdigest()[:10]
    answers = () if answer is None else (answer,)
    return QuestionRow(f"{KIND}-{digest}", verdict.question, KIND, answers, evidence=tuple(evidence))


def _line(row: QuestionRow) -> str:
    told: dict[str, object] = {"id": row.row_id, "question": row.question, "type": row.kind}
    if row.answers:
        told["answers"] = list(row.answers)
        told["evidence"] = [{"article_id": each.article_id, "quote": each.quote} for each in row.evidence]
    return json.dumps(told, ensure_ascii=False) + "\n"


def add_feedback(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `feedback`."""
    parser.add_argument("file", metavar="FILE.jsonl", help="what the page kept of readers' verdicts")
    parser.add_argument("--out", required=True, metavar="ROWS.jsonl", help="write the question rows there (a new file)")


def feedback(parsed: argparse.Namespace, console: Console) -> None:
    """Write the rows and tell what is left to label. Raises QuestionError or ConfigError before anything is written."""
    check_folders(parsed.out)
    if Path(parsed.out).exists():
        raise ConfigError(f"{parsed.out} is there already; name another file, or delete it.")
    rows, by_hand = label(read_verdicts(parsed.file))
    if rows:
        try:
            with Path(parsed.out).open("x", encoding="utf-8") as file:
                file.writelines(_line(row) for row in rows)
        except OSError as error:
            raise ConfigError(f"{parsed.out} cannot be written ({error.strerror}); name another file.") from error
    silent = sum(not row.answerable for row in rows)
    where = f"written to {parsed.out}" if rows else "so nothing was written"
    _say(console, f"{len(rows)} question{'s' * (len(rows) != 1)} ({silent} of them unanswerable), {where}.")
    for each in by_hand:
        _say(console, f"{each.verdict.place} needs a label by hand: {each.verdict.question} ({each.reason})")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
