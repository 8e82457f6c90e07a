"""Opens one build and checks it. What is open stays whole even when a newer build is published.

What this module does not know: how to search; the vector and word indexes do that.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import StoreDamaged, StoreMismatch, StoreMissing
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.store.manifest import BUILDS, CURRENT, REBUILD, Manifest, check_files
from rag.types import Article, Passage, Query, Source

if TYPE_CHECKING:
    from rag.protocols import Mask

# A build can be swept between reading current.json and opening its files; the next current.json is then there already.
ATTEMPTS = 5


class Snapshot:
    """One build, open for reading. Implements the PassageStore promise."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        lines = (folder / "sources.jsonl").read_text("utf-8").split("\n")[:-1]
        self._entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self.sources = [Source(**entry["source"]) for entry in self._entries]
        self._offsets = np.load(folder / "texts.npy", mmap_mode="r")
        self._texts = np.memmap(folder / "texts.bin", mode="r") if self._offsets[-1] else np.zeros(0, np.uint8)
        self._passages = np.load(folder / "passages.npy", mmap_mode="r")
        self.vectors = FaissIndex.load(folder / "vectors.faiss")
        self.words = Bm25Index.load(folder / "bm25")
        self._text = lru_cache(maxsize=256)(self._read_text)

    @classmethod
    def open(cls, folder: Path) -> Snapshot:
        """Open the live build of an index and compare every file with its checksum.

        Raises StoreMissing, StoreDamaged or StoreMismatch; each says what to do.
        """
        for attempt in range(ATTEMPTS):
            build, manifest = live_build(folder)
            try:
                check_files(build, manifest.files)
                return cls(build, manifest)
            except (StoreDamaged, OSError, ValueError, KeyError, TypeError, IndexError) as error:
                if attempt < ATTEMPTS - 1 and _pointer(folder)["build"] != build.name:
                    continue  # a newer build went live meanwhile
                if isinstance(error, StoreDamaged):
                    raise
                raise StoreDamaged(f"The index at {folder} cannot be read ({error}); {REBUILD}.") from error
        raise AssertionError("unreachable")

    @property
    def index(self) -> Path:
        """The index of which this is a build."""
        return self.folder.parent.parent

    def check_embedder(self, name: str, dim: int) -> None:
        """Raise StoreMismatch unless the index was built with this embedder."""
        recipe = self.manifest.recipe
        if (recipe.embedder, recipe.dim) != (name, dim):
            raise StoreMismatch(
                f"The index was built with the embedder {recipe.embedder!r} ({recipe.dim} dimensions), config.yaml "
                f"names {name!r} ({dim} dimensions); {REBUILD}, or name the former in config.yaml."
            )

    def digest(self, article: int) -> str:
        """Return the digest of an article's raw form."""
        return str(self._entries[article]["digest"])

    def dropped(self, article: int) -> tuple[tuple[str, int], ...]:
        """Return what cleaning dropped from an article, as (reason, lines)."""
        return tuple((reason, count) for reason, count in self._entries[article]["dropped"])

    def article(self, article: int) -> Article:
        """Return an article by number."""
        return Article(self.sources[article], self._text(article))

    def rows(self, article: int) -> tuple[int, int]:
        """Return the rows start..end of an article's passages."""
        column = self._passages[:, 0]
        return int(np.searchsorted(column, article, "left")), int(np.searchsorted(column, article, "right"))

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the character (start, end) of each of the rows start..end."""
        return [(int(first), int(last)) for _, first, last in self._passages[start:end]]

    def passage(self, row: int) -> Passage:
        """Return the passage of one row."""
        article, start, end = (int(value) for value in self._passages[row])
        source = self.sources[article]
        return Passage(f"{source.article_id}#{start}", source, self._text(article)[start:end], start, end)

    def allowed(self, query: Query) -> Mask | None:
        """Return which rows the query's filters admit; None when it has no filter.

        An article without a date fits no range of dates.
        """
        if not query.filtered:
            return None
        admitted = np.array([_admits(query, source) for source in self.sources], dtype=bool)
        mask: Mask = admitted[self._passages[:, 0]]
        return mask

    def _read_text(self, article: int) -> str:
        start, end = self._offsets[article], self._offsets[article + 1]
        return self._texts[start:end].tobytes().decode("utf-8")


def _admits(query: Query, source: Source) -> bool:
    day = (source.published or "")[:10]
    if query.published_from and day < query.published_from:
        return False
    if query.published_to and not "" < day <= query.published_to:
        return False
    wanted = {name.casefold() for name in query.publishers}
    return not wanted or (source.publisher or "").casefold() in wanted


def live_build(folder: Path) -> tuple[Path, Manifest]:
    """Return the live build's folder and its manifest, checked against the sum in current.json; no other file is read.

    Raises StoreMissing, StoreDamaged or StoreMismatch.
    """
    pointer = _pointer(folder)
    build = folder / BUILDS / pointer["build"]
    try:
        text = (build / "manifest.json").read_text("utf-8")
    except (OSError, ValueError) as error:
        if _pointer(folder) != pointer:
            return live_build(folder)
        raise StoreDamaged(f"{build / 'manifest.json'} cannot be read; {REBUILD}.") from error
    manifest = Manifest.from_text(text, str(folder))
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != pointer["manifest_sha256"]:
        raise StoreDamaged(f"{build / 'manifest.json'} was altered after it was written (sha256 differs); {REBUILD}.")
    return build, manifest


def _pointer(folder: Path) -> dict[str, str]:
    path = folder / CURRENT
    try:
        pointer = json.loads(path.read_text("utf-8"))
        build, digest = str(pointer["build"]), str(pointer["manifest_sha256"])
    except FileNotFoundError:
        unfinished = " (a build was begun and never finished)" if (folder / BUILDS).is_dir() else ""
        raise StoreMissing(
            f"There is no index at {folder}{unfinished}; build one with "
            f"'python -m rag index --articles FOLDER --index {folder}'."
        ) from None
    except OSError as error:
        raise StoreDamaged(f"{path} cannot be read ({error.strerror}); give the folder of an index.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamaged(f"{path} cannot be understood; {REBUILD}.") from error
    return {"build": Path(build).name, "manifest_sha256": digest}
