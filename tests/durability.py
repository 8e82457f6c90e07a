"""What kills, full disks, damage and crowds do to an index: `python -m tests.durability [--kills 200]`, Linux.

A measurement, not a test: it prints one table, and ends with 1 if anything was lost or answered wrongly. Every process
that is killed is a real one, forked from one that has the models loaded; the articles are those of the sample newsroom.
A state is right when every article, passage and vector of the index is that of the build before or of the build after.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import torch

from rag.config import Config, load_config
from rag.embedding import SentenceEmbedder
from rag.errors import RagError, StoreBusy, StoreDamaged, StoreFull, StoreMissing
from rag.store import Snapshot
from rag.store.journal import JOURNAL
from rag.wiring import make_embedder, make_index, open_assistant
from tests.commands import ROOT
from tests.newsroom import write_newsroom

SAMPLE = ROOT / "eval" / "articles"
CRACKS = "How many cracks did engineers find?"
READERS, PUBLISHES = 8, 50
PAGE = 4096  # bytes that a file system gives at once


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. came: what came of it, with counts; wrong: what should never be."""

    injected: str
    times: int
    came: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What every experiment works with: settings and a loaded embedder, and two archives with their right states."""

    settings: Config
    embedder: SentenceEmbedder
    old: Path
    new: Path
    place: Path

    def build(self, articles: Path, index: Path) -> None:
        """Build or refresh an index."""
        make_index(self.settings, articles=[articles], index=index, embedder=self.embedder)


def state(index: Path) -> str:
    """Return a digest of all that an index holds. Raises StoreError."""
    snapshot = Snapshot.open(index)
    digest = hashlib.sha256()
    for number, source in enumerate(snapshot.sources):
        first, last = snapshot.rows(number)
        digest.update(f"{source.article_id} {snapshot.spans(first, last)} {snapshot.article(number).text}".encode())
    digest.update(snapshot.vectors.vectors(0, snapshot.vectors.rows).round(4).tobytes())
    rows = snapshot.words.search("the of bridge council", snapshot.words.rows)[1]
    digest.update(rows.tobytes())
    return digest.hexdigest()


def _fork(work: Callable[[], object]) -> int:
    """Run some work in a child process; return its pid. It ends with 0, 2 for the caller's mistake, 1 for a fault."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    except RagError:
        status = 2
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def ended(child: int) -> int:
    """Wait for a child and return its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kills(desk: Desk, name: str, times: int, prepare: Callable[[Path], object], right: set[str | None]) -> Line:
    """Kill a build at random moments; then the index must be one of the right states, and a further build must end.

    prepare: lays out the index before. right: digests that the index may have after the kill; None: there is none.
    """
    index = desk.place / name.replace(" ", "-")
    found: Counter[str] = Counter()
    wrong: list[str] = []
    began = time.perf_counter()
    prepare(index)
    started = time.perf_counter()
    ended(_fork(lambda: desk.build(desk.new, index)))
    whole = time.perf_counter() - started
    after = state(index)
    for number in range(times):
        shutil.rmtree(index, ignore_errors=True)
        prepare(index)
        child = _fork(lambda: desk.build(desk.new, index))
        time.sleep(random.random() * whole * 1.1)
        os.kill(child, signal.SIGKILL)
        ended(child)
        try:
            now: str | None = state(index)
        except StoreMissing:
            now = None
        except RagError as error:
            now = str(error)
        found["new live" if now == after else "old live" if now in right and now else "none yet"] += 1
        if now not in {*right, after}:
            wrong.append(f"{name} {number}: {now}")
        kept = (index / JOURNAL).exists()
        desk.build(desk.new, index)
        found["went on from the vectors kept"] += kept
        if state(index) != after or (index / JOURNAL).exists() or len(list((index / "builds").iterdir())) != 1:
            wrong.append(f"{name} {number}: the next build is not right")
    came = ", ".join(f"{what} {count}" for what, count in found.items() if count)
    return Line(f"kill -9 while {name}", times, f"{came} ({time.perf_counter() - began:.0f} s)", tuple(wrong))


def killed(desk: Desk, times: int) -> Iterator[Line]:
    """Kill while indexing for the first time, refreshing, and sweeping many old builds."""
    index = desk.place / "before"
    desk.build(desk.old, index)
    old = state(index)

    def copied(at: Path) -> None:
        shutil.copytree(index, at)

    def littered(at: Path) -> None:
        copied(at)
        live = next((at / "builds").iterdir())
        for number in range(12):
            shutil.copytree(live, at / "builds" / f"20200101T000000.{number:06}{'.partial' * (number % 2)}")

    yield kills(desk, "indexing", times // 3, lambda at: at.mkdir(), {None})
    yield kills(desk, "refreshing", times // 3, copied, {old})
    yield kills(desk, "sweeping old builds", times - 2 * (times // 3), littered, {old})


def full_disk(desk: Desk) -> Line:
    """Refresh an index on a file system of many sizes too small."""
    outcomes: Counter[str] = Counter()
    wrong = []
    place = desk.place / "small"
    place.mkdir()
    pages = (-(-path.stat().st_size // PAGE) + 1 for path in (desk.place / "before").rglob("*"))
    need = PAGE * sum(pages)
    steps = 16
    for step in range(1, steps + 1):
        size = need + need * step // 8
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False).returncode:
            return Line("a full disk", 0, "not tried: no right to mount a small file system")
        try:
            shutil.copytree(desk.place / "before", place / "index")
            old = state(place / "index")
            try:
                desk.build(desk.new, place / "index")
                outcomes["done"] += 1
            except StoreFull as error:
                outcomes["refused in one sentence, old index whole"] += 1
                if state(place / "index") != old or "\n" in str(error):
                    wrong.append(f"full disk of {size} bytes: {error}")
        finally:
            subprocess.run(["umount", "-l", place], check=True)
    came = ", ".join(f"{what} {count}" for what, count in outcomes.items())
    return Line("a full disk, of sixteen sizes", steps, came, tuple(wrong))


def damage(desk: Desk) -> Iterator[Line]:
    """Flip a byte of, and cut short, every file of a build; then mend it by indexing."""
    whole = desk.place / "before"
    right = state(whole)
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file() and path.stat().st_size]
    spoils: dict[str, Callable[[bytes], bytes]] = {
        "a flipped byte in": lambda data: bytes(byte ^ (at == len(data) // 2) for at, byte in enumerate(data)),
        "cut short:": lambda data: data[: len(data) // 2],
        "missing:": lambda _: b"",
    }  # fmt: skip
    for name, spoil in spoils.items():
        wrong = []
        for file in files:
            index = desk.place / "spoiled"
            shutil.rmtree(index, ignore_errors=True)
            shutil.copytree(whole, index)
            data = spoil((index / file).read_bytes())
            (index / file).write_bytes(data) if data else (index / file).unlink()
            try:
                if state(index) != right:
                    wrong.append(f"{name} {file} was not noticed")
            except (StoreDamaged, StoreMissing) as error:
                if "rag index" not in str(error) or "\n" in str(error):
                    wrong.append(f"{name} {file}: {error}")
            desk.build(desk.old, index)
            if state(index) != right:
                wrong.append(f"{name} {file} was not mended by indexing")
        yield Line(
            f"{name} each file of an index", len(files), "told with the remedy, mended by indexing", tuple(wrong)
        )


def two_writers(desk: Desk) -> Line:
    """Two builds of one index at once, and one after the first was killed."""
    index = desk.place / "two"
    wrong = []
    child = _fork(lambda: desk.build(desk.old, index))
    while not list(index.glob("builds/*.partial")):
        time.sleep(0.005)
    try:
        desk.build(desk.new, index)
        wrong.append("a second writer was let in")
    except StoreBusy:
        pass
    if ended(child):
        wrong.append("the first writer failed")
    child = _fork(lambda: desk.build(desk.new, index))
    time.sleep(0.2)
    os.kill(child, signal.SIGKILL)
    ended(child)
    desk.build(desk.new, index)  # the lock died with its holder
    return Line("two writers; a killed writer's lock", 2, "the second refused; the lock was free again", tuple(wrong))


def _read(settings: Config, index: Path, done: Path, told: Path) -> None:
    """Keep asking and write down what is told, until the file `done` is there."""
    assistant = open_assistant(settings, index=index)
    with told.open("w") as file:
        while not done.exists():
            answer = assistant.answer(CRACKS)
            file.write(f"{'silent' if answer.abstained else answer.text}\n")
            file.flush()


def readers(desk: Desk) -> Line:
    """Readers that keep asking while the index is published again and again; each build tells another number."""
    news, index = write_newsroom(desk.place / "versions"), desk.place / "crowd"

    def write(version: int) -> None:
        text = f"The bridge closed on Tuesday after engineers found {version} cracks in its piers.\n"
        (news / "bridge.md").write_text(f"# Bridge over the Tarn closes\n\n{text}", "utf-8")
        (news / "bridge-again.md").unlink(missing_ok=True)
        desk.build(news, index)

    write(100)
    done = desk.place / "done"
    children, logs = [], [desk.place / f"reader-{number}" for number in range(READERS)]
    for log in logs:
        children.append(_fork(lambda log=log: _read(desk.settings, index, done, log)))
    while not all(log.exists() and log.stat().st_size for log in logs):
        time.sleep(0.1)
    for version in range(101, 101 + PUBLISHES):
        write(version)
    time.sleep(3)
    done.touch()
    wrong = [f"a reader ended with {status}" for child in children if (status := ended(child))]
    answers = [log.read_text().split("\n")[:-1] for log in logs]
    known = {str(version) for version in range(100, 101 + PUBLISHES)}
    for told in answers:
        if not set(told) <= known or told != sorted(told, key=int) or told[-1] != str(100 + PUBLISHES):
            wrong.append(f"a reader was told {told}")
    seen = len({text for told in answers for text in told})
    came = (
        f"{sum(map(len, answers)):,} answers, each of one build, never an older one after a newer; {seen} builds seen"
    )
    return Line(f"{READERS} readers through {PUBLISHES} publishes", PUBLISHES, came, tuple(wrong))


def terminated(desk: Desk, times: int = 10) -> Line:
    """SIGTERM while a real command answers a file of questions."""
    index, wrong = desk.place / "before", []
    before = state(index)
    questions = desk.place / "questions.jsonl"
    questions.write_text('{"question": "Who resigned?"}\n' * 2000, "utf-8")
    for _ in range(times):
        command = [sys.executable, "-m", "rag", "ask", "--index", index, "--json", "--questions", questions]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
            assert asking.stdout is not None
            assert asking.stderr is not None
            asking.stdout.readline()
            time.sleep(random.random() / 2)
            asking.send_signal(signal.SIGTERM)
            said = asking.stderr.read().decode()
        if "Traceback" in said or state(index) != before:
            wrong.append(f"SIGTERM: {said[-200:]}")
    return Line("SIGTERM while asking", times, "ended, no traceback, index untouched", tuple(wrong))


def main() -> int:
    """Run all experiments and print the table."""
    parser = argparse.ArgumentParser("python -m tests.durability", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    random.seed(given.seed)
    torch.set_num_threads(1)  # a pool of threads does not survive a fork
    faiss.omp_set_num_threads(1)
    settings = load_config(ROOT / "config.yaml")
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        old, new = place / "old", place / "new"
        for folder, count in ((old, 8), (new, 12)):
            folder.mkdir()
            for path in sorted(SAMPLE.iterdir())[:count]:
                shutil.copy(path, folder)
        desk = Desk(settings, make_embedder(settings), old, new, place)
        wrong = 0
        for experiment in (
            lambda: killed(desk, given.kills), lambda: [full_disk(desk)], lambda: damage(desk),
            lambda: [two_writers(desk)], lambda: [readers(desk)], lambda: [terminated(desk)],
        ):  # fmt: skip
            for line in experiment():
                wrong += len(line.wrong)
                sys.stdout.write(f"| {line.injected} | {line.times} | {line.came} | {len(line.wrong)} wrong |\n")
                sys.stdout.writelines(f"    {one}\n" for one in line.wrong[:5])
                sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
