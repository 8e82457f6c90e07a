"""What belongs to an index beside its builds: articles added one by one, articles left out, what readers thought.

It lies in `<index>.page/`, so deleting or rebuilding an index loses none of it: `added/` holds the added files,
`left_out.json` the digests of articles that are not to be indexed (their files stay untouched), `feedback.jsonl` what
readers said of answers. What this module does not know: how an index is built.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from rag.articles import ENDINGS, MAX_BYTES, ending_of, size_reason
from rag.errors import ArticlesError
from rag.store import disk_errors, replace_file

KIND = "folder of additions"
NAME_CHARACTERS = 60  # kept of an added file's own name
_ODD = re.compile(r"[^a-z0-9]+")


class Additions:
    """The folder beside one index. Nothing is created before something is kept."""

    def __init__(self, index: Path) -> None:
        index = index.resolve()  # so that an index knows its own files by whatever path it is opened
        self.folder = index.parent / f"{index.name}.page"
        self.added = self.folder / "added"
        self.feedback = self.folder / "feedback.jsonl"
        self._left_out = self.folder / "left_out.json"

    def folders(self) -> list[Path]:
        """Return the folder of added articles, if there are any."""
        return [self.added] if self.added.is_dir() and any(self.added.iterdir()) else []

    def add(self, name: str, data: bytes) -> Path:
        """Keep an article under a name of ours: the given one's letters and digits and a digest, never a path.

        The same file twice is kept once. Raises ArticlesError for an ending that is not read, and for an empty or too
        large file.
        """
        ending = ending_of(name)
        if ending is None:
            raise ArticlesError(f"{name!r} is not read; give files ending in {', '.join(ENDINGS)}.")
        if not data:
            raise ArticlesError(f"{name!r} is empty; give a file with an article in it.")
        if len(data) > MAX_BYTES:
            raise ArticlesError(f"{name!r} is too large ({size_reason(len(data))}); split it.")
        stem = os.path.basename(name.replace("\\", "/"))[: -len(ending)]  # noqa: PTH119 - text, not a path
        plain = _ODD.sub("-", stem.casefold()).strip("-")[:NAME_CHARACTERS].strip("-")
        digest = hashlib.sha256(data).hexdigest()[:10]
        path = self.added / f"{plain or 'article'}-{digest}{ending}"
        self._write(path, data)
        return path

    def holds(self, path: Path) -> bool:
        """Return whether a path is an added file; a row of one ("rows.jsonl:12") is none."""
        return path.parent == self.added and path.is_file()

    def set_aside(self, path: Path) -> Path:
        """Hide an added file from the next build; return where it is, to be deleted or renamed back."""
        return path.rename(path.with_name(f".{path.name}.removed"))

    def left_out(self) -> frozenset[str]:
        """Return the digests of articles that are not to be indexed. A damaged list counts as empty."""
        try:
            return frozenset(str(digest) for digest in json.loads(self._left_out.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return frozenset()

    def leave_out(self, digests: Iterable[str]) -> None:
        """Leave out exactly these articles from the next build on; none puts all back."""
        self._write(self._left_out, json.dumps(sorted(digests)).encode())

    def note(self, line: dict[str, object]) -> None:
        """Append one line to the feedback. Raises StoreFull when it cannot be written."""
        text = json.dumps(line, ensure_ascii=False) + "\n"
        with disk_errors(self.folder, KIND):
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.feedback.open("a", encoding="utf-8") as file:
                file.write(text)

    def _write(self, path: Path, data: bytes) -> None:
        with disk_errors(self.folder, KIND):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, data)
