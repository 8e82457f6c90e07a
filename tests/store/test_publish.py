"""A build becomes visible at once or not at all (law 6): real kills, a real full disk, real second processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreBusy, StoreError, StoreFull
from rag.store import IndexedArticle, Recipe, Snapshot, writer_lock
from rag.store.bm25_index import Bm25Index
from rag.store.faiss_index import FaissIndex
from rag.types import Article, Skipped, Source
from tests.store.builds import Build, publish

ROOT = Path(__file__).resolve().parents[2]


def toy_build(word: str, articles: int = 3, text: str = "flight landed", dim: int = 4, passages: int = 1) -> Build:
    """A build in which every text says which build it is."""
    entries, texts = [], []
    for n in range(articles):
        full = f"{word} {text} {n}."
        source = Source(f"{word}-{n}", f"Title {n}", None, None, f"{word}-{n}.txt")
        entries.append(
            IndexedArticle(Article(source, full), f"digest-{n}", ((0, len(full)),) * passages, (("captions", n),))
        )
        texts += [full] * passages
    vectors = np.zeros((len(texts), dim), np.float32)
    vectors[np.arange(len(texts)), np.arange(len(texts)) % dim] = 1
    recipe = Recipe("toy", dim, 16, "{text}")
    skipped = (Skipped("a.pdf", "no text"),)
    return Build(recipe, entries, FaissIndex.build(vectors), Bm25Index.build(texts), ("news",), skipped, "0.1.0")


def words_of(folder: Path) -> list[str]:
    """Open the index, read all of it and return the first word of every text."""
    snapshot = Snapshot.open(folder)
    texts = [snapshot.passage(row).text for row in range(snapshot.manifest.passages)]
    assert snapshot.vectors.rows == snapshot.words.rows == len(texts)
    assert snapshot.words.search(texts[0].split()[0], 99)[1].tolist() == list(range(len(texts)))
    return [text.split()[0] for text in texts]


def builds_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "builds").iterdir())


def python(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stdin=subprocess.PIPE, **options
    )


def output_of(code: str, *arguments: object) -> list[str]:
    with python(code, *arguments) as process:
        out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return out.splitlines()


def test_what_is_published_can_be_opened(tmp_path: Path) -> None:
    manifest = publish(tmp_path, toy_build("old"))
    assert words_of(tmp_path) == ["old"] * 3
    assert (manifest.articles, manifest.passages, manifest.folders) == (3, 3, ("news",))
    assert manifest.skipped == (("a.pdf", "no text"),)
    assert Snapshot.open(tmp_path).manifest == manifest


def test_a_new_build_replaces_the_old_one_and_sweeps_it(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("old"))
    (tmp_path / "builds" / "20000101T000000.000000.partial").mkdir()
    publish(tmp_path, toy_build("new"))
    assert words_of(tmp_path) == ["new"] * 3
    assert builds_in(tmp_path) == [json.loads((tmp_path / "current.json").read_text())["build"]]


def test_the_same_build_gives_the_same_files(tmp_path: Path) -> None:
    one, other = (publish(tmp_path / name, toy_build("same")).files for name in ("a", "b"))
    assert one == other


def test_every_file_but_the_manifest_has_a_sum(tmp_path: Path) -> None:
    manifest = publish(tmp_path, toy_build("old"))
    build = tmp_path / "builds" / builds_in(tmp_path)[0]
    files = {path.relative_to(build).as_posix() for path in build.rglob("*") if path.is_file()}
    assert files - {"manifest.json"} == set(manifest.files)
    assert {"texts.bin", "texts.npy", "sources.jsonl", "passages.npy", "vectors.faiss", "bm25/rows.json"} <= files


def test_no_file_is_a_pickle(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("old"))
    for path in (tmp_path / "builds").rglob("*"):
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        assert not path.is_file() or not path.read_bytes().startswith(b"\x80")


def test_an_index_of_nothing_can_be_published_and_opened(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("none", articles=0))
    snapshot = Snapshot.open(tmp_path)
    assert (snapshot.manifest.passages, snapshot.vectors.rows, snapshot.words.rows) == (0, 0, 0)


def test_odd_texts_and_names_come_back_as_they_were(tmp_path: Path) -> None:
    text = "né\u2028 \x85 👩\u200d🚀 e\u0301 שלום"
    source = Source("a#b\u2028c", 'T "x"\u2028\x1e', "Pub\x85", "2025-02-04", "p\n.txt")
    entry = IndexedArticle(Article(source, text), "d", ((0, 2), (2, len(text))), ())
    build = toy_build("x")
    publish(tmp_path, Build(build.recipe, [entry], build.vectors, build.words, ("m\u2028",), (), "0"))
    snapshot = Snapshot.open(tmp_path)
    assert snapshot.article(0) == entry.article
    assert [snapshot.passage(row).text for row in (0, 1)] == [text[:2], text[2:]]


WATCH = """
import os, sys
from pathlib import Path
from test_publish import toy_build
from tests.store.builds import publish
folder, build = Path(sys.argv[1]), toy_build("new")
def note(event, arguments):
    if event == "os.rename":
        print("rename", Path(arguments[0]).name, Path(arguments[1]).name)
    elif event == "open" and isinstance(arguments[0], (str, os.PathLike)) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        print("write", Path(arguments[0]).name)
sync, replace = os.fsync, None
def fsync(handle):
    print("sync", os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
    sync(handle)
os.fsync = fsync
sys.addaudithook(note)
publish(folder, build)
"""


def test_the_manifest_is_written_last_and_everything_is_on_disk_before_it_is_live(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("old"))
    lines = [line.split() for line in output_of(WATCH, tmp_path)]
    stamp = json.loads((tmp_path / "current.json").read_text())["build"]
    written = [line[1] for line in lines if line[0] == "write"]
    assert written[-2:] == ["manifest.json", ".current.json.new"]
    renames = [line for line in lines if line[0] == "rename"]
    assert renames == [["rename", f"{stamp}.partial", stamp], ["rename", ".current.json.new", "current.json"]]
    before_live = lines[: lines.index(renames[1])]
    synced = {line[1] for line in before_live if line[0] == "sync"}
    build = tmp_path / "builds" / stamp
    assert {path.name for path in build.rglob("*")} | {f"{stamp}.partial", "builds", ".current.json.new"} <= synced
    assert before_live.index(["sync", "manifest.json"]) > before_live.index(["write", "manifest.json"])
    assert lines[lines.index(renames[1]) + 1] == ["sync", tmp_path.name]


KILL = """
import os, shutil, signal, sys
from pathlib import Path
from test_publish import toy_build
from rag.store import writer_lock
from tests.store.builds import publish
from rag.store.snapshot import Snapshot
place, build = Path(sys.argv[1]), toy_build("new")
publish(place / "start", toy_build("old"))
step = last = 0
def count(event, arguments):
    global step
    if armed and (event in {"open", "shutil.rmtree"} or event.startswith("os.")):
        step += 1
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)
armed = False
sys.addaudithook(count)
while True:
    last += 1
    folder = place / f"{last:03}"
    shutil.copytree(place / "start", folder)
    child = os.fork()
    if child == 0:
        armed = True
        with writer_lock(folder):
            publish(folder, build)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(folder.name, os.WTERMSIG(status), flush=True)
    if os.WIFEXITED(status):
        break
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_step_leaves_a_whole_index(tmp_path: Path) -> None:
    outcomes = [line.split() for line in output_of(KILL, tmp_path)]
    assert len(outcomes) > 30
    assert [killed for _, killed in outcomes] == [str(signal.SIGKILL.value)] * (len(outcomes) - 1) + ["0"]
    seen = []
    for name, _ in outcomes:
        folder = tmp_path / name
        found = words_of(folder)
        assert found in (["old"] * 3, ["new"] * 3)
        seen.append(found[0])
        with writer_lock(folder):  # the lock died with its holder
            publish(folder, toy_build("newest"))
        assert words_of(folder) == ["newest"] * 3
        assert builds_in(folder) == [json.loads((folder / "current.json").read_text())["build"]]
        assert sorted(path.name for path in folder.iterdir()) == ["builds", "current.json", "lock"]
    switch = seen.index("new")
    assert seen == ["old"] * switch + ["new"] * (len(seen) - switch)
    assert 20 < switch < len(seen)


def test_a_first_build_that_was_killed_is_said_to_be_unfinished(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from test_publish import toy_build\n"
        "from tests.store.builds import publish\n"
        "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "publish(Path(sys.argv[1]), toy_build('new'))\n"
    )
    with python(code, tmp_path) as process:
        assert process.wait(60) == -signal.SIGKILL
    with pytest.raises(
        StoreError, match=r"There is no index at .* \(a build was begun and never finished\); build one"
    ):
        Snapshot.open(tmp_path)


HOLD = """
import sys
from pathlib import Path
from rag.store import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of tmp_path."""
    with python(HOLD, tmp_path) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_at_once_and_the_lock_dies_with_its_holder(tmp_path: Path, holder) -> None:
    said = r"Another process is building the index at .*; wait .* or give another --index"
    with pytest.raises(StoreBusy, match=said), writer_lock(tmp_path):
        pytest.fail("two writers")
    holder.kill()
    holder.wait()
    with writer_lock(tmp_path):
        publish(tmp_path, toy_build("new"))
    assert words_of(tmp_path) == ["new"] * 3


def test_readers_do_not_mind_a_writer(tmp_path: Path, holder) -> None:
    publish(tmp_path, toy_build("old"))
    assert words_of(tmp_path) == ["old"] * 3


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="mine"), writer_lock(tmp_path):
        raise RuntimeError("mine")
    with writer_lock(tmp_path):
        pass


def test_a_place_that_is_a_file_is_store_full_with_the_cause(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = r"could not be written \(.+\); make room or choose another place"
    for place in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(StoreFull, match=said), writer_lock(place):
            pytest.fail("a file is no folder")


def large(what: str) -> Build:
    """A build with one file that is large: 1 MB or more."""
    if what == "texts":
        return toy_build("new", text="word " * 250_000)
    if what == "vectors":
        return toy_build("new", dim=100_000)
    if what == "passages":
        return toy_build("new", passages=8_000)
    return toy_build("new", text=" ".join(f"w{n}" for n in range(60_000)))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system takes root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
@pytest.mark.parametrize("what", ["texts", "vectors", "passages", "words"])
def test_a_full_disk_is_store_full_and_the_old_index_stays(small_disk: Path, what: str) -> None:
    folder = small_disk / "index"
    publish(folder, toy_build("old"))
    with pytest.raises(StoreFull, match=r"could not be written \(.+\); make room .* untouched\.$"):
        publish(folder, large(what))
    assert words_of(folder) == ["old"] * 3
    assert len(builds_in(folder)) == 1
    publish(folder, toy_build("newest"))  # the room was given back
    assert words_of(folder) == ["newest"] * 3


LIMIT = """
import resource, signal, sys
from pathlib import Path
from test_publish import large, toy_build
from rag.errors import StoreFull
from tests.store.builds import publish
builds = {what: large(what) for what in ("texts", "vectors", "passages", "words")}
builds["small"] = toy_build("new")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (10, 50, 300, 1000, 100_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for what, build in builds.items():
        try:
            publish(Path(sys.argv[1]), build)
            said = "published"
        except StoreFull as error:
            said = str(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(limit, what, said, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
"""


@pytest.mark.slow
def test_a_write_that_fails_anywhere_is_store_full_and_the_old_index_stays(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("old"))
    lines = output_of(LIMIT, tmp_path)
    published = [line.split()[:2] for line in lines if line.endswith(" published")]
    assert published == [["100000", "small"]]
    assert len(lines) == 25
    assert all("make room or choose another place" in line for line in lines if not line.endswith(" published"))
    assert words_of(tmp_path) == ["new"] * 3
    assert len(builds_in(tmp_path)) == 1


PUBLISH_MANY = """
import sys
from pathlib import Path
from test_publish import toy_build
from rag.store import writer_lock
from tests.store.builds import publish
print("ready", flush=True)
for n in range(60):
    with writer_lock(Path(sys.argv[1])):
        publish(Path(sys.argv[1]), toy_build(f"word{n}"))
"""


@pytest.mark.slow
def test_opening_while_another_process_publishes_again_and_again_never_fails(tmp_path: Path) -> None:
    publish(tmp_path, toy_build("first"))
    seen = set()
    with python(PUBLISH_MANY, tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        while process.poll() is None:
            found = words_of(tmp_path)
            assert found == [found[0]] * 3
            seen.add(found[0])
    assert process.returncode == 0
    assert len(seen) > 3
    assert words_of(tmp_path) == ["word59"] * 3


def test_the_sweep_leaves_what_is_not_a_build(tmp_path: Path) -> None:
    (tmp_path / "builds" / "thesis").mkdir(parents=True)
    (tmp_path / "builds" / "20250101T000000.000000.partial").mkdir()
    publish(tmp_path, toy_build("old"))
    publish(tmp_path, toy_build("new"))
    live = json.loads((tmp_path / "current.json").read_text())["build"]
    assert builds_in(tmp_path) == [live, "thesis"]


def test_nothing_is_swept_while_it_cannot_be_read_which_build_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, toy_build("old"))
    whole = Path.read_text

    def read_text(path: Path, *arguments: object, **options: object) -> str:
        if path.name == "current.json":
            raise OSError(24, "Too many open files")
        return whole(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", read_text)
        with pytest.raises(StoreFull, match="Too many open files"):
            publish(tmp_path, toy_build("new"))
    assert words_of(tmp_path) == ["old"] * 3
