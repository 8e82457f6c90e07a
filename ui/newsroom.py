"""The live index behind the page: what is asked, and how its articles change while asking goes on.

A build runs in a thread of this process with the models that are loaded already; questions are answered from the old
build until the new one is whole and open. A build that another process publishes is picked up, too. What this module
does not know: gradio and HTML.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.additions import Additions
from rag.assistant import Assistant
from rag.config import Config, near
from rag.errors import RagError
from rag.reading.rule import Rule
from rag.starters import load_starters, save_starters, starters
from rag.store import Stamp, live_stamp
from rag.types import Article, IndexReport, Skipped
from rag.wiring import TRIED_AGAIN, Parts, index_path, make_assistant, make_index, open_parts, with_index
from ui.panels import Shelf

MAX_FILES = 100  # added at once
STAGES = {"read": "Reading files", "embed": "Indexing passages", "words": "Counting words"}
FAILED = "Something went wrong on our side and was written to the log; the index is as it was."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Live:
    """One opened build and what answers from it."""

    parts: Parts
    assistant: Assistant
    numbers: dict[str, int]  # article_id → number in the build
    stamp: Stamp


class Newsroom:
    """An index that is open for questions and can be changed. Many threads may use it."""

    def __init__(self, settings: Config, index: str | Path | None = None) -> None:
        self._settings, self._index = settings, index_path(settings, index)
        self._additions = Additions(self._index)
        self._reopening, self._proposing = threading.Lock(), threading.Lock()
        self._changing = threading.Lock()
        self._refused: Stamp = None  # the stamp of a build that could not be opened
        self._again = 0.0  # when it is tried again
        stamp = live_stamp(self._index)  # before opening: a build that is published meanwhile is noticed
        self._live = self._opened(open_parts(settings, index=self._index), stamp)

    @property
    def assistant(self) -> Assistant:
        """What answers now. If another build was published meanwhile, it is opened beside and used when ready."""
        stamp = live_stamp(self._index)
        wait = stamp == self._refused and time.monotonic() < self._again
        if stamp != self._live.stamp and not wait and not self._reopening.locked():
            threading.Thread(target=self._follow, name="reopen", daemon=True).start()
        return self._live.assistant

    @property
    def folder(self) -> Path:
        """Where the index lies."""
        return self._index

    @property
    def additions(self) -> Additions:
        """What lies beside the index."""
        return self._additions

    @property
    def build(self) -> str:
        """The name of the open build."""
        return self._live.parts.snapshot.folder.name

    @property
    def rule(self) -> Rule:
        """How answers are chosen, trusted or withheld."""
        return self._live.parts.rule

    def article(self, article_id: str) -> Article | None:
        """Return an article of the open build, None when there is none of that id."""
        live = self._live
        number = live.numbers.get(article_id)
        return None if number is None else live.parts.snapshot.article(number)

    def shelf(self) -> Shelf:
        """Return what the open build holds."""
        snapshot = self._live.parts.snapshot
        manifest = snapshot.manifest
        skipped = tuple(Skipped(path, reason) for path, reason in manifest.skipped)
        return Shelf(tuple(snapshot.sources), skipped, manifest.passages, manifest.built)

    def starters(self) -> list[str]:
        """Return questions that the open build really answers; the first time it asks them all, for seconds."""
        with self._proposing:
            live = self._live
            build, snapshot = live.parts.snapshot.folder.name, live.parts.snapshot
            known = load_starters(self._index, build)
            if known is None:
                articles = (snapshot.article(number) for number in range(len(snapshot.sources)))
                known = starters(live.assistant, articles)
                save_starters(self._index, build, known)
            return known

    def added(self) -> frozenset[str]:
        """Return the ids of articles that are files added on the page: removing one deletes it."""
        sources = self._live.parts.snapshot.sources
        return frozenset(source.article_id for source in sources if self._additions.holds(Path(source.path_or_url)))

    def add(self, files: Sequence[tuple[str, Path]]) -> Iterator[str]:
        """Keep files, given as (name, where its bytes are), and index them; yield how far it is, in words.

        A file that cannot be kept is told and passed over. Nothing is indexed when none could be kept.
        """
        kept = 0
        told = []
        if len(files) > MAX_FILES:
            yield f"{len(files)} files are too many at once; add at most {MAX_FILES}, or index a folder."
            return
        for name, path in files:
            try:
                self._additions.add(name, path.read_bytes())
                kept += 1
            except RagError as error:
                told.append(str(error))
            except OSError:
                told.append(f"{name!r} could not be read; add it again.")
        if kept:
            for told_now in self.rebuild():
                yield " ".join([told_now, *told])
        else:
            yield " ".join(told) or "No file was given."

    def remove(self, article_id: str) -> Iterator[str]:
        """Take an article out of the index; an added file is deleted, any other is left where it lies."""
        live = self._live
        number = live.numbers.get(article_id)
        if number is None:
            yield "That article is not in the index any more."
            return
        if len(live.numbers) == 1:
            yield "That is the last article, and an index cannot be empty; add another one first."
            return
        path = Path(live.parts.snapshot.sources[number].path_or_url)
        if not self._additions.holds(path):
            self._additions.leave_out({*self._additions.left_out(), live.parts.snapshot.digest(number)})
            yield from self.rebuild()
            return
        aside = self._additions.set_aside(path)

        def settle() -> None:
            if self.article(article_id) is None:
                aside.unlink(missing_ok=True)
            else:  # the build failed, so the article still answers
                aside.rename(path)

        yield from self.rebuild(settle)

    def put_back(self) -> Iterator[str]:
        """Index again what was left out."""
        self._additions.leave_out(())
        yield from self.rebuild()

    def rebuild(self, settle: Callable[[], None] = lambda: None) -> Iterator[str]:
        """Refresh the index from its folders; yield how far it is, in words, and at the end what came of it.

        It goes on to its end though nobody listens any more, and so does settle, which is called after the build.
        """
        told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._build, args=(told, settle), name="build", daemon=True).start()
        while (status := told.get()) is not None:
            yield status

    def _build(self, told: queue.SimpleQueue[str | None], settle: Callable[[], None]) -> None:
        """Build when no other thread of this process does."""
        try:
            with self._changing:
                self._build_now(told)
                settle()
        finally:
            told.put(None)

    def _build_now(self, told: queue.SimpleQueue[str | None]) -> None:
        def progress(stage: str, done: int, total: int) -> None:
            told.put(f"{STAGES.get(stage, stage)}: {done:,}" + (f" of {total:,}" if total else "") + " …")

        try:
            own = self._additions.added
            folders = [path for path in map(near, self._live.parts.snapshot.manifest.folders) if path.resolve() != own]
            report = make_index(
                self._settings,
                articles=folders,
                index=self._index,
                progress=progress,
                embedder=self._live.parts.embedder,
            )
            self._follow()
            told.put(_summary(report))
        except RagError as error:
            told.put(str(error))
        except Exception:
            logger.exception("the index could not be refreshed")
            told.put(FAILED)

    def _follow(self) -> None:
        """Open the live build if it is another than the open one."""
        with self._reopening:
            stamp = live_stamp(self._index)
            if stamp == self._live.stamp:
                return
            try:
                self._live = self._opened(with_index(self._live.parts, self._index), stamp)
            except RagError:
                self._refused, self._again = stamp, time.monotonic() + TRIED_AGAIN
                logger.exception("the new build could not be opened; the old one stays")

    def _opened(self, parts: Parts, stamp: Stamp) -> Live:
        numbers = {source.article_id: number for number, source in enumerate(parts.snapshot.sources)}
        return Live(parts, make_assistant(self._settings, parts, remember=True), numbers, stamp)


def _summary(report: IndexReport) -> str:
    parts = [f"Done: {report.articles:,} articles"]
    parts += [f"{report.articles - report.reused:,} new or changed"] if report.articles > report.reused else []
    parts += [f"{report.removed:,} gone"] if report.removed else []
    parts += [f"{len(report.skipped):,} skipped"] if report.skipped else []
    return ", ".join(parts) + f" ({report.seconds:.1f} s)."
