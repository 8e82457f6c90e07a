"""Vectors of a build that is not finished, so that one that is stopped or killed embeds nothing twice.

One file of records behind a line that names the recipe: the text's sha256, its vector, and a CRC-32 of both. A record
cut short by a kill or a power cut fails its check, and it and what follows are cut off. What this module does not know:
what the texts are.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.store.manifest import Recipe
from rag.store.publish import disk_errors

if TYPE_CHECKING:
    from rag.protocols import Vectors

JOURNAL = "unfinished.vectors"
KEY, CHECK = 32, 4  # bytes


class VectorJournal:
    """The vectors that an earlier, unfinished build of this index made by the same recipe. Use under `writer_lock`."""

    def __init__(self, index: Path, recipe: Recipe) -> None:
        """Read what is there and whole. Raises StoreFull when it cannot be read or written."""
        self._index, self._path = index, index / JOURNAL
        self._head = (json.dumps(asdict(recipe), ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
        self._dim = recipe.dim
        self._size = KEY + 4 * recipe.dim + CHECK
        self._places: dict[bytes, int] = {}
        with disk_errors(index):
            self._file = self._path.open("a+b")
            self._end = self._whole()
            self._file.truncate(self._end)

    def __len__(self) -> int:
        """Return how many vectors are kept."""
        return len(self._places)

    def find(self, text: str) -> Vectors | None:
        """Return the (dim,) vector of a text, None where it was not embedded yet."""
        place = self._places.get(_key(text))
        if place is None:
            return None
        self._file.seek(place + KEY)
        return np.frombuffer(self._file.read(4 * self._dim), dtype=np.float32)

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors, (n, dim) float32, one for each text. Raises StoreFull."""
        with disk_errors(self._index):
            for text, vector in zip(texts, vectors, strict=True):
                record = _key(text) + np.ascontiguousarray(vector, dtype=np.float32).tobytes()
                self._file.write(record + zlib.crc32(record).to_bytes(CHECK, "little"))
                self._places[record[:KEY]] = self._end
                self._end += self._size
            self._file.flush()  # a killed process loses nothing that the system has

    def close(self) -> None:
        """Leave the file for the next build."""
        with suppress(OSError):  # a buffer that a full disk did not take; what was wrong was told by `add`
            self._file.close()

    def clear(self) -> None:
        """Delete the file: the build is done."""
        self.close()
        forget(self._index)

    def _whole(self) -> int:
        """Note every whole record and return where they end; 0, with the head written anew, for another recipe."""
        self._file.seek(0)
        if self._file.readline() != self._head:
            self._file.truncate(0)
            self._file.write(self._head)
            self._file.flush()
            return len(self._head)
        end = len(self._head)
        while len(record := self._file.read(self._size)) == self._size:
            if zlib.crc32(record[:-CHECK]) != int.from_bytes(record[-CHECK:], "little"):
                break
            self._places[record[:KEY]] = end
            end += self._size
        return end


def forget(index: Path) -> None:
    """Delete the vectors that were kept, if there are any: no build needs them. Use under `writer_lock`."""
    with disk_errors(index):
        (index / JOURNAL).unlink(missing_ok=True)


def unfinished(index: Path) -> tuple[Recipe, int] | None:
    """Return by which recipe a build that was stopped embedded, and how many vectors it left; None where it left none.

    Nothing is changed, so a record that was cut short or spoiled may be counted.
    """
    try:
        with (index / JOURNAL).open("rb") as file:
            recipe = Recipe(**json.loads(file.readline()))
            left = os.fstat(file.fileno()).st_size - file.tell()
        return recipe, left // (KEY + 4 * recipe.dim + CHECK)
    except (OSError, ValueError, TypeError):
        return None


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
