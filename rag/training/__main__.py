"""`python -m rag.training decision --data ROWS.jsonl.gz ...` fits the decision rule beside a reader's weights."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from rag.config import load_config
from rag.errors import RagError
from rag.eval.questions import read_questions
from rag.reading.extractive import MODEL_FOLDER
from rag.reading.rule import RULE_FILE
from rag.training.decision import RETRIEVAL_WEIGHTS, fit_rule, make_trials, question_trials, report
from rag.training.rows import read_rows
from rag.wiring import make_embedder, make_reader, open_assistant


def main() -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser("python -m rag.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    decision = commands.add_parser("decision", help="fit the rule that trusts or withholds an answer")
    decision.add_argument("--data", nargs="+", required=True, metavar="FILE", help="SQuAD-style rows not trained on")
    decision.add_argument("--questions", metavar="FILE", help="hand-written questions, about the articles of --index")
    decision.add_argument("--index", metavar="DIR", help="their index (default: from config.yaml)")
    decision.add_argument("--out", default=str(MODEL_FOLDER / RULE_FILE), metavar="FILE")
    decision.add_argument("--every", type=int, default=1, help="use one row in so many")
    parsed = parser.parse_args()
    try:
        _decision(parsed)
    except RagError as error:
        print(f"rag.training: {error}", file=sys.stderr)
        return 2
    return 0


def _decision(parsed: argparse.Namespace) -> None:
    settings = load_config()
    rows = list(read_rows(parsed.data))[:: parsed.every]
    questions = read_questions(parsed.questions) if parsed.questions else []
    embedder, (reader, _) = make_embedder(settings), make_reader(settings)
    kinds = {}
    if questions:
        kinds["questions"] = question_trials(questions, open_assistant(settings, index=parsed.index).read)
    with tqdm(total=len(rows), unit="question") as bar:
        kinds["rows"] = make_trials(
            rows,
            embedder,
            reader,
            tokens=settings.chunking.tokens,
            passages=settings.reading.passages,
            on_done=lambda done: bar.update(int(done - bar.n)),
        )
    for name, weights in (("margin alone", (0.0,)), ("with retrieval", RETRIEVAL_WEIGHTS)):
        for half in (0, 1):
            rule = fit_rule([[t for t in trials if t.half == half] for trials in kinds.values()], weights)
            for kind, trials in kinds.items():
                figures = report([trial for trial in trials if trial.half != half], rule)
                print(f"{name}, {kind}, not fitted half {1 - half}: {json.dumps(figures)}")
    final = fit_rule(list(kinds.values()))
    saved = {
        "bias": final.bias,
        "weights": dict(final.weights),
        "threshold": final.threshold,
        "fitted_on": {kind: len(trials) for kind, trials in kinds.items()},
    }
    Path(parsed.out).write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    print(f"{parsed.out}: {json.dumps(saved)}")


if __name__ == "__main__":
    sys.exit(main())
