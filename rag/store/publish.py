"""Writes a build and makes it live, so that a reader sees the old index or the new one and nothing between.

Order: articles into `builds/<id>.partial` as they are read, so that memory does not grow with the archive; then vectors
and words; each file flushed to disk; the manifest last; the folder renamed; then one atomic replace of current.json. A
process killed at any moment leaves the old current.json, and the next build sweeps what it left. The lock is the
operating system's (flock), so it dies with its holder. What this module does not know: how passages and vectors came
about.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import shutil
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from rag.errors import StoreBusy, StoreFull
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.store.manifest import BUILDS, COPIES, CURRENT, FileSum, Manifest, Recipe
from rag.types import Article, Passage, SharedCopy, Skipped, Source

PATIENCE = 0.5  # seconds that a lock is waited for: whoever only looks whether it is free lets go at once
_STAMP = re.compile(r"\d{8}T\d{6}\.\d{6}(?:\.partial)?")


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article with its passages' (start, end), the digest of its raw form and what cleaning dropped."""

    article: Article
    digest: str
    spans: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[str, int], ...]


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Be the only process that builds in this folder.

    Raises StoreBusy when another is for longer than a moment, StoreFull when the folder cannot be written.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            raise StoreBusy(
                f"Another process is building the index at {folder}; wait for it to end, or give another --index."
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def drafting(folder: Path) -> Iterator[Draft]:
    """Begin a build under `folder`; what `Draft.publish` has not made live at the end is thrown away.

    Call under `writer_lock`. Raises StoreFull when the disk is full or not writable; the index that was live stays so.
    """
    with disk_errors(folder):
        _sweep(folder)
        draft = Draft(folder)
    try:
        yield draft
    finally:  # Ctrl-C too
        draft.discard()


class Draft:
    """A build that is being written. Rows run over the articles' spans in the order of adding."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%f")
        self._partial = folder / BUILDS / f"{self._stamp}.partial"
        self._partial.mkdir(parents=True)
        self._place: Path | None = self._partial  # None: it is live
        self._texts = (self._partial / "texts.bin").open("w+b")
        self._sources = (self._partial / "sources.jsonl").open("w", encoding="utf-8")
        self._offsets, self._passages, self._rows = array("q", [0]), array("q"), array("q", [0])
        self.sources: list[Source] = []

    @property
    def rows(self) -> int:
        """Number of passages so far."""
        return self._rows[-1]

    def add(self, entry: IndexedArticle) -> None:
        """Write an article. Raises StoreFull."""
        encoded = entry.article.text.encode("utf-8")
        row = {"source": asdict(entry.article.source), "digest": entry.digest, "dropped": entry.dropped}
        with disk_errors(self._folder):
            self._texts.write(encoded)
            self._sources.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._offsets.append(self._offsets[-1] + len(encoded))
        for start, end in entry.spans:
            self._passages.extend((len(self.sources), start, end))
        self._rows.append(self.rows + len(entry.spans))
        self.sources.append(entry.article.source)

    def passages(self, number: int) -> list[Passage]:
        """Return the passages of an article that was added, by its number, from 0."""
        source = self.sources[number]
        text = self.text(number)
        first, last = 3 * self._rows[number], 3 * self._rows[number + 1]
        spans = zip(self._passages[first + 1 : last : 3], self._passages[first + 2 : last : 3], strict=True)
        return [Passage(f"{source.article_id}#{a}", source, text[a:b], a, b) for a, b in spans]

    def text(self, number: int) -> str:
        """Return the text of an article that was added, by its number, from 0."""
        with disk_errors(self._folder):
            self._texts.flush()
        start, end = self._offsets[number], self._offsets[number + 1]
        return os.pread(self._texts.fileno(), end - start, start).decode("utf-8")

    def publish(
        self,
        recipe: Recipe,
        vectors: FaissIndex,
        words: Bm25Index,
        *,
        copies: Sequence[SharedCopy] = (),
        folders: tuple[str, ...],
        skipped: tuple[Skipped, ...],
        version: str,
    ) -> Manifest:
        """Write vectors and words, a row for each passage, and make the build live; older builds are swept.

        copies: which articles carry the same copy.
        Raises StoreFull when the disk is full or not writable; the index that was live stays live.
        """
        final = self._partial.with_name(self._stamp)
        with disk_errors(self._folder):
            self._close()
            np.save(self._partial / "texts.npy", np.array(self._offsets, dtype=np.int64), allow_pickle=False)
            passages = np.array(self._passages, dtype=np.int64).reshape(-1, 3)
            np.save(self._partial / "passages.npy", passages, allow_pickle=False)
            (self._partial / COPIES).write_text(json.dumps([asdict(one) for one in copies]) + "\n", "utf-8")
            vectors.save(self._partial / "vectors.faiss")
            words.save(self._partial / "bm25")
            manifest = Manifest(
                recipe=recipe,
                articles=len(self.sources),
                passages=self.rows,
                built=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                version=version,
                folders=folders,
                skipped=tuple((one.path, one.reason) for one in skipped),
                files=_summed(self._partial),
                recall=None if vectors.exact else vectors.recall,
            )
            path = self._partial / "manifest.json"
            path.write_text(manifest.to_text(), "utf-8")
            for place in (path, self._partial / "bm25", self._partial):
                _sync(place)
            self._partial.rename(final)
            self._place = final
            _sync(final.parent)
            replace_file(self._folder / CURRENT, _pointer(self._stamp, manifest).encode())
            self._place = None
        with suppress(OSError):  # it is live; the next build sweeps what could not be removed now
            _sweep(self._folder)
        return manifest

    def discard(self) -> None:
        """Throw away what is not live."""
        with suppress(OSError):  # what is left in a buffer on a full disk
            self._close()
        if self._place:
            shutil.rmtree(self._place, ignore_errors=True)

    def _close(self) -> None:
        for file in (self._texts, self._sources):
            file.close()


def _summed(folder: Path) -> dict[str, FileSum]:
    """Flush every file of a folder to disk and return its size and checksum, by its path within."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _sync(path)
        files[path.relative_to(folder).as_posix()] = FileSum.of(path)
    return files


def _pointer(stamp: str, manifest: Manifest) -> str:
    digest = hashlib.sha256(manifest.to_text().encode("utf-8")).hexdigest()
    return json.dumps({"build": stamp, "manifest_sha256": digest}) + "\n"


def replace_file(path: Path, data: bytes) -> None:
    """Give the file new contents in one step that survives a power cut; a failure leaves the old ones, no more."""
    beside = path.with_name(f".{path.name}.new")  # hidden, so that a half-written article is never indexed
    try:
        beside.write_bytes(data)
        _sync(beside)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Flush a file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove every build that is not live, and nothing else. Readers that have one open keep their open files.

    Raises OSError, see `leftovers`.
    """
    for path in leftovers(folder):
        shutil.rmtree(path, ignore_errors=True)


def leftovers(folder: Path) -> list[Path]:
    """Return every build that is not live, whole or partial: what the next build sweeps.

    Raises OSError when current.json is there and cannot be read just now: then nobody knows which build is live.
    """
    try:
        live = json.loads((folder / CURRENT).read_text("utf-8"))["build"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        live = None
    builds = folder / BUILDS
    found = sorted(builds.iterdir()) if builds.is_dir() else []
    return [path for path in found if path.name != live and _STAMP.fullmatch(path.name)]


@contextmanager
def disk_errors(folder: Path, what: str = "index") -> Iterator[None]:
    """Tell of a full or unwritable disk as StoreFull, in one sentence. what: the thing that could not be written."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreFull(
            f"The {what} at {folder} could not be written ({why}); make room or choose another place with --index. "
            "An index that was there before is untouched."
        ) from error
