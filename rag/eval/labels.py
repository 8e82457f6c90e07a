"""What the labels of questions are held against: the texts of articles, and the passages that they are cut into.

What this module does not know: where an index comes from (doors.py), or what is wrong with a label (questions.py).
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from rag.articles import Unreadable, parse, scan
from rag.errors import QuestionError
from rag.eval.questions import QuestionRow, problems
from rag.store import Snapshot
from rag.types import Passage, Skipped

SHOWN_PROBLEMS = 5


def texts_of(snapshot: Snapshot) -> dict[str, str]:
    """Return the text of every article of an index, by id."""
    return {source.article_id: snapshot.article(i).text for i, source in enumerate(snapshot.sources)}


def read_texts(folders: Sequence[str], wanted: Set[str] | None = None) -> dict[str, str]:
    """Return the text of every article that can be read in some folders, by id, without indexing them.

    wanted: the ids of those that are parsed; None: all. Six thousand are looked through in a second, parsed in ten.
    """
    texts: dict[str, str] = {}
    skipped: list[Skipped] = []
    for record in scan(folders, skipped.append):
        if wanted is not None and record.article_id not in wanted:
            continue
        try:
            article = parse(record).article
        except Unreadable:
            continue
        texts[article.source.article_id] = article.text
    return texts


def check(rows: Sequence[QuestionRow], texts: dict[str, str], place: str, *, strict: bool = False) -> None:
    """Raise QuestionError that names the first labels that are not proven by the articles; see `problems`."""
    found = problems(rows, texts, strict=strict)
    if found:
        more = f" … and {len(found) - SHOWN_PROBLEMS} more" if len(found) > SHOWN_PROBLEMS else ""
        raise QuestionError(f"{place} does not fit the articles: {' '.join(found[:SHOWN_PROBLEMS])}{more}")


def passages_of(snapshot: Snapshot) -> dict[str, list[Passage]]:
    """Return every article's passages, by its id."""
    found = {}
    for i, source in enumerate(snapshot.sources):
        start, end = snapshot.rows(i)
        found[source.article_id] = [snapshot.passage(row) for row in range(start, end)]
    return found
