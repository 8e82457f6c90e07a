"""The command line: `python -m rag index`, `watch`, `ask`, `verify` and `doctor`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from rag.errors import QuestionError
from rag.exits import DONE, FAILED, exit_status, stoppable

UNBROKEN = 100_000  # characters; wider than any sentence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parsed = _parser().parse_args(arguments)
    stopped = "stopped; an index that was there before is untouched."
    return exit_status("rag", lambda: parsed.command(parsed), stopped=stopped)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m rag", description="Ask a folder of news articles. Works offline.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    index = commands.add_parser("index", help="build or refresh an index from folders of articles")
    index.add_argument("--articles", nargs="+", metavar="DIR", help="folders or files (default: from config.yaml)")
    index.set_defaults(command=_index)
    watch = commands.add_parser("watch", help="follow folders and refresh the index when something in them changed")
    watch.add_argument("--articles", nargs="+", metavar="DIR", help="default: those of --index, else of config.yaml")
    watch.add_argument("--every", type=_seconds, default=5.0, metavar="SECONDS", help="between two looks (default: 5)")
    watch.set_defaults(command=_watch)
    ask = commands.add_parser("ask", help="ask one question, or a file of questions")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--questions", metavar="FILE.jsonl", help='rows {"question": ...}; one Answer a line, in order')
    ask.add_argument("--publisher", action="append", metavar="NAME", help="only this publisher (may be repeated)")
    ask.add_argument("--from", dest="published_from", metavar="DAY", help="published on this day or later, 2025-02-04")
    ask.add_argument("--to", dest="published_to", metavar="DAY", help="published on this day or earlier")
    ask.set_defaults(command=_ask)
    verify = commands.add_parser("verify", help="check every quote of saved answers against the index and its files")
    verify.add_argument("answers", metavar="FILE", help="an Answer as JSON, or one a line, as `ask --json` prints it")
    verify.set_defaults(command=_verify)
    doctor = commands.add_parser(
        "doctor", help="look at the installation, the models and the index, and say what to mend"
    )
    doctor.set_defaults(command=_doctor)
    for command in (index, watch, ask, verify, doctor):
        command.add_argument("--index", metavar="DIR", help="where the index lives (default: from config.yaml)")
        command.add_argument("--config", metavar="FILE", help="the config.yaml to use (default: the nearest)")
    for command in (index, ask, verify, doctor):
        command.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:  # not NaN either
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.1 to 86400")
    return seconds


def _index(parsed: argparse.Namespace) -> None:
    from rag.terminal import progress_bars, render_report
    from rag.wiring import make_index

    console = Console(stderr=True)
    if console.is_terminal:
        console.print("Loading the embedder …", style="dim")
    with progress_bars(console) as progress:
        report = make_index(parsed.config, articles=parsed.articles, index=parsed.index, progress=progress)
    if parsed.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        _page().print(render_report(report))


def _watch(parsed: argparse.Namespace) -> None:
    stop_if_asked = stoppable()
    from rag.articles import showable
    from rag.config import load_config
    from rag.terminal import progress_bars
    from rag.watch import Follower, watch

    def look() -> bytes:
        stop_if_asked()
        return follower.look()

    def refresh() -> str:
        with progress_bars(Console(stderr=True)) as progress:
            return follower.refresh(progress)

    def tell(line: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)

    def warn(sentence: str) -> None:
        print(f"rag: {sentence}", file=sys.stderr, flush=True)

    follower = Follower(load_config(parsed.config), parsed.articles, parsed.index)
    followed = ", ".join(showable(str(folder)) for folder in follower.folders)
    tell(f"Following {followed} for {showable(str(follower.index))} (Ctrl-C stops it).")
    watch(look, refresh, every=parsed.every, tell=tell, warn=warn)


def _ask(parsed: argparse.Namespace) -> None:
    from rag.config import load_config
    from rag.terminal import render_answer
    from rag.wiring import open_assistant

    settings = load_config(parsed.config)
    questions = _questions(parsed, settings.asking.max_question)
    console = Console(stderr=True)
    with console.status("Opening the index and loading the models (a few seconds) …"):
        assistant = open_assistant(settings, index=parsed.index)
    for question in questions:
        with console.status("Searching and reading …"):
            answer = assistant.answer(
                question,
                publishers=parsed.publisher,
                published_from=parsed.published_from,
                published_to=parsed.published_to,
            )
        if parsed.json:
            print(json.dumps(answer.to_json(), ensure_ascii=False), flush=True)
        else:
            page = _page()
            if parsed.questions is not None:
                page.print(f"\n{question}", style="bold", markup=False)
            page.print(render_answer(answer))


def _verify(parsed: argparse.Namespace) -> int:
    from rag.articles import scan
    from rag.config import load_config, near
    from rag.saved import read_answers
    from rag.store import Snapshot
    from rag.verify import verify
    from rag.wiring import index_path

    answers = read_answers(parsed.answers)
    snapshot = Snapshot.open(index_path(load_config(parsed.config), parsed.index))
    with Console(stderr=True).status("Reading the folders of the index …"):
        folders = [near(folder) for folder in snapshot.manifest.folders if Path(folder).exists()]
        raw = {record.digest for record in scan(folders, lambda _: None)} if folders else set()
    findings = [(answer, verify(answer, snapshot, raw)) for answer in answers]
    quotes = [finding for _, found in findings for finding in found]
    faults = [finding for finding in quotes if finding.fault]
    if parsed.json:
        print(json.dumps({"answers": len(answers), "quotes": len(quotes), "faults": [one.to_json() for one in faults]}))
    else:
        page = _page()
        for one in faults:
            page.print(one.sentence(), style="bold", markup=False)
        held = len(quotes) - len(faults)
        page.print(f"Quotes that hold: {held} of {len(quotes)}; answers read: {len(answers)}.", markup=False)
    return FAILED if faults else DONE


def _doctor(parsed: argparse.Namespace) -> int:
    from rag.doctor import State, examine
    from rag.terminal import render_finding

    findings = []
    for one in examine(parsed.config, parsed.index):
        findings.append(one)
        if not parsed.json:
            _page().print(render_finding(one.state, one.about, one.found, one.remedy))
    faults, warnings = (sum(one.state is state for one in findings) for state in (State.FAULT, State.WARNING))
    if parsed.json:
        told = {"faults": faults, "warnings": warnings, "findings": [one.to_json() for one in findings]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        _page().print(f"Faults: {faults}; warnings: {warnings}; findings: {len(findings)}.", style="bold")
    return FAILED if faults else DONE


def _page() -> Console:
    """Return standard output; when piped, lines are not broken to a screen's width."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=UNBROKEN)


def _questions(parsed: argparse.Namespace, most: int) -> list[str]:
    """Return what is asked, cleaned. Raises QuestionError before anything slow starts."""
    from rag.assistant import clean_question

    if (parsed.question is None) == (parsed.questions is None):
        raise QuestionError('Give one question, as in: python -m rag ask "Who won?"; or --questions FILE.jsonl.')
    if parsed.questions is None:
        return [clean_question(parsed.question, most)]
    path = Path(parsed.questions)
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path} cannot be read ({error}); give a file of JSON lines.") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            question = _row_question(line, f"{path}:{number}")
            try:
                questions.append(clean_question(question, most))
            except QuestionError as error:
                raise QuestionError(f"{path}:{number}: {error}") from error
    if not questions:
        raise QuestionError(f'{path} holds no question; each line is like {{"question": "Who won?"}}.')
    return questions


def _row_question(line: str, place: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{place} is not JSON ({error}).") from error
    question = row.get("question") if isinstance(row, dict) else None
    if not isinstance(question, str):
        raise QuestionError(f'{place} has no "question" that is a text.')
    return question


if __name__ == "__main__":
    sys.exit(main())
