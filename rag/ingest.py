"""Folder of articles → published index. An article whose raw form is unchanged keeps its passages and vectors.

What this module does not know: which formats there are, how text is cut or embedded, how a build reaches the disk.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.articles import Parsed, Record, Unreadable, no_articles, parse, scan, showable
from rag.embedding import TEMPLATE, embedded_text
from rag.errors import StoreError
from rag.protocols import Chunker, Embedder
from rag.store import Build, IndexedArticle, Recipe, Snapshot, publish, writer_lock
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Article, IndexReport, Passage, Skipped

if TYPE_CHECKING:
    from rag.protocols import Vectors

# Passages embedded between two reports of progress: about a second of work, long enough to sort by length.
EMBED_AT_ONCE = 64
LEFT_OUT = "left out on the page"

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); total is 0 while unknown."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One article as read: new ones have passages to embed, kept ones the rows of the previous build."""

    entry: IndexedArticle
    passages: tuple[Passage, ...]
    kept_rows: tuple[int, int] | None


def build_index(
    folders: Sequence[str | Path],
    index: Path,
    chunker: Chunker,
    embedder: Embedder,
    *,
    passage_tokens: int,
    version: str,
    left_out: Set[str] = frozenset(),
    progress: Progress = no_progress,
) -> IndexReport:
    """Read, cut, embed and publish. The index that was live stays live until the new one is whole.

    left_out: digests of articles that are not to be indexed.
    Raises ArticlesError when there is nothing to read, StoreBusy when another process builds this index, StoreFull
    when it cannot be written.
    """
    began = time.perf_counter()
    recipe = Recipe(embedder.name, embedder.dim, passage_tokens, TEMPLATE)
    skipped: list[Skipped] = []
    with writer_lock(index):
        previous = _previous(index, recipe)
        old = previous.old if previous else None
        read = list(_read(folders, previous, chunker, left_out, skipped, progress))
        if not read:
            raise no_articles(folders, skipped)
        reused = sum(item.kept_rows is not None for item in read)
        present = {item.entry.article.source.article_id for item in read}
        removed = len({source.article_id for source in old.sources} - present) if old else 0
        if not _unchanged(old, read, folders, skipped):
            read.sort(key=lambda item: item.entry.article.source.article_id)
            texts = [embedded_text(p, embedder.count_tokens) for item in read for p in item.passages]
            vectors = _vectors(read, texts, old, embedder, progress)
            progress("words", 0, 1)
            words = Bm25Index.build(texts)
            progress("words", 1, 1)
            entries = [item.entry for item in read]
            build = Build(recipe, entries, FaissIndex.build(vectors), words, _named(folders), tuple(skipped), version)
            publish(index, build)
    return IndexReport(
        index=showable(str(index)),
        articles=len(read),
        passages=sum(len(item.passages) for item in read),
        reused=reused,
        removed=removed,
        skipped=tuple(skipped),
        dropped=_most_dropped(read),
        seconds=round(time.perf_counter() - began, 3),
    )


class _Previous:
    """What the live build can lend: articles by the digest of their raw form, or by what of them is embedded."""

    def __init__(self, old: Snapshot) -> None:
        self.old = old
        self._by_digest = {old.digest(i): i for i in range(len(old.sources))}

    @cached_property
    def _by_content(self) -> dict[bytes, int]:
        return {_content(self.old.article(i)): i for i in range(len(self.old.sources))}

    def keep(self, record: Record) -> _Read | None:
        """Return the article of an unchanged record without parsing it."""
        number = self._by_digest.get(record.digest)
        if number is None:
            return None
        return self._lend(number, self.old.article(number), record.digest, self.old.dropped(number))

    def keep_content(self, parsed: Parsed, digest: str) -> _Read | None:
        """Return an article whose raw form changed but not what is embedded of it: renamed, moved, another byline."""
        number = self._by_content.get(_content(parsed.article))
        return None if number is None else self._lend(number, parsed.article, digest, parsed.dropped)

    def _lend(self, number: int, article: Article, digest: str, dropped: tuple[tuple[str, int], ...]) -> _Read:
        first, last = self.old.rows(number)
        spans = tuple(self.old.spans(first, last))
        name, source, text = article.source.article_id, article.source, article.text
        passages = tuple(Passage(f"{name}#{start}", source, text[start:end], start, end) for start, end in spans)
        return _Read(IndexedArticle(article, digest, spans, dropped), passages, (first, last))


def _content(article: Article) -> bytes:
    """Return the sha256 of what passages and vectors depend on."""
    day = (article.source.published or "")[:10]
    return hashlib.sha256("\0".join((article.source.title, day, article.text)).encode("utf-8")).digest()


def _previous(index: Path, recipe: Recipe) -> _Previous | None:
    """Return the live build if it can be reused; a damaged or differently made one is simply built anew."""
    try:
        old = Snapshot.open(index)
    except StoreError:
        return None
    return _Previous(old) if old.manifest.recipe == recipe else None


def _read(
    folders: Sequence[str | Path],
    previous: _Previous | None,
    chunker: Chunker,
    left_out: Set[str],
    skipped: list[Skipped],
    progress: Progress,
) -> Iterator[_Read]:
    done = 0
    for record in scan(folders, skipped.append):
        if record.digest in left_out:
            skipped.append(Skipped(record.path, LEFT_OUT))
            continue
        try:
            yield (previous and previous.keep(record)) or _parse(record, previous, chunker)
        except Unreadable as error:
            skipped.append(Skipped(record.path, str(error)))
        except Exception as error:  # one odd article must not cost a night's indexing
            skipped.append(Skipped(record.path, f"cannot be parsed ({type(error).__name__}); please report it"))
        done += 1
        progress("read", done, 0)
    progress("read", done, done)


def _parse(record: Record, previous: _Previous | None, chunker: Chunker) -> _Read:
    parsed = parse(record)
    if previous and (kept := previous.keep_content(parsed, record.digest)):
        return kept
    passages = tuple(chunker.chunk(parsed.article))
    if not passages:
        raise Unreadable("no words in it")
    spans = tuple((p.start, p.end) for p in passages)
    return _Read(IndexedArticle(parsed.article, record.digest, spans, parsed.dropped), passages, None)


def _unchanged(
    old: Snapshot | None, read: Sequence[_Read], folders: Sequence[str | Path], skipped: Sequence[Skipped]
) -> bool:
    """Whether the live build already is what would be built."""
    if old is None or {item.entry.digest for item in read} != {old.digest(i) for i in range(len(old.sources))}:
        return False
    same_skips = old.manifest.skipped == tuple((s.path, s.reason) for s in skipped)
    return same_skips and old.manifest.folders == _named(folders)


def _named(folders: Sequence[str | Path]) -> tuple[str, ...]:
    """Return the folders in full, for a later build may be started from elsewhere."""
    return tuple(showable(str(Path(folder).resolve())) for folder in folders)


def _vectors(
    read: Sequence[_Read], texts: Sequence[str], old: Snapshot | None, embedder: Embedder, progress: Progress
) -> Vectors:
    """Return (passages, dim) in the order of `read`: kept rows copied, the rest embedded, longest texts first."""
    vectors = np.zeros((len(texts), embedder.dim), dtype=np.float32)
    new: list[int] = []
    row = 0
    for item in read:
        count = len(item.passages)
        if item.kept_rows and old:
            vectors[row : row + count] = old.vectors.vectors(*item.kept_rows)
        else:
            new.extend(range(row, row + count))
        row += count
    new.sort(key=lambda i: (-len(texts[i]), i))  # like lengths together: less padding
    progress("embed", 0, len(new))
    for first in range(0, len(new), EMBED_AT_ONCE):
        batch = new[first : first + EMBED_AT_ONCE]
        vectors[batch] = embedder.embed_passages([texts[i] for i in batch])
        progress("embed", first + len(batch), len(new))
    return vectors


def _most_dropped(read: Iterable[_Read]) -> tuple[tuple[str, int], ...]:
    totals: Counter[str] = Counter()
    for item in read:
        totals.update(dict(item.entry.dropped))
    return tuple(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))
