"""Follow-up questions over dialogues about one article each: whether it is found, and the answer read, a turn later.

Each distinct context of SQuAD-style rows with a history becomes an article of an index that is thrown away. Every turn
is searched for in three ways, and some are answered: see WAYS. Earlier turns have the annotators' answers, which are
quotes of the very article that is wanted; or none; or the assistant's own: see `retold`. What this module does not
know: how a question is resolved (rag.followup).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from rag.assistant import Assistant
from rag.config import Config, load_config
from rag.errors import ConfigError, QuestionError
from rag.eval.commands import check_folders, write_json
from rag.eval.harness import unforced
from rag.eval.metrics import token_f1
from rag.eval.ranking import first_of_each, hit_at, reciprocal_rank
from rag.eval.report import share
from rag.eval.rows import Row, read_rows, with_history
from rag.eval.statistics import Comparison, Interval, Values, compare, mean_interval
from rag.followup import Resolved, follows_up, resolve
from rag.terminal import progress_bars
from rag.types import Hit, IndexReport, Query
from rag.wiring import Parts, make_assistant, make_index, make_retriever, open_parts

ANSWERED = 200  # turns read by default: three ways of a tenth to a fifth of a second each
FIGURES = ("article_hit@1", "article_hit@5", "article_rr@10", "answer_f1")


def alone(row: Row) -> Resolved:
    """Forget the dialogue."""
    return Resolved(row.question, row.question)


def after_last(row: Row) -> Resolved:
    """Put the last turn before the question, whatever it says, to search and to read."""
    asked = " ".join(with_history(row, 1).split())
    return Resolved(asked, asked)


def resolved(row: Row) -> Resolved:
    """Do as the assistant does."""
    return resolve(row.question, row.history)


WAYS: Mapping[str, Callable[[Row], Resolved]] = {"alone": alone, "after last turn": after_last, "resolved": resolved}
GROUPS: Mapping[str, Callable[[Row], bool]] = {
    "first turns": lambda row: not row.history,
    "later turns": lambda row: bool(row.history),
    "later, pointing back": lambda row: bool(row.history) and follows_up(row.question),
    "later, standing alone": lambda row: bool(row.history) and not follows_up(row.question),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn and, by way, its figures 0..1 (see FIGURES) and its answer; both lack what was not read."""

    row: Row
    scores: Mapping[str, Mapping[str, float]]
    answers: Mapping[str, str]


def retold(rows: Sequence[Row], answer: Callable[[str, Sequence[tuple[str, str]]], str]) -> Iterator[Row]:
    """Give the rows with other answers in their history. answer: (question, earlier turns) → what is said, or ""."""
    known: dict[tuple[str, tuple[str, ...]], str] = {}  # by context and questions
    for row in rows:
        told: list[tuple[str, str]] = []
        for question, _ in row.history:
            key = row.context, (*(before for before, _ in told), question)
            if key not in known:
                known[key] = answer(question, told)
            told.append((question, known[key]))
        yield replace(row, history=tuple(told))


@contextmanager
def indexed(
    rows: Sequence[Row], settings: Config, aside: Console
) -> Iterator[tuple[Parts, dict[str, str], IndexReport]]:
    """Give an index of all contexts, each one an article, with the models, and every context's article_id."""
    names = {context: f"context-{n}" for n, context in enumerate(dict.fromkeys(row.context for row in rows))}
    with tempfile.TemporaryDirectory(prefix="rag-eval-") as folder:
        articles = Path(folder) / "contexts.jsonl"
        lines = (json.dumps({"article_id": name, "text": context}) for context, name in names.items())
        articles.write_text("\n".join(lines) + "\n", "utf-8")
        place = Path(folder) / "index"
        with progress_bars(aside) as progress:
            built = make_index(settings, articles=[articles], index=place, progress=progress)
        yield open_parts(settings, index=place), names, built


def sample(rows: Sequence[Row], count: int) -> set[str]:
    """Return the ids of so many later turns with an answer, spread evenly over them: the same ones every time."""
    able = [row.row_id for row in rows if row.history and row.answers]
    return {able[place * len(able) // count] for place in range(count)} if count < len(able) else set(able)


def measure(
    rows: Sequence[Row],
    settings: Config,
    parts: Parts,
    names: Mapping[str, str],
    read: set[str],
    *,
    ways: Mapping[str, Callable[[Row], Resolved]] = WAYS,
    on_done: Callable[[], object] = lambda: None,
) -> list[Turn]:
    """Search for every turn in every way, and answer those whose id is in `read`. names: article_ids by context."""
    retriever = make_retriever(settings, parts)
    most, passages = settings.asking.max_question, settings.reading.passages
    turns = []
    for row in rows:
        found: dict[Resolved, tuple[dict[str, float], str]] = {}  # ways often come to the same
        for way in ways.values():
            if (asked := way(row)) in found:
                continue
            # No deeper than the fusion looks in any case, so that the first ones are those that the assistant reads.
            hits = retriever.retrieve(Query(asked.search[-most:]), max(settings.retrieval.depth, passages))
            scores, answer = ranked(hits, names[row.context]), ""
            if row.row_id in read:
                reading = replace(parts.reader.read(asked.read, hits[:passages]), question=row.question)
                told = unforced(reading, parts.rule)
                answer = "" if told.abstained else told.text
                scores["answer_f1"] = token_f1(answer, row.answers)
            found[asked] = scores, answer
        each = {name: found[way(row)] for name, way in ways.items()}
        turns.append(Turn(row, {k: s for k, (s, _) in each.items()}, {k: a for k, (_, a) in each.items() if a}))
        on_done()
    return turns


def ranked(hits: Sequence[Hit], wanted: str) -> dict[str, float]:
    """Return the figures of the ranking of articles, each as high as its best passage. wanted: the right one's id."""
    articles = [hit.passage.source.article_id for hit in hits]
    right = [articles[place] == wanted for place in first_of_each(articles)]
    found = [hit_at(right, 1), hit_at(right, 5), reciprocal_rank(right, 10)]
    return dict(zip(FIGURES, found, strict=False))


def values(turns: Sequence[Turn], way: str, figure: str) -> Values:
    """Return one figure of each turn; nan where it was not read."""
    return np.array([turn.scores[way].get(figure, np.nan) for turn in turns], dtype=np.float64)


def beyond(turns: Sequence[Turn], figure: str, one: str = "resolved", other: str = "alone") -> Comparison | None:
    """Compare two ways on the same turns; None where there is no turn with the figure."""
    pairs = values(turns, one, figure), values(turns, other, figure)
    known = ~np.isnan(pairs[0])
    return compare(pairs[0][known], pairs[1][known]) if known.any() else None


def in_groups(turns: Sequence[Turn]) -> dict[str, list[Turn]]:
    """Return the turns of each group that has any."""
    found = {name: [turn for turn in turns if belongs(turn.row)] for name, belongs in GROUPS.items()}
    return {name: group for name, group in found.items() if group}


def show(turns: Sequence[Turn]) -> Table:
    """Return the figures of each group by way, and the paired difference of the assistant's way and none."""
    table = Table(title="Follow-ups, with 95% intervals")
    table.add_column("", no_wrap=True)
    for name in (*WAYS, "resolved beyond alone"):
        table.add_column(name, justify="right")
    for group, each in in_groups(turns).items():
        table.add_section()
        table.add_row(f"{group}, {len(each):,}", style="bold")
        for figure in FIGURES:
            columns = [mean_interval(values(each, way, figure)) for way in WAYS]
            if count := columns[0].count:
                named = figure.replace("_", " ") + (f", {count:,}" if count < len(each) else "")
                table.add_row(named, *(share(one, figure) for one in columns), _gain(beyond(each, figure)))
    return table


def _own(assistant: Assistant) -> Callable[[str, Sequence[tuple[str, str]]], str]:
    def answer(question: str, history: Sequence[tuple[str, str]]) -> str:
        told = assistant.answer(question, history=history)
        return "" if told.abstained else told.text

    return answer


def _gain(one: Comparison | None) -> str:
    if one is None or one.gain == one.low == one.high == 0:
        return "–"
    return f"{100 * one.gain:+.1f} ({100 * one.low:+.1f} to {100 * one.high:+.1f}), p {one.p:.3f}"


def to_json(turns: Sequence[Turn]) -> dict[str, Any]:
    """Return the figures by group, and every turn: what was asked, in how far it was found, what was answered."""
    told = {}
    for group, each in in_groups(turns).items():
        known = {
            figure: {way: mean_interval(values(each, way, figure)) for way in WAYS}
            for figure in FIGURES
            if not np.isnan(values(each, "alone", figure)).all()
        }
        told[group] = {figure: _with_gain(ways, beyond(each, figure)) for figure, ways in known.items()}
    every = {
        turn.row.row_id: {
            way: {**asdict(ask(turn.row)), **turn.scores[way], "answer": turn.answers.get(way)}
            for way, ask in WAYS.items()
        }
        for turn in turns
    }
    return {"groups": told, "turns": every}


def _with_gain(ways: Mapping[str, Interval], gain: Comparison | None) -> dict[str, Any]:
    return {**{way: asdict(one) for way, one in ways.items()}, "resolved beyond alone": gain and asdict(gain)}


def add_followups(parser: argparse.ArgumentParser) -> None:
    """Say what may follow `followups`."""
    parser.add_argument("--data", nargs="+", required=True, metavar="FILE", help="SQuAD-style rows with a history")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N rows")
    parser.add_argument("--answers", type=int, default=ANSWERED, metavar="N", help="turns read, too (default: 200)")
    parser.add_argument(
        "--earlier",
        choices=("gold", "silent", "own"),
        default="gold",
        help="answers of earlier turns: the annotators' (default), none, the assistant's own",
    )
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--json", metavar="FILE", help="write the figures, and every turn, there")


def followups(parsed: argparse.Namespace, console: Console) -> None:
    """Index the contexts, ask every turn in every way, and show what was found."""
    settings = load_config(parsed.config)
    for name, least in (("limit", 1), ("answers", 0)):
        given = getattr(parsed, name)
        if given is not None and given < least:
            raise ConfigError(f"--{name} must be at least {least}, found {given}.")
    check_folders(parsed.json)
    rows = list(read_rows(parsed.data))[: parsed.limit]
    if not any(row.history for row in rows):
        raise QuestionError(f"{' and '.join(parsed.data)}: no row has a history, so nothing is a follow-up.")
    aside = Console(stderr=True)
    with indexed(rows, settings, aside) as (parts, names, built):
        if built.skipped:
            aside.print(f"{len(built.skipped)} contexts could not be indexed; their turns count as missed.")
        if parsed.earlier != "gold":
            answers = (lambda *_: "") if parsed.earlier == "silent" else _own(make_assistant(settings, parts))
            rows = list(tqdm(retold(rows, answers), total=len(rows), unit="turn", desc="retelling", leave=False))
        with tqdm(total=len(rows), unit="turn", desc="asking", leave=False) as bar:
            read = sample(rows, parsed.answers)
            turns = measure(rows, settings, parts, names, read, on_done=lambda: bar.update(1))
    console.print(show(turns))
    if parsed.json:
        write_json(parsed.json, to_json(turns))
