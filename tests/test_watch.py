"""Folders are followed by a real process; files come, change, grow and go."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

import rag
from rag.__main__ import main
from rag.config import load_config
from rag.errors import ArticlesError, StoreBusy
from rag.ingest import no_progress
from rag.store import Snapshot, writer_lock
from rag.watch import Follower, fingerprint, watch
from tests.commands import environment
from tests.newsroom import STORIES, write_newsroom


class Stop(Exception):
    """Ends a watch, as Ctrl-C does."""


class Watching:
    """A real `python -m rag watch`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rag", "watch", *arguments],
            cwd=folder, env=environment(folder / "home"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.told: queue.Queue[str] = queue.Queue()
        self.warned: queue.Queue[str] = queue.Queue()
        for stream, lines in ((self.process.stdout, self.told), (self.process.stderr, self.warned)):
            threading.Thread(target=self._read, args=(stream, lines), daemon=True).start()

    def _read(self, stream, lines: queue.Queue[str]) -> None:
        with stream:
            for line in stream:
                lines.put(line.rstrip("\n"))

    def line(self) -> str:
        """Return the next line without its time."""
        return self.told.get(timeout=60).split(" ", 1)[1]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[Watching]:
    running = Watching(folder, *arguments)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@pytest.mark.slow
def test_files_that_come_change_grow_and_go_are_followed_until_it_is_ended(tmp_path: Path) -> None:
    news, index = write_newsroom(tmp_path / "news"), tmp_path / "index"
    with watching(tmp_path, "--articles", "news", "--index", "index", "--every", "1") as running:
        assert running.line() == "Following news for index (Ctrl-C stops it)."
        assert running.line().startswith("added 3 (baker, bridge, bridge-again); 3 articles (")
        (news / "photo.png").write_bytes(b"no article")
        (news / "baker.txt").write_text(STORIES["baker.txt"].replace("rye", "spelt"), "utf-8")
        (news / "bridge-again.md").unlink()
        assert running.line().startswith("changed 1 (baker), removed 1 (bridge-again); 2 articles, 1 skipped (")
        sentences = [f"Lamp {number} was lit in Marlow by the mayor.\n" for number in range(15)]
        with (news / "lamps.txt").open("w", encoding="utf-8") as file:
            for sentence in sentences:
                file.write(sentence)
                file.flush()
                time.sleep(0.2)
            assert running.told.empty()  # half an article is not read
        assert running.line().startswith("added 1 (lamps); 3 articles, 1 skipped (")
        snapshot = Snapshot.open(index)
        text = snapshot.article([source.article_id for source in snapshot.sources].index("lamps")).text
        assert all(sentence.strip() in text for sentence in sentences)
        assert running.end() == 130
        assert running.warned.get(timeout=10) == "rag: stopped; an index that was there before is untouched."
        assert running.told.empty()
    assert rag.answer("How many cracks did engineers find?", index=index).text == "17"


@pytest.mark.slow
def test_while_another_process_builds_it_waits_and_then_goes_on(tmp_path: Path) -> None:
    write_newsroom(tmp_path / "news")
    with (
        ExitStack() as held,
        watching(tmp_path, "--articles", "news", "--index", "index", "--every", "0.2") as running,
    ):
        held.enter_context(writer_lock(tmp_path / "index"))
        running.line()
        said = running.warned.get(timeout=60)
        assert said.startswith("rag: Another process is building the index at index; ")
        assert said.endswith(" It is tried again in 2 s.")
        assert running.told.empty()
        held.close()
        assert running.line().startswith("added 3 (baker, bridge, bridge-again); 3 articles (")
        assert running.end(signal.SIGINT) == 130


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--articles", "nowhere", "--index", "index"], "There is no folder 'nowhere'"),
        (["--articles", "x" * 300, "--index", "index"], "There is no folder 'xxx"),
        (["--articles", "", "--index", "index"], "empty name"),
        (["--index", ""], "The index has an empty name"),
        (["--config", "none.yaml"], "There is no configuration file none.yaml"),
    ],
)
def test_a_mistake_gets_one_line_and_nothing_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert main(["watch", *arguments]) == 2
    finally:
        signal.signal(signal.SIGTERM, before)
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines()), said in err) == ("", 1, True)


def until(lines: int, look: Callable[[], bytes], refresh: Callable[[], str]) -> tuple[list[str], list[float]]:
    """Watch until so many lines were told or warned of; return them, and the seconds between them."""
    said: list[str] = []
    times: list[float] = []

    def say(line: str) -> None:
        said.append(line)
        times.append(time.monotonic())
        if len(said) == lines:
            raise Stop

    with pytest.raises(Stop):
        watch(look, refresh, every=0.1, tell=say, warn=say)
    return said, [later - sooner for sooner, later in pairwise(times)]


def test_a_refresh_tells_what_came_changed_and_went(tmp_path: Path) -> None:
    news = write_newsroom(tmp_path / "news")
    follower = Follower(load_config(), [str(news)], str(tmp_path / "index"))
    assert follower.refresh(no_progress).startswith("added 3 (baker, bridge, bridge-again); 3 articles (")
    assert follower.refresh(no_progress).startswith("no article changed; 3 articles (")
    for name in ("bridge.md", "baker.txt"):
        (news / name).write_text(STORIES[name] + "\nIt was corrected.\n", "utf-8")
    (news / "bridge-again.md").rename(news / "again.md")
    for number in range(5):
        (news / f"note{number}.txt").write_text(f"Notes\n\nThe council met {number} times in May.\n", "utf-8")
    told = "added 6 (again, note0, note1, …), changed 2 (baker, bridge), removed 1 (bridge-again); 8 articles ("
    assert follower.refresh(no_progress).startswith(told)
    for path in (tmp_path / "index").rglob("vectors.faiss"):
        path.write_bytes(b"spoiled")
    assert follower.refresh(no_progress).startswith("no article changed; 8 articles (")  # built anew
    assert Snapshot.open(tmp_path / "index").manifest.articles == 8


def test_an_index_that_is_named_alone_is_followed_with_its_own_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    news = write_newsroom(tmp_path / "news")
    settings = load_config()
    configured = [settings.resolve(folder) for folder in settings.articles]
    assert Follower(settings, None, "index").folders == configured  # there is no index yet
    rag.build_index(articles=news, index="index")
    assert Follower(settings, None, "index").folders == [Path("news")]
    assert Follower(settings, [str(news)], "index").folders == [news]
    assert Follower(settings).folders == configured
    shutil.rmtree(news)
    with pytest.raises(ArticlesError, match="There is no folder 'news'"):
        Follower(settings, None, "index")


def test_only_what_a_build_would_read_changes_the_fingerprint(tmp_path: Path) -> None:
    news = write_newsroom(tmp_path / "news")
    looks = [fingerprint([news])]

    def changed() -> bool:
        looks.append(fingerprint([news]))
        return looks[-1] != looks[-2]

    assert not changed()
    (news / "photo.png").write_bytes(b"x")
    (news / ".hidden.txt").write_bytes(b"x")
    assert not changed()
    (news / "sub").mkdir()
    assert not changed()
    (news / "sub" / "new.txt").write_bytes(b"x")
    assert changed()
    status = (news / "baker.txt").stat()
    (news / "baker.txt").write_bytes(b"X" * status.st_size)
    os.utime(news / "baker.txt", ns=(status.st_atime_ns, status.st_mtime_ns))  # same size, same time
    assert changed()
    (news / "baker.txt").chmod(0o600)
    assert changed()  # what could not be read may be readable now
    (news / "baker.txt").unlink()
    assert changed()
    news.rename(tmp_path / "away")
    assert changed()
    assert not changed()
    (tmp_path / "away").rename(news)
    assert changed()
    assert fingerprint([news / ("x" * 300)]) != looks[-1]  # a name that no file system takes


def test_after_an_error_waits_grow_and_a_success_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.watch.QUIET", 0.5)
    tries = iter([StoreBusy("Busy."), OSError("by\nchance"), "done"])

    def refresh() -> str:
        came = next(tries)
        if isinstance(came, Exception):
            raise came
        return came

    said, waits = until(3, lambda: b"", refresh)
    assert said == [
        "Busy. It is tried again in 1 s.",
        "internal error (OSError: by chance); RAG_TRACEBACK=1 shows where. It is tried again in 2 s.",
        "done",
    ]
    assert waits[0] >= 1
    assert waits[1] >= 2


def test_an_empty_folder_is_told_once_and_read_when_something_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.watch.QUIET", 0.2)
    news = tmp_path / "news"
    news.mkdir()
    follower = Follower(load_config(), [str(news)], str(tmp_path / "index"))
    comes = threading.Timer(2, lambda: (news / "baker.txt").write_text(STORIES["baker.txt"], "utf-8"))
    comes.start()
    said, waits = until(2, follower.look, lambda: follower.refresh(no_progress))
    comes.join()
    assert said[0].startswith(f"Nothing to read in '{news}': it is empty; wanted articles ending in .txt")
    assert said[0].endswith("It is tried again when that changes.")
    assert said[1].startswith("added 1 (baker); 1 articles (")
    assert waits[0] > 1


def test_a_folder_that_never_rests_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.watch.PATIENCE", 1.0)
    looks = iter(range(10**6))
    began = time.monotonic()
    said, waits = until(2, lambda: str(next(looks)).encode(), lambda: "read")
    assert said == ["read", "read"]
    assert waits[0] >= 1
    assert time.monotonic() - began >= 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "0"], "'0' is no number of seconds from 0.1 to 86400"),
        (["--every", "-1"], "is no number of seconds"),
        (["--every", "nan"], "is no number of seconds"),
        (["--every", "soon"], "is no number of seconds"),
    ],
)
def test_a_time_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["watch", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
