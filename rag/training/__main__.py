"""`python -m rag.training decision --data ROWS.jsonl.gz ...` fits the decision rule beside a reader's weights."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from rag.config import load_config
from rag.errors import RagError
from rag.reading.extractive import MODEL_FOLDER
from rag.reading.rule import FEATURES, RULE_FILE
from rag.training.decision import fit_rule, make_trials, report
from rag.training.rows import read_rows
from rag.wiring import make_embedder, make_reader


def main() -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser("python -m rag.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    decision = commands.add_parser("decision", help="fit the rule that trusts or withholds an answer")
    decision.add_argument("--data", nargs="+", required=True, metavar="FILE", help="SQuAD-style rows not trained on")
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
    embedder, (reader, _) = make_embedder(settings), make_reader(settings)
    with tqdm(total=len(rows), unit="question") as bar:
        trials = make_trials(
            rows,
            embedder,
            reader,
            tokens=settings.chunking.tokens,
            passages=settings.reading.passages,
            on_done=lambda done: bar.update(int(done - bar.n)),
        )
    halves = [[trial for trial in trials if trial.half == half] for half in (0, 1)]
    for name, features in (("margin alone", ("margin",)), ("all features", FEATURES)):
        for fitted, other in ((0, 1), (1, 0)):
            rule = fit_rule(halves[fitted], features)
            print(f"{name}, fitted on half {fitted}: {json.dumps(report(halves[other], rule))}")
    final = fit_rule(trials)
    saved = {
        "bias": final.bias,
        "weights": dict(final.weights),
        "threshold": final.threshold,
        "fitted_on": [Path(path).name for path in parsed.data],
        "trials": len(trials),
    }
    Path(parsed.out).write_text(json.dumps(saved, indent=1) + "\n", "utf-8")
    print(f"{parsed.out}: {json.dumps(saved)}")


if __name__ == "__main__":
    sys.exit(main())
