"""A real assistant over a small newsroom, some of it hostile; and sockets that reach this machine only."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

import rag
from rag.assistant import Assistant
from tests.commands import ROOT, environment
from tests.newsroom import write_newsroom

# A row's text is taken as it stands; from a .md the tags would be cleaned away before they reach the page.
HERONS = (
    "Warden Ada Quill <img src=x onerror=window.broken=1> counted 31 herons at <script>window.broken=2</script> "
    "Foss Lake on Monday, **bold** $$x^2$$ `code` [link](javascript:window.broken=3) ${window.broken=4} {{7*7}}."
)
HOSTILE = {
    "id": "herons",
    "title": "<svg onload=window.broken=5>Herons & friends</svg></article><h1>return",
    "publisher": "<img src=x onerror=window.broken=6>",
    "url": "javascript:window.broken=7",
    "date": "2025-04-01",
    "text": HERONS,
}


@pytest.fixture(scope="session")
def newsroom_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy newsroom and one hostile article, indexed."""
    folder = tmp_path_factory.mktemp("newsroom")
    articles = write_newsroom(folder / "news")
    (articles / "rows.jsonl").write_text(json.dumps(HOSTILE), "utf-8")
    rag.build_index(articles=articles, index=folder / "index")
    return folder / "index"


@pytest.fixture(scope="session")
def assistant(newsroom_index: Path) -> Assistant:
    """The real thing."""
    return Assistant.open(index=newsroom_index)


@pytest.fixture
def loopback() -> None:
    """Let a test reach this machine, and nothing else."""
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "127.0.0.2", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def address(newsroom_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as `python -m ui` serves it."""
    with served(newsroom_index, tmp_path_factory.mktemp("home")) as (address, _):
        yield address


@contextmanager
def served(index: Path, home: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page in a process of its own, until Ctrl-C; its log must say nothing but that. Gives (address, process)."""
    log = home / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "ui", "--index", str(index), *options],
            cwd=ROOT, env=environment(home, sockets=True), stdout=subprocess.PIPE, stderr=errors, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
        ) as page,
    ):  # fmt: skip
        try:
            assert page.stdout is not None
            said = page.stdout.readline()
            found = re.search(r"http://[\d.]+:\d+/", said)
            assert found, said + log.read_text()
            yield found.group(), page
            if page.poll() is None:
                page.send_signal(signal.SIGINT)
                page.communicate(timeout=30)
                assert (page.returncode, log.read_text()) == (0, "ui: stopped.\n")
        finally:
            page.kill()
