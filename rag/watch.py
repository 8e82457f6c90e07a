"""Follows folders of articles and refreshes their index when something in them changed and has come to rest.

It looks at names, sizes and times again and again, a fifth of a second for 6,000 files, so that network folders, which
tell nobody of a change, are followed like any other. What this module does not know: how an index is built, how
readers get to know of the new build, and where the lines that it tells are shown.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rag.articles import ending_of, showable
from rag.articles.walking import walk
from rag.config import near
from rag.errors import ArticlesError, ConfigError, RagError, StoreMissing, in_a_line
from rag.store import Snapshot, live_build
from rag.wiring import index_path, make_embedder, make_index

if TYPE_CHECKING:
    from rag.config import Config
    from rag.ingest import Progress

QUIET = 1.0  # seconds, at least, in which nothing may have moved before it is read
PATIENCE = 60.0  # seconds after which it is read all the same: a folder that never rests must be indexed, too
LONGEST = 300.0  # seconds between two tries after errors
DOUBLED = 16  # times that a wait is doubled, at most: after thousands there is no such number
REST = 20  # times as long as a look took until the next one, at least: looking takes a twentieth of one core
NAMED = 3  # articles told by name in one line

Tell = Callable[[str], None]


class Follower:
    """An index and the folders it is made of, with the embedder loaded once for all refreshes.

    articles, index: as for `python -m rag index`; but an index that is named without articles is followed with those
    it was built from. Raises ArticlesError for a folder that does not exist, ConfigError, StoreError or ModelError.
    """

    def __init__(self, settings: Config, articles: Sequence[str] | None = None, index: str | None = None) -> None:
        self.index = index_path(settings, index)
        self.folders = _folders(settings, articles, self.index if index else None)
        if not self.folders:
            raise ArticlesError("No folder is left to follow; name one with --articles.")
        for folder in self.folders:
            if not os.path.exists(folder):  # noqa: PTH110 - pathlib raises for some names, and without rights
                raise ArticlesError(f"There is no folder {showable(str(folder))!r}; name a folder that is there.")
        self._settings, self._embedder = settings, make_embedder(settings)
        self._held = _held(self.index)

    def look(self) -> bytes:
        """Return a digest of what decides whether a build would read anything new: names, sizes, times of the files."""
        return fingerprint(self.folders)

    def refresh(self, progress: Progress) -> str:
        """Refresh the index and return one line: what was added, changed and removed, and how long it took, in seconds.

        Raises ArticlesError, StoreError and whatever else a build can.
        """
        report = make_index(
            self._settings, articles=self.folders, index=self.index, progress=progress, embedder=self._embedder
        )
        before, self._held = self._held, _held(self.index)
        after = self._held
        told = [
            _named("added", after.keys() - before.keys()),
            _named("changed", {one for one in after.keys() & before.keys() if after[one] != before[one]}),
            _named("removed", before.keys() - after.keys()),
        ]
        came = ", ".join(filter(None, told)) or "no article changed"
        skips = f", {len(report.skipped):,} skipped" if report.skipped else ""
        return f"{came}; {report.articles:,} articles{skips} ({report.seconds:.1f} s)"


def watch(look: Callable[[], bytes], refresh: Callable[[], str], *, every: float, tell: Tell, warn: Tell) -> NoReturn:
    """Look every so many seconds and refresh when something changed and has come to rest; at the start in any case.

    look: a digest of what is followed. refresh: its line is told. warn: gets a sentence for each refresh that failed.
    It is tried again when the folders change if there was nothing to read in them, else after growing waits.
    It never returns; Ctrl-C ends it.
    """
    done: bytes | None = None  # what the index was made from, or could not be made from
    seen, moved, took = look(), time.monotonic(), 0.0
    begun, failures, again = moved, 0, moved
    while True:
        time.sleep(max(every, REST * took))
        before = time.monotonic()
        now, clock = look(), time.monotonic()
        took = clock - before
        if now != seen:
            begun = clock if seen == done else begun
            seen, moved = now, clock
        rests = clock - moved >= max(every, QUIET) or clock - begun >= PATIENCE
        if seen == done or not rests or clock < again:
            continue
        try:
            line = refresh()
        except ArticlesError as error:
            done = seen
            warn(f"{error} It is tried again when that changes.")
        except Exception as error:
            if os.environ.get("RAG_TRACEBACK") and not isinstance(error, RagError):
                raise
            failures += 1
            wait = min(max(every, QUIET) * 2 ** min(failures, DOUBLED), LONGEST)
            again = time.monotonic() + wait
            warn(f"{_sentence(error)} It is tried again in {wait:.0f} s.")
        else:
            done, failures, begun = seen, 0, time.monotonic()
            tell(line)


def fingerprint(folders: Sequence[Path]) -> bytes:
    """Return the sha256 of path, size, and times of contents and of rights of every file that a build would read.

    Folders are walked as a build walks them; a folder or file that is not there counts as that.
    """
    digest = hashlib.sha256()
    try:
        for found in walk(folders, lambda _: None):
            if ending_of(found.path.name) is not None:
                digest.update(f"{found.shown}\0{_state(found.path)}\0".encode())
    except OSError as error:  # a parent that may not be entered, a network folder that went
        digest.update(f"{error.errno}".encode())
    return digest.digest()


def _state(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "gone"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _folders(settings: Config, articles: Sequence[str] | None, index: Path | None) -> list[Path]:
    """Return the given articles, else those of an index that was named and is there, else the configured ones."""
    if articles is not None:
        if not all(articles):
            raise ConfigError("A folder of articles has an empty name; name a folder, or '.' for the working folder.")
        return [Path(folder) for folder in articles]
    configured = [settings.resolve(folder) for folder in settings.articles]
    if index is None:
        return configured
    from rag.additions import Additions

    try:
        named = live_build(index)[1].folders
    except StoreMissing:
        return configured
    own = Additions(index).added  # make_index adds it
    return [near(folder) for folder in named if Path(folder) != own]


def _held(index: Path) -> dict[str, str]:
    """Return the digest of each article of an index by its id; none of one that cannot be opened."""
    try:
        snapshot = Snapshot.open(index)
    except RagError:
        return {}
    return {source.article_id: snapshot.digest(number) for number, source in enumerate(snapshot.sources)}


def _named(what: str, ids: set[str]) -> str:
    """Return what happened to how many articles, and to which, as "added 4 (a, b, c, …)"; "" for none."""
    if not ids:
        return ""
    listed = [showable(one) for one in sorted(ids)[:NAMED]] + (["…"] if len(ids) > NAMED else [])
    return f"{what} {len(ids):,} ({', '.join(listed)})"


def _sentence(error: Exception) -> str:
    told = in_a_line(error)
    return told if isinstance(error, RagError) else f"internal error ({told}); RAG_TRACEBACK=1 shows where."
