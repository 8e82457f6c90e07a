"""What the driver asks of a run and what the run tells it: two files of JSON, and how asking is timed.

The peers' environments lack our packages, so only the standard library is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rag.errors import RagError, in_a_line

TOP = 5  # passages told for each question
WARM_UP = 10  # questions asked before any is timed
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be indexed and asked.

    passages: a file of rows with id, text (what is indexed) and passage (ours alone). questions: of rows with id and
    question. embedder, reader: folders of weights. precision: fp32, bf16 or, for ours, auto. read: passages read for a
    question. depth: passages fetched by each search before they are fused. config: ours alone.
    """

    passages: str
    questions: str
    embedder: str
    reader: str
    precision: str
    read: int
    depth: int
    result: str
    config: str | None = None

    @classmethod
    def load(cls, path: str | Path) -> Job:
        """Read what `save` wrote."""
        return cls(**json.loads(Path(path).read_text("utf-8")))

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)), "utf-8")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one question: the ids of the best passages, and the answer; None: none was given.

    error: why asking failed. An answer is then None.
    """

    retrieved: tuple[str, ...]
    answer: str | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question by its id: what was told, and the seconds it took."""

    row_id: str
    seconds: float
    told: Told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run measured. indexing: seconds. ways: by name, each a way to ask; "" where there is but one."""

    versions: Mapping[str, str]
    passages: int
    indexing: float
    peak_bytes: int
    ways: Mapping[str, tuple[Asked, ...]]

    def save(self, path: str | Path) -> None:
        """Write it as JSON, in one step."""
        beside = Path(f"{path}.new")
        beside.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")
        beside.replace(path)


def read_outcome(path: str | Path) -> Outcome:
    """Read what `Outcome.save` wrote. Raises RagError for a file that is none."""
    try:
        raw = json.loads(Path(path).read_text("utf-8"))
        ways = {str(name): tuple(map(_asked, each)) for name, each in raw["ways"].items()}
        versions = {str(name): str(one) for name, one in raw["versions"].items()}
        found = Outcome(versions, int(raw["passages"]), float(raw["indexing"]), int(raw["peak_bytes"]), ways)
        if not ways or not all(ways.values()) or found.indexing <= 0:
            raise ValueError("it measured nothing")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RagError(f"{path} is no result of a run ({type(error).__name__}: {error}); run it again.") from error
    return found


def _asked(raw: Mapping[str, Any]) -> Asked:
    told = raw["told"]
    answer = None if told["answer"] is None else str(told["answer"])
    return Asked(
        str(raw["row_id"]), float(raw["seconds"]), Told(tuple(map(str, told["retrieved"])), answer, str(told["error"]))
    )


def rows(path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def ask_each(questions: Sequence[Mapping[str, str]], ask: Callable[[str], Told]) -> tuple[Asked, ...]:
    """Ask the first few untimed, then all. A question that fails is told with its error."""
    for row in questions[:WARM_UP]:
        _tried(row["question"], ask)
    found = []
    for row in questions:
        began = time.perf_counter()
        told = _tried(row["question"], ask)
        found.append(Asked(row["id"], time.perf_counter() - began, told))
    return tuple(found)


def _tried(question: str, ask: Callable[[str], Told]) -> Told:
    try:
        return ask(question)
    except Exception as error:  # one question that fails must not end the run
        return Told((), None, in_a_line(error))


def versions(*names: str) -> dict[str, str]:
    """Return the versions of installed packages."""
    return {name: version(name) for name in names}


def peak_bytes() -> int:
    """Return the most memory of this process that was ever resident, in bytes; see rag.eval.speed."""
    if _STATUS.exists():
        for line in _STATUS.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def say(text: str) -> None:
    """Tell how far a run has come."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
