"""A virtual environment for each peer, and a run of a script in one.

Versions are pinned to those that were found to work together with the reader and embedder that come along. torch is
installed first and alone, as in the Makefile, or pip would take the CUDA build, several GB.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rag.config import PROJECT
from rag.errors import RagError
from rag.eval.peers.job import Job, Outcome, read_outcome

TORCH = "torch==2.13.0"
OURS = "ours"
PEERS: Mapping[str, tuple[str, ...]] = {
    "haystack": (
        "haystack-ai==3.4.1",
        "transformers-haystack==2.0.0",
        "sentence-transformers-haystack==2.0.0",
        "sentence-transformers==6.2.0",
        "transformers==5.24.0",
    ),
    "txtai": ("txtai==9.14.0", "transformers==5.24.0"),
}
READY = "peer.txt"  # in an environment that is whole: what was installed
OFFLINE = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "true"}
_SAID = 400  # characters of what a process said last


def install(name: str, work: Path, torch_index: str | None = None) -> Path:
    """Make a peer's environment, unless it is there, and return its Python. Raises RagError with what pip says."""
    folder = work / f"venv-{name}"
    python, ready = folder / "bin" / "python", folder / READY
    wanted = "\n".join((TORCH, *PEERS[name]))
    if ready.is_file() and ready.read_text("utf-8") == wanted:
        return python
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _called([sys.executable, "-m", "venv", "--clear", str(folder)], f"{name} has no environment")
    place = ["--index-url", torch_index] if torch_index else []
    _called([*pip, *place, TORCH], f"{name}: {TORCH} could not be installed")
    _called([*pip, *PEERS[name]], f"{name} could not be installed")
    ready.write_text(wanted, "utf-8")
    return python


def run(name: str, python: Path, job: Job, work: Path) -> Outcome:
    """Run a script with a job and return what it measured. Raises RagError with what it said last.

    It is started so that it finds this package, but no module of the folder it lies in or is started from.
    """
    job.save(work / f"{name}.job.json")
    Path(job.result).unlink(missing_ok=True)
    script = Path(__file__).with_name(f"run_{name}.py")
    environment = {**os.environ, **OFFLINE, "PYTHONPATH": str(PROJECT)}
    command = [str(python), "-P", str(script), str(work / f"{name}.job.json")]
    _called(command, f"{name} could not be run", environment)
    return read_outcome(job.result)


def _called(command: Sequence[str], failing: str, environment: Mapping[str, str] | None = None) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)  # noqa: S603
    except OSError as error:
        raise RagError(f"{failing} ({error}).") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-_SAID:] or f"exit {done.returncode}, and nothing said"
        raise RagError(f"{failing} ({said}).")
