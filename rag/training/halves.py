"""What each feature of the rule earns: fitted on one half of the trials, told of the other, with it and without.

What this module does not know: how a rule is fitted (decision.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from rag.eval.confidence import reliability
from rag.eval.statistics import compare
from rag.reading.rule import FEATURES
from rag.training.decision import decided_rightly, fit_rule, outcomes, report
from rag.training.trials import Trial


def halves(kinds: Mapping[str, Sequence[Trial]]) -> Iterator[str]:
    """Yield, as lines, how every further feature does on what was not fitted, and what all of them are worth."""
    rightly: list[list[NDArray[np.float64]]] = []
    tables: list[NDArray[np.float64]] = []
    for count in range(1, len(FEATURES) + 1):
        features = FEATURES[:count]
        name = " and ".join(features)
        rightly.append([])
        tables.clear()
        for half in (0, 1):
            rule = fit_rule([[trial for trial in trials if trial.half == half] for trials in kinds.values()], features)
            for kind, trials in kinds.items():
                others = [trial for trial in trials if trial.half != half]
                if not others:
                    continue
                rightly[-1].append(decided_rightly(others, rule))
                tables.append(outcomes(others, rule))
                yield f"{name}, {kind}, not fitted half {1 - half}: {json.dumps(report(others, rule))}"
        if count > 1:
            with_it, without = (np.concatenate(parts) for parts in (rightly[-1], rightly[-2]))
            found = json.dumps(asdict(compare(with_it, without)))
            yield f"decided rightly, with {features[-1]} against without: {found}"
    yield "With all features, not fitted:\n| trials | confidence | right | |\n|---:|---:|---:|---|"
    for count, confidence, right in reliability(*np.concatenate(tables)[:, :2].T):
        yield f"| {count:,} | {confidence:.0%} | {right:.0%} | {'█' * round(20 * right)} |"
