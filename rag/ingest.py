"""Folder of articles → published index. An article whose raw form is unchanged keeps its passages and vectors.

Articles go to the disk as they are read and are embedded block by block from there, so memory holds the vectors and the
words' statistics and little else. What was embedded when a build is stopped is kept for the next one.
What this module does not know: which formats there are, how text is cut or embedded, how a build reaches the disk.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.articles import Parsed, Record, Unreadable, no_articles, parse, scan, showable
from rag.copies.clusters import find_copies
from rag.copies.credit import agreed, credit
from rag.embedding import TEMPLATE, heading_text, under
from rag.errors import StoreError
from rag.protocols import Chunker, Embedder
from rag.store import COPIES, Draft, IndexedArticle, Recipe, Snapshot, VectorJournal, drafting, forget, writer_lock
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Article, IndexReport, SharedCopy, Skipped

if TYPE_CHECKING:
    from rag.protocols import Vectors

BLOCK = 2048  # passages that are sorted by length together, so that batches need little padding
EMBED_AT_ONCE = 64  # passages between two reports of progress: about a second of work
LEFT_OUT = "left out on the page"

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); total is 0 while unknown."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One article as read; kept_rows: where the previous build holds its passages' vectors, None if it does not."""

    entry: IndexedArticle
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
    recipe = recipe_of(embedder, passage_tokens)
    skipped: list[Skipped] = []
    dropped: Counter[str] = Counter()
    kept: list[tuple[int, int] | None] = []
    digests: set[str] = set()
    with writer_lock(index), drafting(index) as draft:
        previous = _previous(index, recipe)
        old = previous.old if previous else None
        for item in _read(folders, previous, chunker, left_out, skipped, progress):
            draft.add(item.entry)
            kept.append(item.kept_rows)
            digests.add(item.entry.digest)
            dropped.update(dict(item.entry.dropped))
        if not kept:
            raise no_articles(folders, skipped)
        if _unchanged(old, digests, folders, skipped):
            forget(index)
        else:
            with closing(VectorJournal(index, recipe)) as journal:
                progress("words", 0, 1)  # before there are vectors: counting takes as much memory as they do
                words = Bm25Index.build(_texts(draft, embedder))
                progress("words", 1, 1)
                progress("copies", 0, 1)
                copies = _copies(draft)
                progress("copies", 1, 1)
                fill = partial(_fill, draft, kept, old, journal, embedder, progress)
                vectors = FaissIndex.filled(draft.rows, embedder.dim, fill)
                named = _named(folders)
                draft.publish(
                    recipe, vectors, words, copies=copies, folders=named, skipped=tuple(skipped), version=version
                )
                journal.clear()
    present = {source.article_id for source in draft.sources}
    return IndexReport(
        index=showable(str(index)),
        articles=len(kept),
        passages=draft.rows,
        reused=sum(rows is not None for rows in kept),
        removed=len({source.article_id for source in old.sources} - present) if old else 0,
        skipped=tuple(skipped),
        dropped=tuple(sorted(dropped.items(), key=lambda pair: (-pair[1], pair[0]))),
        seconds=round(time.perf_counter() - began, 3),
    )


def recipe_of(embedder: Embedder, passage_tokens: int) -> Recipe:
    """Return what makes vectors of one build fit for another."""
    return Recipe(embedder.name, embedder.dim, passage_tokens, TEMPLATE)


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
        return _Read(IndexedArticle(article, digest, tuple(self.old.spans(first, last)), dropped), (first, last))


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
    spans = tuple((passage.start, passage.end) for passage in chunker.chunk(parsed.article))
    if not spans:
        raise Unreadable("no words in it")
    return _Read(IndexedArticle(parsed.article, record.digest, spans, parsed.dropped), None)


def _unchanged(
    old: Snapshot | None, digests: Set[str], folders: Sequence[str | Path], skipped: Sequence[Skipped]
) -> bool:
    """Whether the live build already is what would be built."""
    if old is None or digests != {old.digest(i) for i in range(len(old.sources))}:
        return False
    if COPIES not in old.manifest.files:  # a build of an earlier version
        return False
    same_skips = old.manifest.skipped == tuple((s.path, s.reason) for s in skipped)
    return same_skips and old.manifest.folders == _named(folders)


def _named(folders: Sequence[str | Path]) -> tuple[str, ...]:
    """Return the folders in full, for a later build may be started from elsewhere."""
    return tuple(showable(str(Path(folder).resolve())) for folder in folders)


def _copies(draft: Draft) -> list[SharedCopy]:
    """Return which articles carry the same copy."""
    sources, texts = draft.sources, (draft.text(number) for number in range(len(draft.sources)))
    agencies: list[str | None] = []

    def credited() -> Iterator[str]:
        for source, text in zip(sources, texts, strict=True):
            agencies.append(credit(source.byline, text))
            yield text

    clusters = find_copies(credited(), [source.published for source in sources], agencies)
    return [
        SharedCopy(
            tuple(sources[number].article_id for number in cluster), agreed(agencies[number] for number in cluster)
        )
        for cluster in clusters
    ]


def _texts(draft: Draft, embedder: Embedder) -> Iterator[str]:
    """Yield what is embedded for each row, in order."""
    for number in range(len(draft.sources)):
        yield from _article_texts(draft, number, embedder)


def _article_texts(draft: Draft, number: int, embedder: Embedder) -> list[str]:
    heading = heading_text(draft.sources[number], embedder.count_tokens)
    return [under(heading, passage) for passage in draft.passages(number)]


def _fill(
    draft: Draft,
    kept: Sequence[tuple[int, int] | None],
    old: Snapshot | None,
    journal: VectorJournal,
    embedder: Embedder,
    progress: Progress,
    vectors: Vectors,
) -> None:
    """Write each row's vector: kept ones copied, the journal's taken, the rest embedded, longest texts first."""
    new = _New(
        vectors, journal, embedder, progress, draft.rows - sum(last - first for first, last in filter(None, kept))
    )
    row = 0
    for number, rows in enumerate(kept):
        if rows and old:
            vectors[row : row + rows[1] - rows[0]] = old.vectors.vectors(*rows)
            row += rows[1] - rows[0]
            continue
        for text in _article_texts(draft, number, embedder):
            new.add(row, text)
            row += 1
    new.embed()


class _New:
    """Texts that wait to be embedded into rows of `vectors`, a block at a time."""

    def __init__(
        self, vectors: Vectors, journal: VectorJournal, embedder: Embedder, progress: Progress, total: int
    ) -> None:
        self._vectors, self._journal, self._embedder = vectors, journal, embedder
        self._progress, self._total, self._done = progress, total, 0
        self._waiting: list[tuple[int, str]] = []
        progress("embed", 0, total)

    def add(self, row: int, text: str) -> None:
        """Take the vector from the journal, or wait for a block to be full."""
        found = self._journal.find(text)
        if found is not None:
            self._vectors[row] = found
            self._tell(1)
            return
        self._waiting.append((row, text))
        if len(self._waiting) == BLOCK:
            self.embed()

    def embed(self) -> None:
        """Embed what waits."""
        self._waiting.sort(key=lambda pair: (-len(pair[1]), pair[0]))
        for first in range(0, len(self._waiting), EMBED_AT_ONCE):
            rows, texts = zip(*self._waiting[first : first + EMBED_AT_ONCE], strict=True)
            found = self._embedder.embed_passages(texts)
            self._journal.add(texts, found)
            self._vectors[list(rows)] = found
            self._tell(len(rows))
        self._waiting.clear()

    def _tell(self, more: int) -> None:
        self._done += more
        self._progress("embed", self._done, self._total)
