"""Writes a build and makes it live, so that a reader sees the old index or the new one and nothing between.

Order: files into `builds/<id>.partial`, each flushed to disk; the manifest last; the folder renamed; then one atomic
replace of current.json. A process killed at any moment leaves the old current.json, and the next build sweeps what it
left. The lock is the operating system's (flock), so it dies with its holder. What this module does not know: how
passages and vectors came about.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from rag.errors import StoreBusy, StoreFull
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.store.manifest import BUILDS, CURRENT, FileSum, Manifest, Recipe
from rag.types import Article, Skipped

_STAMP = re.compile(r"\d{8}T\d{6}\.\d{6}(?:\.partial)?")


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article with its passages' (start, end), the digest of its raw form and what cleaning dropped."""

    article: Article
    digest: str
    spans: tuple[tuple[int, int], ...]
    dropped: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Build:
    """All that one index is made of. Rows of vectors and words run over the articles' spans in order."""

    recipe: Recipe
    articles: Sequence[IndexedArticle]
    vectors: FaissIndex
    words: Bm25Index
    folders: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    version: str


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Be the only process that builds in this folder.

    Raises StoreBusy at once when another is, StoreFull when the folder cannot be written.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreBusy(
                f"Another process is building the index at {folder}; wait for it to end, or give another --index."
            ) from None
    try:
        yield
    finally:
        lock.release()


def publish(folder: Path, build: Build) -> Manifest:
    """Write the build under `folder` and make it live; older builds are swept. Call under `writer_lock`.

    Raises StoreFull when the disk is full or not writable; the index that was live stays live.
    """
    builds = folder / BUILDS
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%f")
    partial, final = builds / f"{stamp}.partial", builds / stamp
    with disk_errors(folder):
        _sweep(folder)
        try:
            partial.mkdir(parents=True)
            manifest = _write(partial, build)
            partial.rename(final)
            _sync(builds)
            replace_file(folder / CURRENT, _pointer(stamp, manifest).encode())
        except BaseException:  # Ctrl-C too
            shutil.rmtree(partial, ignore_errors=True)
            raise
        _sweep(folder)
    return manifest


def _write(folder: Path, build: Build) -> Manifest:
    _write_articles(folder, build.articles)
    rows = [(i, start, end) for i, entry in enumerate(build.articles) for start, end in entry.spans]
    np.save(folder / "passages.npy", np.array(rows, dtype=np.int64).reshape(-1, 3), allow_pickle=False)
    build.vectors.save(folder / "vectors.faiss")
    build.words.save(folder / "bm25")
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _sync(path)
        files[path.relative_to(folder).as_posix()] = FileSum.of(path)
    manifest = Manifest(
        recipe=build.recipe,
        articles=len(build.articles),
        passages=len(rows),
        built=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        version=build.version,
        folders=build.folders,
        skipped=tuple((skipped.path, skipped.reason) for skipped in build.skipped),
        files=files,
    )
    path = folder / "manifest.json"
    path.write_text(manifest.to_text(), "utf-8")
    for place in (path, folder / "bm25", folder):
        _sync(place)
    return manifest


def _write_articles(folder: Path, articles: Sequence[IndexedArticle]) -> None:
    offsets = [0]
    with (folder / "texts.bin").open("wb") as texts, (folder / "sources.jsonl").open("w", encoding="utf-8") as sources:
        for entry in articles:
            encoded = entry.article.text.encode("utf-8")
            texts.write(encoded)
            offsets.append(offsets[-1] + len(encoded))
            row = {"source": asdict(entry.article.source), "digest": entry.digest, "dropped": entry.dropped}
            sources.write(json.dumps(row, ensure_ascii=False) + "\n")
    np.save(folder / "texts.npy", np.array(offsets, dtype=np.int64), allow_pickle=False)


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

    Raises OSError when current.json is there and cannot be read just now: then nobody knows which build is live.
    """
    try:
        live = json.loads((folder / CURRENT).read_text("utf-8"))["build"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        live = None
    builds = folder / BUILDS
    for path in list(builds.iterdir()) if builds.is_dir() else []:
        if path.name != live and _STAMP.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)


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
