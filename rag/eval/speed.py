"""How fast answers come: every stage of every question, warm; memory; a fresh process until its first answer.

One question is asked after the other, as a person does. A saved measurement holds every timing, so another one (another
engine, number format or number of threads) can be laid beside it, question by question. What this module does not
know: whether an answer is right, and how figures are shown.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.assistant import Assistant
from rag.errors import QuestionError, RagError, in_a_line
from rag.eval.questions import QuestionRow
from rag.eval.statistics import Comparison, Interval, Rows, Values, compare, interval

STAGES = ("retrieve", "read", "decide", "total")
WARM_UP = 10  # questions asked before any is timed: models lay out memory and choose kernels at their first inputs
PERCENTILES = (50, 95)
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Timing:
    """One question: how many passages were read for it, and the seconds of each stage, one value a repeat.

    error: why it could not be asked; then there are no seconds.
    """

    row_id: str
    passages: int
    seconds: Mapping[str, tuple[float, ...]]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """A measurement. opening: seconds until an index and its models were open. cold: seconds of fresh processes.

    peak_bytes: most memory that was resident while opening and asking. about: what was measured, on what machine.
    """

    timings: tuple[Timing, ...]
    opening: float
    cold: tuple[float, ...]
    peak_bytes: int
    about: Mapping[str, Any]

    @property
    def failed(self) -> list[Timing]:
        """The questions that could not be asked."""
        return [timing for timing in self.timings if timing.error]

    def to_json(self) -> dict[str, Any]:
        """Return everything, ready for `json.dumps`."""
        return {
            "about": dict(self.about),
            "figures": {name: asdict(one) for name, one in figures(self.timings).items()},
            "opening": self.opening,
            "cold": list(self.cold),
            "peak_bytes": self.peak_bytes,
            "timings": [asdict(timing) for timing in self.timings],
        }


def time_all(
    rows: Sequence[QuestionRow],
    assistant: Assistant,
    *,
    repeat: int = 1,
    warm_up: int = WARM_UP,
    on_done: Callable[[], object] = lambda: None,
) -> list[Timing]:
    """Ask all questions, `repeat` times over, after asking the first few untimed."""
    for row in rows[:warm_up]:
        _asked(row, assistant)
    passes: list[list[Timing]] = []
    for _ in range(repeat):
        passes.append([])
        for row in rows:
            passes[-1].append(_asked(row, assistant))
            on_done()
    return [_joined(times) for times in zip(*passes, strict=True)]


def _asked(row: QuestionRow, assistant: Assistant) -> Timing:
    try:
        answer, reading = assistant.examine(row.question)
    except Exception as error:  # one question that fails must not end an hour of measuring
        return Timing(row.row_id, 0, {}, in_a_line(error))
    read = len(reading.hits) - len(reading.unread)
    return Timing(row.row_id, read, {stage: (answer.seconds[stage],) for stage in STAGES})


def _joined(times: Sequence[Timing]) -> Timing:
    """Return the timings of one question as one; those of a question that failed once are not used."""
    failed = next((time for time in times if time.error), None)
    if failed:
        return failed
    seconds = {stage: tuple(value for time in times for value in time.seconds[stage]) for stage in STAGES}
    return Timing(times[0].row_id, times[0].passages, seconds)


def figures(timings: Sequence[Timing]) -> dict[str, Interval]:
    """Return what the timings come to, each with its 95% interval over questions.

    stage_p50, stage_p95: seconds, over all questions and repeats. questions_per_second: by the time of whole answers;
    passages_per_second: by the time of reading alone. None of a question that failed; nothing where all did.
    """
    known = [timing for timing in timings if not timing.error]
    if not known:
        return {}
    seconds = {stage: np.array([timing.seconds[stage] for timing in known]) for stage in STAGES}
    passages = np.array([timing.passages * len(timing.seconds["read"]) for timing in known], dtype=np.float64)

    def percentile(stage: str, percent: int) -> Callable[[Rows], float]:
        return lambda rows: float(np.percentile(seconds[stage][rows], percent))

    def rate(done: Values, stage: str) -> Callable[[Rows], float]:
        return lambda rows: float(done[rows].sum() / max(seconds[stage][rows].sum(), 1e-9))

    asked = np.full(len(known), float(seconds["total"].shape[1]))
    wanted = {f"{stage}_p{percent}": percentile(stage, percent) for stage in STAGES for percent in PERCENTILES}
    wanted |= {"questions_per_second": rate(asked, "total"), "passages_per_second": rate(passages, "read")}
    return {name: interval(figure, len(known)) for name, figure in wanted.items()}


def cold_starts(command: Sequence[str], times: int) -> tuple[float, ...]:
    """Run a command so many times; return the seconds from each start to the first line it prints.

    Its files are in the system's memory after the first time, as they are for whoever asks twice a day. Raises RagError
    with what it said where it prints nothing.
    """
    return tuple(_first_line(command) for _ in range(times))


def _first_line(command: Sequence[str]) -> float:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True) as process:  # noqa: S603
            assert process.stdout is not None
            line = process.stdout.readline()
            took = time.perf_counter() - began
            process.stdout.read()
        if not line or process.returncode:
            complaints.seek(0)
            said = " ".join(complaints.read().split())[-300:] or f"exit {process.returncode}, and nothing said"
            raise RagError(f"A fresh process gave no answer ({said}); see what '{' '.join(command)}' says.")
    return took


def ask_command(question: str, *, index: str | None, config: str | None) -> list[str]:
    """Return the command by which a person asks a question in a fresh process."""
    named = [*(("--index", index) if index else ()), *(("--config", config) if config else ())]
    return [sys.executable, "-m", "rag", "ask", "--json", *named, "--", question]


def peak_bytes() -> int:
    """Return the most memory of this process that was ever resident, in bytes.

    Linux tells it of the program itself; getrusage would count what the process that started it had in use.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def own_bytes() -> int | None:
    """Return this process's memory that no file stands behind, in bytes; None where the system does not tell.

    The rest of what is resident are pages of files that are mapped, which the system takes back when it needs them.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text("ascii", "replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return None


def read_speed(path: str | Path) -> dict[str, Any]:
    """Return a measurement written by --json. Raises QuestionError for a file that is none."""
    try:
        saved = json.loads(Path(path).read_text("utf-8"))
        {name: Interval(**one) for name, one in saved["figures"].items()}
        saved["opening"], saved["cold"], saved["peak_bytes"], saved["about"]
        _totals(saved["timings"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise QuestionError(f"{path} is no measurement of 'python -m rag.eval speed --json' ({error!r}).") from error
    found: dict[str, Any] = saved
    return found


def check_same(saved: Mapping[str, Any], rows: Sequence[QuestionRow], place: str) -> None:
    """Raise QuestionError unless a saved measurement asked just these questions."""
    asked = [timing["row_id"] for timing in saved["timings"]]
    wanted = [row.row_id for row in rows]
    if asked != wanted:
        raise QuestionError(
            f"{place} is of other questions ({len(asked)}, {len({*asked} & {*wanted})} of them among these "
            f"{len(wanted)}); measure both with the same --questions and --limit."
        )


def beside(saved: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[float, Comparison] | None:
    """Return how many times as fast whole answers come now, and the difference in seconds a question.

    By the median of each question's repeats, over the questions that neither failed; None where there are none.
    """
    before, after = _totals(saved["timings"]), _totals(now["timings"])
    both = [name for name in before if name in after]
    if not both:
        return None
    one, other = (np.array([totals[name] for name in both]) for totals in (after, before))
    return float(other.sum() / one.sum()), compare(one, other)


def _totals(timings: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {timing["row_id"]: float(np.median(timing["seconds"]["total"])) for timing in timings if not timing["error"]}
