"""How a command ends: its status, and what is said."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from rag.errors import ConfigError, ModelError, RagError, StoreMissing
from rag.exits import DONE, FAILED, MISTAKE, OUR_FAULT, STOPPED, exit_status
from tests.commands import ROOT


def raising(error: BaseException):
    def command() -> None:
        raise error

    return command


def test_the_statuses_are_those_of_the_contract() -> None:
    assert (DONE, OUR_FAULT, MISTAKE, STOPPED) == (0, 1, 2, 130)


def test_a_command_that_ends_well_says_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status("rag", lambda: print("43")) == 0
    assert exit_status("rag", lambda: None) == 0
    assert exit_status("rag", lambda: FAILED) == 3  # a check that did not pass
    assert capsys.readouterr() == ("43\n", "")


@pytest.mark.parametrize("kind", [RagError, ConfigError, ModelError, StoreMissing])
def test_a_mistake_is_told_in_one_line(capsys: pytest.CaptureFixture[str], kind: type[RagError]) -> None:
    assert exit_status("rag.eval", raising(kind("There is none; make one."))) == 2
    assert capsys.readouterr() == ("", "rag.eval: There is none; make one.\n")


def test_a_stop_is_told_and_its_status_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status("rag", raising(KeyboardInterrupt())) == 130
    assert exit_status("ui", raising(KeyboardInterrupt()), stopped="closed.", after=0) == 0
    assert capsys.readouterr() == ("", "rag: stopped.\nui: closed.\n")


def test_our_fault_is_one_line_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAG_TRACEBACK", raising=False)
    assert exit_status("rag", raising(ZeroDivisionError("by\n  zero"))) == 1
    told = "rag: internal error (ZeroDivisionError: by zero); RAG_TRACEBACK=1 shows where. Please report it.\n"
    assert capsys.readouterr() == ("", told)
    assert exit_status("rag", raising(ValueError("x" * 5000))) == 1
    assert len(capsys.readouterr().err) < 400


def test_a_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        exit_status("rag", raising(ZeroDivisionError()))
    assert exit_status("rag", raising(ConfigError("no"))) == 2  # a mistake has none


def test_a_call_to_exit_passes_through() -> None:
    with pytest.raises(SystemExit):
        exit_status("rag", raising(SystemExit(3)))


def test_a_screen_that_knows_no_quotation_marks_shows_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    assert exit_status("rag", lambda: print("“43”")) == 0
    screen.flush()
    assert screen.buffer.getvalue() == b"\\u201c43\\u201d\n"


def piped_to_nobody(characters: int) -> tuple[int, str]:
    """Run a command that prints so much into a pipe whose reader has left; return its status and stderr."""
    code = f"import sys, rag.exits as e; sys.exit(e.exit_status('rag', lambda: print('x' * {characters})))"
    reader, writer = os.pipe()
    os.close(reader)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept, stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    return run.returncode, run.stderr


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    assert piped_to_nobody(10**6) == (0, "")


def test_a_reader_that_leaves_before_a_short_answer_is_no_fault_either() -> None:
    assert piped_to_nobody(10) == (0, "")


LOST = """
import os, signal, sys
from rag.exits import exit_status, stoppable

class Falls:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        for _ in range(1000):  # the signal is met in here, where its exception goes nowhere
            pass

def command():
    check = stoppable()
    check()
    Falls()
    print("still here", flush=True)
    check()
    print("never said")

sys.exit(exit_status("rag", command))
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stop_that_falls_into_a_destructor_is_not_lost(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOST.replace("{name}", name)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (STOPPED, "still here\n")
    assert ended.stderr.endswith("rag: stopped.\n")
