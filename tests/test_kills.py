"""kill -9 at random moments of a real re-indexing process: the old index opens and answers every time.

RAG_KILLS sets how many kills (4 unless told). Half fall anywhere in the run, half within 200 ms of the moment when the
new build's files begin to appear, where a torn write would be.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.store import Snapshot
from tests.commands import environment, rag
from tests.newsroom import STORIES, write_newsroom

KILLS = int(os.environ.get("RAG_KILLS", "4"))


def check(index: Path, articles: set[int]) -> None:
    """The index opens with all checksums, holds what it held, and answers with a verbatim citation."""
    snapshot = Snapshot.open(index)
    assert snapshot.manifest.articles in articles
    texts = {source.article_id: snapshot.article(i).text for i, source in enumerate(snapshot.sources)}
    answer = Assistant.open(index=index).answer("How many cracks did engineers find?")
    assert answer.text == "17"
    for citation in answer.citations:
        assert texts[citation.source.article_id][citation.start : citation.end] == citation.quote


@pytest.mark.slow
def test_a_killed_build_leaves_an_index_that_answers(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("RAG_SEED", "0")))
    news, index, home = write_newsroom(tmp_path / "news"), tmp_path / "index", tmp_path / "home"
    began = time.monotonic()
    assert rag("index", "--articles", news, "--index", index, cwd=tmp_path, home=home).returncode == 0
    whole = time.monotonic() - began
    killed = published = 0
    for number in range(KILLS):
        (news / f"more-{number}.txt").write_text(f"Council notes\n\nThe council met {number} times in May.\n", "utf-8")
        command = [sys.executable, "-m", "rag", "index", "--articles", str(news), "--index", str(index)]
        live = (index / "current.json").read_bytes()
        process = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number % 2:
            time.sleep(chance.uniform(0, whole))
        else:
            deadline = time.monotonic() + 120
            while process.poll() is None and time.monotonic() < deadline and not list(index.glob("builds/*.partial")):
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        published += (index / "current.json").read_bytes() != live
        check(index, set(range(len(STORIES), len(STORIES) + number + 2)))
    assert killed >= KILLS // 2  # most must have been killed at work, or this test shows nothing
    print(f"{KILLS} rounds: {killed} killed at work, {published} had just published")
    finished = rag("index", "--articles", news, "--index", index, cwd=tmp_path, home=home)
    assert finished.returncode == 0, finished.stderr
    check(index, {len(STORIES) + KILLS})
    assert len(list((index / "builds").iterdir())) == 1  # what the killed ones left is swept


@pytest.mark.slow
def test_a_second_indexer_is_told_and_the_first_finishes(tmp_path: Path) -> None:
    news, index, home = write_newsroom(tmp_path / "news"), tmp_path / "index", tmp_path / "home"
    command = [sys.executable, "-m", "rag", "index", "--articles", str(news), "--index", str(index)]
    code = "import sys, time; from rag.store import writer_lock; from pathlib import Path\n"
    code += "with writer_lock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(index)], env=environment(home), stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    second = subprocess.run(command, env=environment(home), capture_output=True, text=True)
    assert second.returncode == 2
    assert "Another process is building the index" in second.stderr
    holder.kill()  # the lock dies with its holder
    holder.wait()
    holder.stdout.close()
    assert subprocess.run(command, env=environment(home), capture_output=True).returncode == 0
