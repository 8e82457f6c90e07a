"""Folders → Records, one at a time, each with an article_id of its own and a digest; nothing is parsed here.

It does not know whether a record can be parsed, only that its ending is read, its size allowed and its id free.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.articles.formats import ENDINGS, FORMATS, ending_of, stem_of
from rag.articles.record import MAX_BYTES, Record, Unreadable, make_record, size_reason
from rag.articles.walking import Found, Report, showable, walk
from rag.errors import ArticlesError
from rag.types import Skipped


def scan(folders: Sequence[str | Path], report_skip: Report) -> Iterator[Record]:
    """Walk folders (or single files) in a stable order and yield each article, unparsed.

    report_skip is called for everything that is left out. Raises ArticlesError at once when a folder does not exist,
    and at the end when no file with an ending that is read was found.
    """
    roots = [Path(folder) for folder in folders]
    if not roots:
        raise ArticlesError(f"No folder of articles was named; give at least one, with files ending in {_wanted()}.")
    for root in roots:
        if not _exists(root):
            raise ArticlesError(
                f"There is no folder {showable(str(root))!r}; "
                f"wanted a folder (or a file) of articles, ending in {_wanted()}."
            )
    return _Scan(report_skip).records(roots)


def no_articles(folders: Sequence[str | Path], skipped: Sequence[Skipped]) -> ArticlesError:
    """Return the error for a scan that led to no article: what was looked for, what was found, what is read."""
    where = ", ".join(repr(showable(str(folder))) for folder in folders)
    if not skipped:
        return ArticlesError(f"Nothing to read in {where}: it is empty; wanted articles ending in {_wanted()}.")
    reasons = Counter(skip.reason for skip in skipped)
    listed = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(3))
    more = f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else ""
    noun = "thing" if len(skipped) == 1 else "things"
    return ArticlesError(
        f"Nothing to read in {where}: found {len(skipped)} {noun}, none an article ({listed}{more}); "
        f"wanted articles ending in {_wanted()}."
    )


def _exists(root: Path) -> bool:
    try:
        return root.exists()
    except (OSError, ValueError):  # a name that is too long, or has a NUL byte in it
        return False


def _wanted() -> str:
    return ", ".join(ENDINGS[:-1]) + " or " + ENDINGS[-1]


@dataclass(slots=True)
class _Scan:
    report: Report
    skipped: list[Skipped] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # article_id → the path that has it

    def records(self, roots: Sequence[Path]) -> Iterator[Record]:
        nothing = True
        for found in walk(roots, self._skip):
            for record in self._in_file(found):
                nothing = False
                yield record
        if nothing:
            raise no_articles(roots, self.skipped)

    def _skip(self, skip: Skipped) -> None:
        if len(self.skipped) < 10_000:  # for the message when nothing is found; the caller has them all
            self.skipped.append(skip)
        self.report(skip)

    def _in_file(self, found: Found) -> Iterator[Record]:
        ending = ending_of(found.path.name)
        if ending is None:
            suffix = showable(found.path.suffix)
            self._skip(Skipped(found.shown, f"ending {suffix} is not read" if suffix else "a name without an ending"))
            return
        try:
            if FORMATS[ending].split is not None:
                yield from self._rows(found, ending)
            else:
                yield self._file(found, ending)
        except OSError as error:
            self._skip(Skipped(found.shown, f"cannot be read: {error.strerror or error}"))
        except Unreadable as reason:
            self._skip(Skipped(found.shown, str(reason)))

    def _file(self, found: Found, ending: str) -> Record:
        data = _bytes_of(found.path)
        stated = FORMATS[ending].stated_id(data)
        article_id = self._free_id(showable(stated) if stated else None, found)
        self.ids[article_id] = found.shown
        return make_record(found.shown, article_id, ending, data)

    def _free_id(self, stated: str | None, found: Found) -> str:
        """Return the stated id or the file's stem; where that is taken, the relative path, and so on outwards."""
        stem, relative = stem_of(os.path.basename(found.relative)), found.relative  # noqa: PTH119 - text, not a path
        names = [stated or stem, stem_of(relative), relative, found.shown]
        free = next((name for name in names if name not in self.ids), None)
        number = 2
        while free is None:
            candidate = f"{found.shown}~{number}"
            free, number = (candidate if candidate not in self.ids else None), number + 1
        return free

    def _rows(self, found: Found, ending: str) -> Iterator[Record]:
        split = FORMATS[ending].split
        lines = 0
        for line in split(found.path) if split else ():
            lines += 1
            path = f"{found.shown}:{line.number}"
            article_id = (
                showable(line.stated_id) if line.stated_id else f"{stem_of(Path(found.relative).name)}:{line.number}"
            )
            if line.problem is not None:
                self._skip(Skipped(path, line.problem))
            elif article_id in self.ids:
                self._skip(Skipped(path, f"article_id {article_id!r} was already used by {self.ids[article_id]}"))
            else:
                self.ids[article_id] = path
                yield make_record(path, article_id, ending, line.data)
        if not lines:
            raise Unreadable("the file is empty")


def _bytes_of(path: Path) -> bytes:
    """Read a file, unless it is empty or too large. Raises Unreadable, OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise Unreadable(size_reason(size))
        data = file.read(MAX_BYTES + 1)
    if not data:
        raise Unreadable("the file is empty")
    if len(data) > MAX_BYTES:  # it has grown since
        raise Unreadable(size_reason(len(data)))
    return data
