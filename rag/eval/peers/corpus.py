"""Articles and questions → what every run is given, and what its hits are judged by.

What this module does not know: who is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.articles import Unreadable, no_articles, parse, scan
from rag.chunking import PassageChunker
from rag.config import Config
from rag.embedding import SentenceEmbedder, embedded_text, passage_tokens
from rag.errors import QuestionError
from rag.eval.gold import Place, gold_places
from rag.eval.labels import check
from rag.eval.questions import QuestionRow
from rag.types import Passage, Skipped


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles, cut. texts: of articles, by id. passages, indexed: by row, each passage and the text indexed for it."""

    texts: dict[str, str]
    passages: tuple[Passage, ...]
    indexed: tuple[str, ...]

    def write(self, path: Path) -> None:
        """Write a row for each passage, as a Job names them."""
        with path.open("w", encoding="utf-8") as file:
            for passage, text in zip(self.passages, self.indexed, strict=True):
                row = {"id": passage.passage_id, "text": text, "passage": asdict(passage)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_corpus(folders: Sequence[str], settings: Config, embedder: SentenceEmbedder) -> Corpus:
    """Cut every article that can be read as an index of them does. Raises ArticlesError where there is none."""
    tokens = passage_tokens(settings.chunking.tokens, embedder.max_tokens)
    chunker = PassageChunker(tokens, embedder.count_tokens)
    skipped: list[Skipped] = []
    texts: dict[str, str] = {}
    passages: list[Passage] = []
    for record in scan(folders, skipped.append):
        try:
            article = parse(record).article
        except Unreadable as error:
            skipped.append(Skipped(record.path, str(error)))
            continue
        texts[article.source.article_id] = article.text
        passages += chunker.chunk(article)
    if not passages:
        raise no_articles(folders, skipped)
    passages.sort(key=lambda passage: (passage.source.article_id, passage.start))
    return Corpus(texts, tuple(passages), tuple(embedded_text(p, embedder.count_tokens) for p in passages))


def answerable_here(rows: Sequence[QuestionRow], texts: dict[str, str], place: str) -> tuple[list[QuestionRow], int]:
    """Return the questions whose evidence lies in these articles, or that have none, and how many are left out.

    Raises QuestionError where none is left, or where a label is not proven.
    """
    kept = [row for row in rows if all(each.article_id in texts for each in row.evidence)]
    if not kept:
        raise QuestionError(f"No question of {place} has its evidence in these articles; give those it is about.")
    check(kept, texts, place)
    return kept, len(rows) - len(kept)


def places_of(rows: Sequence[QuestionRow], texts: Mapping[str, str]) -> dict[str, tuple[Place, ...]]:
    """Return where the evidence of each question stands, by its id; of one without evidence nothing."""
    found = {row.row_id: gold_places(row, texts) for row in rows}
    return {row_id: places for row_id, places in found.items() if places}


def write_questions(rows: Sequence[QuestionRow], path: Path) -> None:
    """Write a row for each question, as a Job names them: without its answers."""
    lines = [json.dumps({"id": row.row_id, "question": row.question}, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), "utf-8")
