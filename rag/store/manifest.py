"""What an index says about itself: how it was made, what it holds, and a checksum of every file.

What this module does not know: how the files are written or read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import StoreDamaged, StoreMismatch

FORMAT = 1
CURRENT = "current.json"
BUILDS = "builds"
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

    built: UTC time, ISO 8601. skipped: (path, reason) of what was not indexed. files: by path within the build.
    """

    recipe: Recipe
    articles: int
    passages: int
    built: str
    version: str
    folders: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    files: Mapping[str, FileSum]

    def to_text(self) -> str:
        """Return the JSON that `from_text` reads."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

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
    """Compare every file with its sum. Raises StoreDamaged naming the first that differs and how."""
    for name, wanted in files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            if size != wanted.bytes:
                raise StoreDamaged(f"{path} has {size:,} bytes, {wanted.bytes:,} were written; {REBUILD}.")
            if FileSum.of(path) != wanted:
                raise StoreDamaged(f"{path} was altered after it was written (sha256 differs); {REBUILD}.")
        except OSError as error:
            raise StoreDamaged(f"{path} cannot be read ({error.strerror}); {REBUILD}.") from error
