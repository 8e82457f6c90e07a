from __future__ import annotations

import base64
import importlib.util
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.commands import ROOT, environment
from tests.ui.conftest import served


def ui(*arguments: str, home: Path, sockets: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", *arguments],
        cwd=ROOT, env=environment(home, sockets=sockets), capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def mistake(*arguments: str, home: Path) -> str:
    """Return the one line that a mistake gets."""
    run = ui(*arguments, home=home)
    [line] = run.stderr.splitlines()
    assert (run.returncode, run.stdout) == (2, "")
    assert line.startswith("ui: ")
    return line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--index", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--config", "/nowhere.yaml"], "There is no configuration file /nowhere.yaml"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    assert said in mistake(*arguments, home=tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7"])
def test_others_are_let_in_with_passwords_only(tmp_path: Path, host: str) -> None:
    assert mistake("--host", host, home=tmp_path) == (
        f"ui: On {host} others can reach the page, so it needs names and passwords; give a file of them with --auth."
    )


@pytest.mark.parametrize("host", [[], ["--host", "0.0.0.0"]])
@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "cannot be read (No such file or directory); give --auth a file of lines like anna:her password."),
        ("", "names nobody; write a line like anna:her password."),
        ("# anna:her password\n", "names nobody; write a line like anna:her password."),
        ("anna:sesame\n", "has no name or fewer than 8 characters of password; write it as anna:her password."),
    ],
)
def test_a_file_of_passwords_that_lets_nobody_in(
    tmp_path: Path, written: str | None, said: str, host: list[str]
) -> None:
    users = tmp_path / "users"
    if written is not None:
        users.write_text(written)
    line = mistake("--auth", str(users), *host, home=tmp_path)
    assert line.startswith(f"ui: {users}")
    assert line.endswith(said)
    assert "sesame" not in line


@pytest.mark.skipif(importlib.util.find_spec("mcp") is not None, reason="the package mcp is installed")
def test_mcp_without_its_package(tmp_path: Path) -> None:
    assert mistake("--mcp", home=tmp_path) == "ui: --mcp needs a package more: pip install 'newsroom-rag[mcp]'."


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
    assert run.stderr == f"ui: Port {port} on 127.0.0.1 is taken or not allowed; give another with --port.\n"


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
def test_a_page_with_passwords_starts_and_lets_in_whoever_has_one(tmp_path: Path, newsroom_index: Path) -> None:
    users = tmp_path / "users"
    users.write_text("anna:her password\n")
    with served(newsroom_index, tmp_path, "--auth", str(users)) as (address, _):
        for path in ("", "config", "gradio_api/info"):
            assert status(address + path) == 401
            assert status(address + path, "anna:his password") == 401
            assert status(address + path, "anna:her password") == 200


def status(address: str, who: str | None = None) -> int:
    headers = {"Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"} if who else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
