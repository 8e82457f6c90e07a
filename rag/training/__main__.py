"""Train a reader on SQuAD-style rows, make rows to pre-train on, fit the rule that trusts or withholds an answer."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from rag.articles import Unreadable, parse, scan
from rag.config import load_config
from rag.engine import PACKAGED_EMBEDDER, set_threads
from rag.errors import ConfigError
from rag.eval.questions import read_questions
from rag.eval.reader import evaluate, predict
from rag.eval.rows import Row, read_rows
from rag.exits import exit_status
from rag.reading.extractive import MODEL_FOLDER, ExtractiveReader
from rag.reading.rule import FEATURES, RULE_FILE
from rag.training.card import write_card
from rag.training.decision import compare, decided_rightly, fit_rule, outcomes, reliability, report
from rag.training.mixture import Mixture, read_sets
from rag.training.recipe import RECIPE_FILE, load_recipe
from rag.training.recurring import recurring_rows
from rag.training.train import Run
from rag.training.trials import Asked, Trial, ask_questions, ask_rows, make_trial
from rag.training.verdict import read_yes_no, try_verdicts
from rag.training.weights import merge, stack
from rag.types import Article, Skipped
from rag.wiring import make_embedder, make_reader, open_assistant


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser("python -m rag.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train a reader; started again with the same --out, it goes on"))
    _add_recurring(commands.add_parser("recurring", help="make pre-training rows from articles: spans said twice"))
    _add_merge(commands.add_parser("merge", help="average the weights of readers that began from the same ones"))
    _add_stack(commands.add_parser("stack", help="make a reader of twice as many layers, to be trained on"))
    _add_verdict(commands.add_parser("verdict", help="measure whether a small model can say Yes or No"))
    _add_decision(commands.add_parser("decision", help="fit the rule that trusts or withholds an answer"))
    parsed = parser.parse_args(arguments)
    return exit_status(
        "rag.training",
        lambda: parsed.run(parsed),
        stopped="stopped; the same command goes on from the last checkpoint.",
    )


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="DIR", help="folder of the recipe's sets, NAME.jsonl[.gz]")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of this run; the reader is in its model/")
    parser.add_argument("--validation", nargs="*", default=[], metavar="FILE", help="rows by which the best is kept")
    parser.add_argument("--recipe", default=str(RECIPE_FILE), metavar="FILE", help="default: the packaged recipe.yaml")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="changes to the recipe")
    parser.add_argument("--init", default=PACKAGED_EMBEDDER, metavar="MODEL", help="first weights (default: MiniLM)")
    parser.add_argument("--teacher", nargs="*", default=[], metavar="MODEL", help="readers to learn from, too")
    parser.add_argument("--threads", type=int, default=0, help="0: one a core")
    parser.set_defaults(run=_train)


def _train(parsed: argparse.Namespace) -> None:
    set_threads(parsed.threads)
    recipe = load_recipe(parsed.recipe, changes_of(parsed.set))
    validation = {path: list(read_rows([path])) for path in parsed.validation}
    sets = read_sets(parsed.data, recipe)
    figures: dict[str, dict[str, float]] = {}

    def validate(folder: Path) -> float:
        reader = ExtractiveReader(str(folder))
        for path, rows in validation.items():
            figures[path] = evaluate(list(predict(rows, reader)))
            print(f"{path}: {json.dumps({name: round(value, 3) for name, value in figures[path].items()})}", flush=True)
        score = sum(found.get("best_f1", found["has_f1"]) for found in figures.values()) / len(figures)
        write_card(folder, recipe, init=parsed.init, teachers=parsed.teacher, steps=run.steps, seconds=run.seconds,
                   rows={name: len(rows) for name, rows in sets.items()}, validation=figures)  # fmt: skip
        return score

    run = Run(recipe, Mixture(sets, recipe), Path(parsed.out), init=parsed.init, teachers=parsed.teacher,
              validate=validate if validation else None)  # fmt: skip
    outcome = run.run()
    print(f"{run.model_folder}: {json.dumps(asdict(outcome))}")


def changes_of(texts: Sequence[str]) -> dict[str, str]:
    """Return --set's KEY=VALUE texts as a mapping. Raises ConfigError for a text of another form."""
    for text in texts:
        if "=" not in text:
            raise ConfigError(f"--set wants KEY=VALUE, found {text!r}.")
    return dict(text.split("=", 1) for text in texts)


def _add_recurring(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--articles", nargs="+", required=True, metavar="DIR", help="folders or files of articles")
    parser.add_argument("--out", required=True, metavar="FILE.jsonl.gz")
    parser.add_argument("--per-article", type=int, default=8)
    parser.set_defaults(run=_recurring)


def _recurring(parsed: argparse.Namespace) -> None:
    articles = _articles(parsed.articles)
    rows = recurring_rows(tqdm(articles, unit="article"), per_article=parsed.per_article)
    with gzip.open(parsed.out, "wt", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(_as_json(row), ensure_ascii=False) + "\n")


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


def _as_json(row: Row) -> dict[str, object]:
    answers = {"text": row.answers, "answer_start": row.starts}
    return {"id": row.row_id, "context": row.context, "question": row.question, "answers": answers,
            "is_impossible": not row.answers}  # fmt: skip


def _add_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", nargs="+", required=True, metavar="MODEL")
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
    parser.add_argument("--data", nargs="+", required=True, metavar="FILE", help="SQuAD-style rows not trained on")
    parser.add_argument("--questions", metavar="FILE", help="hand-written questions, about the articles of --index")
    parser.add_argument("--index", metavar="DIR", help="their index (default: from config.yaml)")
    parser.add_argument("--out", default=str(MODEL_FOLDER / RULE_FILE), metavar="FILE")
    parser.add_argument("--every", type=int, default=1, help="use one row in so many")
    parser.set_defaults(run=_decision)


def _decision(parsed: argparse.Namespace) -> None:
    kinds = _trials(parsed)
    rules = {"margin alone": FEATURES[:1], "with " + ", ".join(FEATURES[1:]): FEATURES}
    rightly: dict[str, list[NDArray[np.float64]]] = {name: [] for name in rules}
    tables: list[NDArray[np.float64]] = []
    for name, features in rules.items():
        tables.clear()
        for half in (0, 1):
            rule = fit_rule([[t for t in trials if t.half == half] for trials in kinds.values()], features)
            for kind, trials in kinds.items():
                others = [trial for trial in trials if trial.half != half]
                rightly[name].append(decided_rightly(others, rule))
                tables.append(outcomes(others, rule))
                print(f"{name}, {kind}, not fitted half {1 - half}: {json.dumps(report(others, rule))}")
    print("| trials | confidence | right | (with all features, not fitted)\n|---:|---:|---:|")
    for count, confidence, right in reliability(np.concatenate(tables)):
        print(f"| {count:,} | {confidence:.0%} | {right:.0%} | {'█' * round(20 * right)}")
    alone, fuller = (np.concatenate(parts) for parts in rightly.values())
    print(f"decided rightly, all against margin alone: {json.dumps(asdict(compare(fuller, alone)))}")
    final = fit_rule(list(kinds.values()), FEATURES)
    saved = {
        "bias": final.bias,
        "weights": dict(final.weights),
        "threshold": final.threshold,
        "fitted_on": {kind: len(trials) for kind, trials in kinds.items()},
    }
    Path(parsed.out).write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    print(f"{parsed.out}: {json.dumps(saved)}")


def _trials(parsed: argparse.Namespace) -> dict[str, list[Trial]]:
    settings = load_config()
    rows = list(read_rows(parsed.data))[:: parsed.every]
    questions = read_questions(parsed.questions) if parsed.questions else []
    embedder, (reader, _) = make_embedder(settings), make_reader(settings)
    kinds: dict[str, list[Asked]] = {}
    if questions:
        kinds["questions"] = ask_questions(questions, open_assistant(settings, index=parsed.index).read)
    with tqdm(total=len(rows), unit="question") as bar:
        kinds["rows"] = ask_rows(
            rows,
            embedder,
            reader,
            tokens=settings.chunking.tokens,
            passages=settings.reading.passages,
            on_done=lambda done: bar.update(int(done - bar.n)),
        )
    return {kind: [make_trial(one) for one in asked] for kind, asked in kinds.items()}


if __name__ == "__main__":
    sys.exit(main())
