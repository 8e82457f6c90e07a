"""Opens one build and checks it. What is open stays whole even when a newer build is published.

Every file is compared with its sha256 at each opening, however large the archive: no answer comes from a build that was
altered, be it by a disk that forgets. With a thread a core that takes 1.0 s for the 3.1 GB of a million passages where
the system has them in memory (two cores with SHA-NI), else as long as the disk takes to read them once; the first
questions then find them in memory. The rest of opening, the articles' sources, takes as long. Vectors and word
statistics are mapped and texts are read when they are asked for, so a million passages hold 0.1 GB of memory.

What this module does not know: how to search; the vector and word indexes do that.
"""

from __future__ import annotations

import hashlib
import json
import os
import weakref
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from rag.errors import StoreDamaged, StoreMismatch, StoreMissing
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.store.manifest import BUILDS, COPIES, CURRENT, REBUILD, Manifest, check_files
from rag.types import Article, Passage, Query, SharedCopy, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rag.protocols import Mask

P = ParamSpec("P")
T = TypeVar("T")

# A build can be swept between reading current.json and opening its files; the next current.json is then there already.
ATTEMPTS = 5


class Snapshot:
    """One build, open for reading. Implements the PassageStore promise."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.sources: list[Source] = []
        self._digests: list[str] = []
        self._dropped: list[tuple[tuple[str, int], ...]] = []
        with (folder / "sources.jsonl").open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                self._note(json.loads(line))
        self.copies: tuple[SharedCopy, ...] = ()
        if COPIES in manifest.files:
            told = json.loads((folder / COPIES).read_text("utf-8"))
            self.copies = tuple(SharedCopy(tuple(one["article_ids"]), one["agency"]) for one in told)
        self._offsets = np.load(folder / "texts.npy", mmap_mode="r")
        self._texts = os.open(folder / "texts.bin", os.O_RDONLY)
        weakref.finalize(self, os.close, self._texts)
        self._passages = np.load(folder / "passages.npy", mmap_mode="r")
        self.vectors = FaissIndex.load(folder / "vectors.faiss", manifest.recall)
        self.words = Bm25Index.load(folder / "bm25")
        self._text = lru_cache(maxsize=256)(_weakly(self._read_text))
        self._mask = lru_cache(maxsize=8)(_weakly(self._admitted))  # a byte a passage each

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
        return self._digests[article]

    def dropped(self, article: int) -> tuple[tuple[str, int], ...]:
        """Return what cleaning dropped from an article, as (reason, lines)."""
        return self._dropped[article]

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
        return self._mask(query.publishers, query.published_from, query.published_to)

    def _admitted(self, publishers: tuple[str, ...], first: str | None, last: str | None) -> Mask:
        days, numbers, names = self._columns
        admitted = np.ones(len(self.sources), dtype=bool)
        if first:
            admitted &= days >= first
        if last:
            admitted &= (days != "") & (days <= last)
        if publishers:
            wanted = {name.casefold() for name in publishers}
            admitted &= np.isin(names, [number for name, number in numbers.items() if name in wanted])
        mask: Mask = admitted[self._passages[:, 0]]
        mask.flags.writeable = False  # it is lent to many
        return mask

    @cached_property
    def _columns(self) -> tuple[NDArray[np.str_], dict[str, int], NDArray[np.int64]]:
        """Days, (articles,); publishers in small letters, each with a number; these numbers, (articles,)."""
        numbers: dict[str, int] = {}
        days = np.array([(source.published or "")[:10] for source in self.sources], dtype="U10")
        names = [numbers.setdefault((source.publisher or "").casefold(), len(numbers)) for source in self.sources]
        return days, numbers, np.array(names, dtype=np.int64)

    def _note(self, entry: dict[str, Any]) -> None:
        self.sources.append(Source(**entry["source"]))
        self._digests.append(str(entry["digest"]))
        self._dropped.append(tuple((reason, count) for reason, count in entry["dropped"]))

    def _read_text(self, article: int) -> str:
        start, end = int(self._offsets[article]), int(self._offsets[article + 1])
        return os.pread(self._texts, end - start, start).decode("utf-8")


def _weakly(method: Callable[P, T]) -> Callable[P, T]:
    """Return a method that its own object may keep: the last user's leaving closes the files, not some later round."""
    weak = weakref.WeakMethod(method)

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        found = weak()
        assert found is not None
        return found(*args, **kwargs)

    return call


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
        if not build.isprintable():  # it stands in what is told
            raise ValueError(build)
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
