"""Question rows, as people write them by hand, from a .jsonl or .jsonl.gz file; see the contract in eval/README.md."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import QuestionError
from rag.eval.splits import apart, chosen, in_order, split_of, within
from rag.eval.wanted import Labels

GZIP = b"\x1f\x8b"
TUNE_FILE = "tune.txt"  # beside a file of questions: the ids of those that thresholds may look at, one a line


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an answer stands: an article, and a verbatim quote of it; None: anywhere in the article."""

    article_id: str
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with the right answer in one of three forms; with none of them it is unanswerable.

    answers: texts of the one answer, any of which will do. items: of each thing to be listed, such texts. by_article:
    such texts of each article, where articles differ. evidence: what proves it, from every article that does. labels:
    what else should be told.
    """

    row_id: str
    question: str
    kind: str
    answers: tuple[str, ...] = ()
    items: tuple[tuple[str, ...], ...] = ()
    by_article: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    labels: Labels = field(default_factory=Labels)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every text that counts as an answer, or as a part of it."""
        parts = (*self.items, *self.by_article.values())
        return (*self.answers, *(text for part in parts for text in part))

    @property
    def answerable(self) -> bool:
        """Whether the articles say."""
        return bool(self.accepted)


def read_questions(path: str | Path) -> list[QuestionRow]:
    """Return all rows. Raises QuestionError naming the line that cannot be used, or an id that came before."""
    place = Path(path)
    rows: dict[str, QuestionRow] = {}
    for number, line in enumerate(_text(place).split("\n"), start=1):  # not splitlines: a quote may hold U+2028
        if line.strip():
            row = _row(line, f"{place}:{number}")
            if row.row_id in rows:
                raise QuestionError(
                    f"{place}:{number}: the id {row.row_id!r} stands on an earlier line too; change one."
                )
            rows[row.row_id] = row
    if not rows:
        raise QuestionError(f'{place} holds no question; each line is like {{"id": "q1", "question": "Who won?"}}.')
    return list(rows.values())


def read_tune_ids(questions: str | Path) -> frozenset[str]:
    """Return the ids named in tune.txt beside a file of questions; none where there is no such file."""
    place = Path(questions).parent / TUNE_FILE
    return frozenset(_text(place).split()) if place.is_file() else frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A file of questions and what of it counts (see splits.py). apart: the splits that are shown beside it."""

    rows: tuple[QuestionRow, ...]
    tune: frozenset[str]
    split: str
    apart: tuple[str, ...]

    def of(self, split: str) -> list[QuestionRow]:
        """Return the questions of a split."""
        return [row for row in self.rows if within(split, self.split_of(row))]

    def split_of(self, row: QuestionRow) -> str:
        """Return the split of one of the rows."""
        return split_of(row.row_id, self.tune)


def read_asked(path: str | Path, wanted: str | None = None) -> Asked:
    """Return all rows, to be reported on the wanted split. Raises QuestionError as read_questions and chosen do."""
    rows, tune = read_questions(path), read_tune_ids(path)
    there = in_order(split_of(row.row_id, tune) for row in rows)
    return Asked(tuple(rows), tune, chosen(wanted, there, str(path)), tuple(apart(wanted, there)))


def _text(place: Path) -> str:
    try:
        data = place.read_bytes()
        return (gzip.decompress(data) if data.startswith(GZIP) else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise QuestionError(f"{place} cannot be read ({error}); give a file of JSON lines.") from error


def _row(line: str, place: str) -> QuestionRow:
    try:
        raw: dict[str, Any] = json.loads(line)
        row = QuestionRow(
            str(raw["id"]),
            str(raw["question"]),
            str(raw.get("type", "")),
            _texts(raw.get("answers", [])),
            tuple(_texts(item) for item in raw.get("answers_all", [])),
            {str(name): _texts(texts) for name, texts in raw.get("answers_by_article", {}).items()},
            tuple(_evidence(each) for each in raw.get("evidence", [])),
            Labels.of(raw),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionError(f'{place} is not a question row with "id" and "question" ({error!r}).') from error
    if not row.row_id.strip() or not row.question.strip():
        raise QuestionError(f'{place} has an empty "id" or "question"; give both.')
    if not all(row.items) or not all(row.by_article.values()) or not all(text.strip() for text in row.accepted):
        raise QuestionError(f"{place} has an answer without a text; give one, or leave that answer out.")
    return row


def fingerprint(row: QuestionRow) -> str:
    """Return 12 characters that change whenever the question, its answers or its evidence do."""
    parts = [row.question, row.kind, row.answers, row.items, sorted(row.by_article.items())]
    told = json.dumps([*parts, [(each.article_id, each.quote) for each in row.evidence]])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"answers must be a list of texts, found {value!r}")
    return tuple(value)


def _evidence(raw: Mapping[str, Any]) -> Evidence:
    quote = raw.get("quote")
    if quote is not None and not (isinstance(quote, str) and quote):
        raise TypeError(f"a quote must be a text, found {quote!r}")
    return Evidence(str(raw["article_id"]), quote)


def problems(rows: Sequence[QuestionRow], articles: Mapping[str, str], *, strict: bool = True) -> list[str]:
    """Return what is wrong with rows about articles (id → text), one line each; none: every label is proven.

    Every quote is verbatim in its article; an unanswerable row has no evidence and an answerable one has; the first
    text of every answer stands in a quote (of a differing article: in a quote from it), but for yes and no; no question
    is asked twice. Not strict, for other people's rows: without evidence an answer is judged by its words alone, and a
    question may come again, as in a quiz of the year after.
    """
    found = []
    asked: dict[str, str] = {}
    for row in rows:
        key = "".join(c for c in row.question.casefold() if c.isalnum())
        if strict and key in asked:
            found.append(f"{row.row_id} asks what {asked[key]} asks.")
        asked.setdefault(key, row.row_id)
        if strict or row.evidence or not row.answerable:
            found += [f"{row.row_id}: {problem}" for problem in _problems(row, articles)]
    return found


def _problems(row: QuestionRow, articles: Mapping[str, str]) -> list[str]:
    if not row.answerable:
        return ["no answer, but evidence."] if row.evidence else []
    found = [] if row.evidence else ["an answer, but no evidence."]
    for each in row.evidence:
        if each.article_id not in articles:
            found.append(f"evidence from {each.article_id!r}, which is no article here.")
        elif each.quote is not None and each.quote not in articles[each.article_id]:
            found.append(f"{each.quote!r} does not stand in {each.article_id!r}.")
    quotes = [(each.article_id, each.quote) for each in row.evidence if each.quote is not None]
    if row.kind == "yes_no" or not quotes:
        return found
    wanted = [*((None, texts) for texts in (row.answers, *row.items)), *row.by_article.items()]
    for name, texts in wanted:
        if texts and not any(texts[0] in quote for article, quote in quotes if name in (None, article)):
            found.append(f"{texts[0]!r} stands in no quote{f' from {name!r}' if name else ''}.")
    return found
