"""The manners that machines keep: ruff and mypy, as `make check` runs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.commands import ROOT


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_manners(arguments: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
