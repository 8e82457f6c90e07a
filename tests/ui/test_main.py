from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, environment


def ui(*arguments: str, home: Path, sockets: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", *arguments],
        cwd=ROOT, env=environment(home, sockets=sockets), capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--index", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--config", "/nowhere.yaml"], "There is no configuration file /nowhere.yaml"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = ui(*arguments, home=tmp_path)
    [line] = run.stderr.splitlines()
    assert run.returncode == 2
    assert line.startswith("ui: ")
    assert said in line
    assert run.stdout == ""


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "7860.0", "²"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    from ui.__main__ import main

    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    assert ended.value.code == 2


@pytest.mark.slow
def test_a_port_that_is_taken(tmp_path: Path, address: str, newsroom_index: Path) -> None:
    port = address.rstrip("/").rsplit(":", 1)[1]
    run = ui("--index", str(newsroom_index), "--port", port, home=tmp_path, sockets=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"ui: Port {port} is taken or not allowed; give another with --port.\n"
