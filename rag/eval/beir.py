"""A folder in BEIR's form: corpus.jsonl, queries.jsonl and qrels/*.tsv → questions, grades, and rows of articles.

Source of the form: Thakur et al. 2021, "BEIR"; its evaluation is what `graded` in retrieval.py follows. Everything is
checked here, before anything is indexed. What this module does not know: how a corpus is indexed or ranked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ArticlesError, QuestionError, RagError
from rag.eval.questions import Evidence, QuestionRow

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels"
COLUMNS = ("query-id", "corpus-id", "score")
KIND = "query"  # what a question of such a folder is called
_NAMED = 3  # ids named in a message

Grades = Mapping[str, Mapping[str, int]]
"""Of each query, by its id: the documents judged relevant, with their grades, all above 0."""


@dataclass(frozen=True, slots=True)
class Beir:
    """One split of a folder.

    rows: the queries with a relevant document, in the order of queries.jsonl; their evidence is those documents.
    without: how many judged queries have no relevant document, so that no ranking of theirs can be good or bad.
    blank: how many documents have neither a title nor a text. corpus_sha256: of corpus.jsonl, which tells it apart.
    """

    folder: Path
    split: str
    rows: tuple[QuestionRow, ...]
    grades: Grades
    documents: int
    blank: int
    without: int
    corpus_sha256: str


def read_beir(folder: str | Path, split: str = "test") -> Beir:
    """Return the queries that a split judges. Every judgement must be of a query and a document that are there.

    Raises ArticlesError or QuestionError that names the file, the line and what is wrong with it.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ArticlesError(f"There is no folder {place}; give one with {CORPUS}, {QUERIES} and {QRELS}/.")
    table = _table_of(place, split)
    judged = _judgements(table)
    queries = _queries(place / QUERIES)
    _known(judged, queries, "query", place / QUERIES, table)
    documents, blank = _documents(place / CORPUS)
    for query, each in judged.items():
        _known(each, documents, f"document for query {query!r}", place / CORPUS, table)
    relevant = {query: {name: grade for name, grade in each.items() if grade > 0} for query, each in judged.items()}
    grades = {query: relevant[query] for query in queries if relevant.get(query)}
    if not grades:
        raise QuestionError(f"{table} has no score above 0, so no ranking can be judged; name another split.")
    rows = tuple(
        QuestionRow(query, queries[query], KIND, evidence=tuple(Evidence(name) for name in each))
        for query, each in grades.items()
    )
    with (place / CORPUS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Beir(place, split, rows, grades, len(documents), blank, len(judged) - len(grades), digest)


def write_articles(beir: Beir, path: Path) -> None:
    """Write the corpus as rows of articles, in one step: a file that was begun and not ended is never taken for it.

    A document without a text is its title; one with neither is left out.
    """
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        for _, row in _lines(beir.folder / CORPUS, ArticlesError):
            title, text = str(row.get("title") or ""), str(row["text"] or "")
            if title.strip() or text.strip():
                article = {"article_id": str(row["_id"]), "title": title, "text": text if text.strip() else title}
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
    beside.replace(path)


def _table_of(folder: Path, split: str) -> Path:
    tables = sorted(path.stem for path in (folder / QRELS).glob("*.tsv"))
    if not tables:
        raise QuestionError(f"{folder} has no {QRELS}/*.tsv, so nothing is judged; a split is a file {QRELS}/test.tsv.")
    if split not in tables:
        raise QuestionError(f"{folder} has no split {split!r}; give --qrels {' or '.join(tables)}.")
    return folder / QRELS / f"{split}.tsv"


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """Return the grade of each judged document, by query, as the table has them."""
    found: dict[str, dict[str, int]] = {}
    columns: list[int] = []
    for number, line in _text_lines(path, QuestionError):
        cells = [cell.strip() for cell in line.split("\t")]
        if not columns:
            missing = [name for name in COLUMNS if name not in cells]
            if missing:
                raise QuestionError(
                    f"{path}:{number}: no column {' and '.join(map(repr, missing))} in the first line, found "
                    f"{', '.join(map(repr, cells))}; wanted {', '.join(COLUMNS)}, parted by tabs."
                )
            columns = [cells.index(name) for name in COLUMNS]
            continue
        if len(cells) <= max(columns):
            raise QuestionError(f"{path}:{number}: {len(cells)} columns where the first line has more; part by tabs.")
        query, document, score = (cells[column] for column in columns)
        grade = _grade(score, f"{path}:{number}")
        if found.setdefault(query, {}).setdefault(document, grade) != grade:
            raise QuestionError(f"{path}:{number}: {document!r} has another score for {query!r} above; keep one.")
    if not found:
        raise QuestionError(f"{path} judges nothing; after the first line, each is like q1, d7, 1, parted by tabs.")
    return found


def _grade(text: str, place: str) -> int:
    try:
        grade = float(text)
        if grade == int(grade):
            return int(grade)
    except (ValueError, OverflowError):
        pass
    raise QuestionError(f"{place}: the score {text!r} is no whole number; 0 is not relevant, 1 and more is.")


def _queries(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, row in _lines(path, QuestionError):
        if not isinstance(row["text"], str) or not row["text"].strip():
            raise QuestionError(f'{path}:{number} has a "text" that asks nothing ({row["text"]!r}).')
        if str(row["_id"]) in found:
            raise QuestionError(f"{path}:{number}: the _id {row['_id']!r} stands on an earlier line too; change one.")
        found[str(row["_id"])] = row["text"]
    if not found:
        raise QuestionError(f'{path} holds no query; each line is like {{"_id": "q1", "text": "Who won?"}}.')
    return found


def _documents(path: Path) -> tuple[set[str], int]:
    """Return the ids, and how many documents are blank."""
    found: set[str] = set()
    blank = 0
    for number, row in _lines(path, ArticlesError):
        name = str(row["_id"])
        if name in found:
            raise ArticlesError(f"{path}:{number}: the _id {name!r} stands on an earlier line too; change one.")
        for key in ("title", "text"):
            if not isinstance(row.get(key, ""), str | None):
                raise ArticlesError(f'{path}:{number} has a "{key}" that is no text ({row[key]!r:.60}).')
        found.add(name)
        blank += not ((row.get("title") or "") + (row["text"] or "")).strip()
    if len(found) == blank:
        raise ArticlesError(
            f'{path} holds no document with words; each line is like {{"_id": "d1", "title": "…", "text": "…"}}.'
        )
    return found, blank


def _known(named: Iterable[str], there: Container[str], what: str, where: Path, table: Path) -> None:
    """Raise QuestionError for ids that a table of judgements names and that are not there."""
    unknown = [name for name in named if name not in there]
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        listed = ", ".join(map(repr, unknown[:_NAMED]))
        raise QuestionError(f"{table} judges a {what} that is not in {where}: {listed}{more}; the two do not fit.")


def _lines(path: Path, error: type[RagError]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's number and its object, which has an _id and a text."""
    for number, line in _text_lines(path, error):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as wrong:
            raise error(f"{path}:{number} is not JSON ({wrong}).") from wrong
        if not isinstance(row, dict):
            raise error(f'{path}:{number} is no object; each line is like {{"_id": "1", "text": "…"}}.')
        for key in ("_id", "text"):
            if key not in row:
                raise error(f'{path}:{number} has no "{key}", found {", ".join(map(repr, row)) or "nothing"}.')
        if isinstance(row["_id"], bool) or not isinstance(row["_id"], str | int) or not str(row["_id"]).strip():
            raise error(f'{path}:{number} has an "_id" that is no text ({row["_id"]!r:.60}).')
        yield number, row


def _text_lines(path: Path, error: type[RagError]) -> Iterator[tuple[int, str]]:
    """Yield each line that is not blank, with its number from 1."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise error(f"{path} cannot be read ({wrong}).") from wrong
