"""Train a reader on SQuAD-style rows, make rows to pre-train on, fit the rule that trusts or withholds an answer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from rag.articles import Unreadable, parse, scan
from rag.config import Config, load_config
from rag.engine import PACKAGED_EMBEDDER, set_threads
from rag.errors import ArticlesError, ConfigError
from rag.eval.doors import opened
from rag.eval.rows import write_rows
from rag.exits import exit_status
from rag.reading.extractive import MODEL_FOLDER, ExtractiveReader
from rag.reading.rule import FEATURES, RULE_FILE, load_rule
from rag.training.ablations import ABLATIONS_FILE, ablate, read_variations, table
from rag.training.confidence import TRIED, ask_unsure, fit_confidence, measure, validated
from rag.training.decision import ceiling_of, fit_rule
from rag.training.events import event_rows, read_events
from rag.training.fit import Figures, Fitted, fit
from rag.training.halves import halves
from rag.training.held_out import write_newsroom
from rag.training.library import Library
from rag.training.polar import evenly, read_set
from rag.training.recipe import RECIPE_FILE, Recipe, load_recipe
from rag.training.recurring import recurring_rows
from rag.training.trials import Asked, ask_questions, ask_rows, for_tuning, make_trial
from rag.training.verdict import read_yes_no, try_verdicts
from rag.training.weights import merge, stack
from rag.types import Article, Skipped
from rag.wiring import make_assistant, make_embedder, make_reader, reader_folder

MANY: dict[str, Any] = {"nargs": "+", "action": "extend", "required": True}
SOME: dict[str, Any] = {"nargs": "*", "action": "extend", "default": []}
GOES_ON = "stopped; the same command goes on from the last checkpoint."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser("python -m rag.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train a reader; started again with the same --out, it goes on"))
    _add_ablate(
        commands.add_parser("ablate", help="train variations of the recipe, one by one, and set them side by side")
    )
    _add_recurring(commands.add_parser("recurring", help="make pre-training rows from articles: spans said twice"))
    _add_events(commands.add_parser("events", help="make rows from events and the questions about them"))
    _add_merge(commands.add_parser("merge", help="average the weights of readers that began from the same ones"))
    _add_stack(commands.add_parser("stack", help="make a reader of twice as many layers, to be trained on"))
    _add_verdict(commands.add_parser("verdict", help="measure whether a small model can say Yes or No"))
    _add_decision(commands.add_parser("decision", help="fit the rule that trusts or withholds an answer"))
    _add_confidence(commands.add_parser("confidence", help="fit how sure answers are said to be, end to end"))
    _add_ceiling(commands.add_parser("ceiling", help="measure how sure the reader can be, for a rule that is there"))
    parsed = parser.parse_args(arguments)
    return exit_status(
        "rag.training",
        lambda: parsed.run(parsed),
        stopped=getattr(parsed, "stopped", "stopped."),
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="DIR", help="folder of the recipe's sets, NAME.jsonl[.gz]")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this run; the reader is in its model/")
    parser.add_argument("--validation", **SOME, metavar="FILE", help="rows by which the best is kept")
    parser.add_argument("--recipe", default=str(RECIPE_FILE), metavar="FILE", help="default: the packaged recipe.yaml")
    parser.add_argument("--set", **SOME, metavar="KEY=VALUE", help="changes to the recipe")
    parser.add_argument("--init", default=PACKAGED_EMBEDDER, metavar="MODEL", help="first weights (default: MiniLM)")
    parser.add_argument("--teacher", **SOME, metavar="MODEL", help="readers to learn from, too")
    parser.add_argument("--threads", type=int, default=0, help="0: one a core")
    parser.set_defaults(run=_train, stopped=GOES_ON)


def _train(parsed: argparse.Namespace) -> None:
    set_threads(parsed.threads)
    recipe = load_recipe(parsed.recipe, changes_of(parsed.set))
    fitted = fit(recipe, Path(parsed.out), data=parsed.data, validation=parsed.validation, init=parsed.init,
                 teachers=parsed.teacher, on_look=_show)  # fmt: skip
    print(f"{fitted.folder}: {json.dumps(asdict(fitted.outcome))}")


def _show(figures: Figures) -> None:
    for path, found in figures.items():
        print(f"{path}: {json.dumps({name: round(value, 3) for name, value in found.items()})}", flush=True)


def _add_ablate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="DIR", help="folder of the recipe's sets, NAME.jsonl[.gz]")
    parser.add_argument("--validation", **MANY, metavar="FILE")
    parser.add_argument("--runs", required=True, metavar="DIR", help="a folder for the runs")
    parser.add_argument(
        "--out", required=True, metavar="FILE.jsonl", help="results, a line a run; what it holds is done"
    )
    parser.add_argument("--variations", default=str(ABLATIONS_FILE), metavar="FILE", help="default: ablations.yaml")
    parser.add_argument("--only", **SOME, metavar="NAME", help="these of them")
    parser.add_argument("--recipe", default=str(RECIPE_FILE), metavar="FILE", help="default: the packaged recipe.yaml")
    parser.add_argument("--set", **SOME, metavar="KEY=VALUE", help="changes to every recipe")
    parser.add_argument("--init", default=PACKAGED_EMBEDDER, metavar="MODEL", help="first weights (default: MiniLM)")
    parser.add_argument("--threads", type=int, default=0, help="0: one a core")
    parser.set_defaults(run=_ablate, stopped=GOES_ON)


def _ablate(parsed: argparse.Namespace) -> None:
    set_threads(parsed.threads)
    variations = read_variations(parsed.variations)
    if unknown := [name for name in parsed.only if name not in variations]:
        raise ConfigError(f"{parsed.variations} has no variation {unknown[0]!r}; it has {', '.join(variations)}.")

    def train(recipe: Recipe, folder: Path, init: str, teachers: Sequence[str]) -> Fitted:
        return fit(recipe, folder, data=parsed.data, validation=parsed.validation, init=init, teachers=teachers,
                   again=True)  # fmt: skip

    results = ablate(
        {name: each for name, each in variations.items() if not parsed.only or name in parsed.only},
        Path(parsed.out), Path(parsed.runs), recipe=parsed.recipe, changes=changes_of(parsed.set), init=parsed.init,
        train=train,
    )  # fmt: skip
    print("\n".join(table(results, next(iter(variations)))))


def changes_of(texts: Sequence[str]) -> dict[str, str]:
    """Return --set's KEY=VALUE texts as a mapping. Raises ConfigError for a text of another form."""
    for text in texts:
        if "=" not in text:
            raise ConfigError(f"--set wants KEY=VALUE, found {text!r}.")
    return dict(text.split("=", 1) for text in texts)


def _add_recurring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", **MANY, metavar="DIR", help="folders or files of articles")
    parser.add_argument("--out", required=True, metavar="FILE.jsonl.gz")
    parser.add_argument("--per-article", type=int, default=8)
    parser.set_defaults(run=_recurring)


def _recurring(parsed: argparse.Namespace) -> None:
    out = Path(parsed.out)
    if not out.name.endswith(".jsonl.gz") or not out.parent.is_dir():
        raise ConfigError(f"--out {out} must be a FILE.jsonl.gz in a folder that exists.")
    if missing := [folder for folder in parsed.articles if not Path(folder).exists()]:
        raise ArticlesError(f"{missing[0]} does not exist; give folders or files of articles.")
    rows = recurring_rows(tqdm(_articles(parsed.articles), unit="article"), per_article=parsed.per_article)
    write_rows(rows, out)


def _add_events(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", required=True, metavar="DIR", help="files in the form of eval/reader")
    parser.add_argument("--out", required=True, metavar="DIR", help="a folder for the rows")
    parser.add_argument("--negatives", type=int, default=1, help="passages for a question that do not answer it")
    parser.add_argument("--against", metavar="MODEL", help="half of them, rounded up: those that mislead it most")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.set_defaults(run=_events)


def _events(parsed: argparse.Namespace) -> None:
    settings, out = load_config(parsed.config), Path(parsed.out)
    if not out.is_dir():
        raise ConfigError(f"There is no folder {out} for the rows; make it, or name another by --out.")
    if parsed.negatives < 0:
        raise ConfigError(f"--negatives must be at least 0, found {parsed.negatives}.")
    events = read_events(parsed.events)
    embedder = make_embedder(settings)
    reader = ExtractiveReader(parsed.against) if parsed.against else None
    for name, kept in (("events", False), ("events_held_out", True)):
        part = [event for event in events if event.held_out == kept]
        articles = [article for event in part for article in event.articles]  # no held-out passage is learned from
        library = Library(articles, embedder, settings.chunking.tokens)
        most = {"searched": settings.reading.passages, "negatives": parsed.negatives}
        rows = list(event_rows(tqdm(part, unit="event"), library, **most, reader=None if kept else reader))
        write_rows(rows, out / f"{name}.jsonl.gz")
        if kept:
            write_newsroom(part, out / "held_out")
        questions, missing = sum(len(event.questions) for event in part), sum(not row.answers for row in rows)
        print(f"{name}: {len(part)} events, {questions:,} questions, {len(rows):,} rows, {missing:,} unanswerable")


def _articles(folders: Sequence[str]) -> Iterator[Article]:
    """Yield every article that can be read; say which cannot."""
    skipped: list[Skipped] = []
    for record in scan(folders, skipped.append):
        try:
            yield parse(record).article
        except Unreadable as reason:
            skipped.append(Skipped(record.path, str(reason)))
    for skip in skipped:
        print(f"skipped {skip.path}: {skip.reason}", file=sys.stderr)


def _add_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", **MANY, metavar="MODEL")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.set_defaults(run=lambda parsed: merge(parsed.model, Path(parsed.out)))


def _add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="MODEL")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.set_defaults(run=lambda parsed: stack(parsed.model, Path(parsed.out)))


def _add_verdict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FILE", help="yes/no rows to train on")
    parser.add_argument("--validation", required=True, metavar="FILE")
    parser.add_argument("--init", default=str(MODEL_FOLDER), metavar="MODEL", help="default: the packaged reader")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0, help="0: one a core")
    parser.set_defaults(run=_verdict)


def _verdict(parsed: argparse.Namespace) -> None:
    set_threads(parsed.threads)
    train, validation = read_yes_no(parsed.data), read_yes_no(parsed.validation)
    found = try_verdicts(train, validation, init=parsed.init, epochs=parsed.epochs, seed=parsed.seed)
    print(json.dumps({name: round(value, 3) for name, value in asdict(found).items()}))


def _add_decision(parser: argparse.ArgumentParser) -> None:
    _add_trials(parser)
    parser.set_defaults(run=_decision)


def _add_confidence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", **MANY, metavar="FILE", help="hand-written questions; those named for tuning")
    parser.add_argument("--articles", **MANY, metavar="PATH", help="the articles that they are about")
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--out", metavar="FILE", help="default: beside the configured reader's weights")
    parser.add_argument("--most", type=int, metavar="N", help="use at most N questions of each file, taken evenly")
    parser.set_defaults(run=_confidence)


def _add_ceiling(parser: argparse.ArgumentParser) -> None:
    _add_trials(parser)
    parser.set_defaults(run=_ceiling)


def _add_trials(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", **MANY, metavar="FILE", help="SQuAD-style or yes/no rows not trained on")
    parser.add_argument("--questions", **SOME, metavar="FILE", help="hand-written questions; those named for tuning")
    parser.add_argument(
        "--articles", **SOME, metavar="PATH", help="the articles that they are about; default: from config.yaml"
    )
    parser.add_argument("--config", metavar="FILE", help="default: config.yaml")
    parser.add_argument("--out", metavar="FILE", help="default: beside the configured reader's weights")
    parser.add_argument("--most", type=int, metavar="N", help="use at most N of each file, taken evenly")


def _rule_file(parsed: argparse.Namespace, settings: Config) -> Path:
    out = Path(parsed.out) if parsed.out else reader_folder(settings) / RULE_FILE
    if parsed.most is not None and parsed.most < 1:
        raise ConfigError(f"--most must be at least 1, found {parsed.most}.")
    if not out.parent.is_dir():
        raise ConfigError(f"There is no folder {out.parent} for the rule; name a file by --out.")
    return out


def _ceiling(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    out = _rule_file(parsed, settings)
    load_rule(out.parent)  # says what is wrong with a file that is there
    saved = json.loads(out.read_text("utf-8")) if out.is_file() else None
    if saved is None:
        raise ConfigError(f"There is no rule {out}; fit one by 'python -m rag.training decision'.")
    asked = _asked(parsed, settings)
    saved["ceiling"] = ceiling_of([one.reading for kind in asked.values() for one in kind])
    out.write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    print(f"{out}: ceiling {saved['ceiling']} by {sum(map(len, asked.values())):,} questions")


def _confidence(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    out = _rule_file(parsed, settings)
    rule = load_rule(out.parent)
    rows = [row for path in parsed.questions for row in evenly(for_tuning(path), parsed.most)]
    with tqdm(total=len(rows), unit="question") as bar:
        told = ask_unsure(rows, settings, rule, parsed.articles, on_done=lambda: bool(bar.update()))
    for names in TRIED:
        print(f"{' and '.join(names)}, cross-validated: {json.dumps(validated(told, names))}")
    final = fit_confidence(told, rule)
    saved = json.loads(out.read_text("utf-8")) if out.is_file() else {}
    saved |= {"bias": final.bias, "weights": dict(final.weights), "threshold": final.threshold, "fault": final.fault}
    saved["measured"] = {word: [one.answers, one.right] for word, one in measure(told).items()}
    out.write_text(json.dumps(saved | {"confidence_fitted_on": len(told)}, indent=1) + "\n", "utf-8")
    print(f"{out}: {json.dumps(saved)}")


def _decision(parsed: argparse.Namespace) -> None:
    settings = load_config(parsed.config)
    out = _rule_file(parsed, settings)
    asked = _asked(parsed, settings)
    kinds = {kind: [make_trial(one) for one in found] for kind, found in asked.items()}
    for line in halves(kinds):
        print(line)
    final = fit_rule(list(kinds.values()), FEATURES)
    saved = {
        "bias": final.bias,
        "weights": dict(final.weights),
        "threshold": final.threshold,
        "ceiling": ceiling_of([one.reading for found in asked.values() for one in found]),
        "fitted_on": {kind: len(trials) for kind, trials in kinds.items()},
    }
    out.write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    print(f"{out}: {json.dumps(saved)}")


def _asked(parsed: argparse.Namespace, settings: Config) -> dict[str, list[Asked]]:
    rows = [row for path in parsed.data for row in evenly(list(read_set(Path(path))), parsed.most)]
    files = {path: evenly(for_tuning(path), parsed.most) for path in parsed.questions}
    embedder, (reader, _) = make_embedder(settings), make_reader(settings)
    kinds: dict[str, list[Asked]] = {}
    if files:
        questions = [row for found in files.values() for row in found]
        index = None if parsed.articles else settings.index
        with opened(settings, questions, "the questions", articles=parsed.articles or None, index=index) as parts:
            read = make_assistant(settings, parts).read
            for path, found in files.items():
                kinds.setdefault(f"{Path(path).resolve().parent.name}/", []).extend(ask_questions(found, read))
    with tqdm(total=len(rows), unit="question") as bar:
        kinds["rows"] = ask_rows(
            rows,
            embedder,
            reader,
            tokens=settings.chunking.tokens,
            passages=settings.reading.passages,
            on_done=lambda done: bar.update(int(done - bar.n)),
        )
    return kinds


if __name__ == "__main__":
    sys.exit(main())
