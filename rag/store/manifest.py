"""What an index says about itself: how it was made, what it holds, and a checksum of every file.

What this module does not know: how the files are written or read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import StoreDamaged, StoreMismatch

FORMAT = 1
CURRENT = "current.json"
BUILDS = "builds"
COPIES = "copies.json"  # not in builds of earlier versions
REBUILD = "rebuild with 'python -m rag index'"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How passages and vectors come about. Vectors are kept across builds only under an equal recipe."""

    embedder: str
    dim: int
    passage_tokens: int
    template: str


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes and sha256 of one file."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileSum:
        """Read the file and sum it up."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path.stat().st_size, digest)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of manifest.json.

    built: UTC time, ISO 8601. skipped: (path, reason) of what was not indexed. files: by path within the build. recall:
    share of the ten best passages that a search by vectors finds, in an archive so large that it looks at some only;
    None, and not written, where it looks at all, as it always did in builds of earlier versions.
    """

    recipe: Recipe
    articles: int
    passages: int
    built: str
    version: str
    folders: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    files: Mapping[str, FileSum]
    recall: float | None = None

    def to_text(self) -> str:
        """Return the JSON that `from_text` reads."""
        told = {"format": FORMAT, **asdict(self)}
        if self.recall is None:
            del told["recall"]
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_text(cls, text: str, place: str) -> Manifest:
        """Parse a manifest. Raises StoreMismatch for another format version, StoreDamaged when it makes no sense."""
        try:
            raw: dict[str, Any] = json.loads(text)
            found = raw.pop("format")
            if found != FORMAT:
                raise StoreMismatch(
                    f"The index at {place} has format version {found}, this program reads version {FORMAT}; {REBUILD}."
                )
            return cls(
                recipe=Recipe(**raw.pop("recipe")),
                folders=tuple(raw.pop("folders")),
                skipped=tuple((path, reason) for path, reason in raw.pop("skipped")),
                files={name: FileSum(**summed) for name, summed in raw.pop("files").items()},
                **raw,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreDamaged(f"The manifest of the index at {place} cannot be understood; {REBUILD}.") from error


Stamp = tuple[int, int] | None


def live_stamp(index: Path) -> Stamp:
    """Return what changes whenever a build goes live; None where there is none."""
    try:
        found = (index / CURRENT).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def check_files(folder: Path, files: Mapping[str, FileSum]) -> None:
    """Compare every file with its size and sha256. Raises StoreDamaged naming the first that differs and how.

    Sizes come first; then a thread a core sums the files up, the largest first: 0.6 s a GB where the core has SHA-NI.
    """
    for name, wanted in files.items():
        with _readable(folder / name) as path:
            size = path.stat().st_size
        if size != wanted.bytes:
            raise StoreDamaged(f"{path} has {size:,} bytes, {wanted.bytes:,} were written; {REBUILD}.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        largest_first = sorted(files, key=lambda name: -files[name].bytes)
        summed = {name: pool.submit(FileSum.of, folder / name) for name in largest_first}
    for name, wanted in files.items():
        with _readable(folder / name) as path:
            if summed[name].result() != wanted:
                raise StoreDamaged(f"{path} was altered after it was written (sha256 differs); {REBUILD}.")


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    try:
        yield path
    except OSError as error:
        raise StoreDamaged(f"{path} cannot be read ({error.strerror}); {REBUILD}.") from error
