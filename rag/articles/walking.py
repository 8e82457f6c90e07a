"""Folders → the files in them, in an order that does not hang on the file system.

In each folder the files come first, by name, then its sub-folders. Hidden names are passed over in silence; what else
is not handed on is reported. A folder or file that links make appear twice is read once. It opens nothing, and does
not know which endings are read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.types import Skipped

Report = Callable[[Skipped], None]

# Bytes that are not UTF-8 (surrogates, to Python), control characters, and marks that turn the writing direction:
# none of them may reach a terminal, a web page or a JSON file as they are.
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file. shown: its path as given, for people. relative: its path inside the folder that was named."""

    path: Path
    shown: str
    relative: str


def showable(name: str) -> str:
    r"""Return a name that can be printed and encoded: an odd character becomes \\xNN or \\uNNNN."""
    return _UNSHOWABLE.sub(lambda m: _escape(m[0]), name)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def walk(roots: Sequence[Path], report: Report) -> Iterator[Found]:
    """Yield the regular files of folders (and files) that exist, each once."""
    walker = _Walker(report, tuple(Path(os.path.realpath(root)) for root in roots))
    for root in roots:
        yield from walker.walk(root)


@dataclass(slots=True)
class _Walker:
    report: Report
    roots: tuple[Path, ...]
    seen: dict[tuple[int, int] | str, str] = field(default_factory=dict)

    def walk(self, root: Path) -> Iterator[Found]:
        # A stack of its own: folders can be nested deeper than Python's.
        waiting = [(root, root.name, root.is_dir())]
        while waiting:
            path, relative, is_folder = waiting.pop()
            if not is_folder:
                if self._is_new_file(path):
                    yield Found(path, showable(str(path)), showable(relative))
                continue
            prefix = "" if path is root else f"{relative}/"
            children = [(path / name, prefix + name, folder) for folder, name in self._names(path)]
            waiting.extend(reversed(children))

    def _names(self, folder: Path) -> list[tuple[bool, str]]:
        """Return (is a folder, name) of what is to be read in a folder, files first, both by name."""
        if not self._is_new_folder(folder):
            return []
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            self._skip(folder, f"the folder cannot be opened: {error.strerror}")
            return []
        if "current.json" in names and "builds" in names:
            self._skip(folder, "a built index, not articles")
            return []
        # By code point, not by locale: the same order on every machine; and what is skipped is reported in it too.
        found = [(self._kind(folder / name), name) for name in sorted(names)]
        return sorted((kind, name) for kind, name in found if kind is not None)

    def _kind(self, path: Path) -> bool | None:
        """Return True for a folder, False for a regular file, None (reported) for what cannot be read."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            broken = path.is_symlink()
            self._skip(path, f"a broken link: {error.strerror}" if broken else f"cannot be read: {error.strerror}")
            return None
        if stat.S_ISDIR(mode):
            return True
        if stat.S_ISREG(mode):
            return False
        # Opening a pipe would wait for ever for somebody to write into it.
        self._skip(path, "not a regular file (a pipe, a socket or a device)")
        return None

    def _is_new_folder(self, folder: Path) -> bool:
        real = Path(os.path.realpath(folder))
        if folder.is_symlink() and any(real in root.parents for root in self.roots):
            self._skip(folder, "a link back to a folder that holds this one")
            return False
        try:
            status = folder.stat()
        except OSError as error:
            self._skip(folder, f"the folder cannot be opened: {error.strerror}")
            return False
        return self._is_first((status.st_dev, status.st_ino), folder)

    def _is_new_file(self, path: Path) -> bool:
        return self._is_first(os.path.realpath(path), path)

    def _is_first(self, key: tuple[int, int] | str, path: Path) -> bool:
        shown = showable(str(path))
        if key not in self.seen:
            self.seen[key] = shown
            return True
        if self.seen[key] != shown:  # the same path again was named twice: nothing to report
            self._skip(path, f"already read as {self.seen[key]}")
        return False

    def _skip(self, path: Path, reason: str) -> None:
        self.report(Skipped(showable(str(path)), reason))
