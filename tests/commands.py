"""Runs the real command line in a process of its own, with a home and a cache that are empty and no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NO_SOCKETS = """
import socket

class NoSocket(socket.socket):
    def __init__(self, *args, **kwargs):
        raise OSError("a socket was opened")

def refuse(*args, **kwargs):
    raise OSError("the network was asked")

socket.socket = NoSocket
for name in ("create_connection", "getaddrinfo", "gethostbyname", "socketpair", "create_server"):
    setattr(socket, name, refuse)
"""


def environment(home: Path, *, sockets: bool = False) -> dict[str, str]:
    """Return the environment of a first-time user; without sockets unless asked."""
    home.mkdir(parents=True, exist_ok=True)
    places = [str(ROOT)]
    if not sockets:
        (home / "sitecustomize.py").write_text(NO_SOCKETS)
        places.insert(0, str(home))
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1"}


def rag(*arguments: str | Path, cwd: Path, home: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run `python -m rag ARGUMENTS` in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "rag", *map(str, arguments)],
        cwd=cwd, env=environment(home), capture_output=True, text=True, timeout=timeout,
    )  # fmt: skip


def mistake(run: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a caller's mistake gets; fail unless it is exactly that."""
    lines = run.stderr.strip().splitlines()
    assert run.returncode == 2, (run.returncode, run.stdout, run.stderr)
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("rag: ")
    assert "Traceback" not in run.stderr
    assert not run.stdout
    return lines[0]
