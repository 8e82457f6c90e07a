"""The numbers by which an answer is chosen, trusted or withheld. They belong to a reader and lie beside its weights.

What this module does not know: how the features of a candidate are computed (decide.py) or the numbers fitted
(rag.training).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import ModelError

RULE_FILE = "decision.json"
FEATURES = ("margin", "retrieval", "polar")
OF_QUESTIONS = ("polar",)  # the same for all candidates of a question: they tell how sure to be, not which to prefer


@dataclass(frozen=True, slots=True)
class Measured:
    """How often the answers called by one word were right, of questions that their confidence was not fitted on.

    answers: how many were called so. right: share, 0..1.
    """

    answers: int
    right: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A logistic rule: confidence = 1 / (1 + exp(-(bias + Σ weight · feature))).

    Below threshold the answer is withheld.
    Without fitted numbers the margin alone decides: an answer must be likelier than no answer.
    fault: confidence in an answer to a question that is itself at fault, which is withheld.
    measured: by word of `rag.types.LIKELIHOOD`; empty where nothing was measured.
    ceiling: (a, b), when the reader was never met with a margin above a + b × retrieval; None where that is not known.
    """

    bias: float = 0.0
    weights: Mapping[str, float] = field(default_factory=lambda: {"margin": 1.0})
    threshold: float = 0.5
    ceiling: tuple[float, float] | None = None
    fault: float = 0.05
    measured: Mapping[str, Measured] = field(default_factory=dict)

    def score(self, features: Mapping[str, float]) -> float:
        """Return bias + Σ weight · feature, in logits."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())

    def margin(self, score: float, retrieval: float) -> float:
        """Return the margin with which a candidate of this retrieval has a score, where no Yes or No is asked for."""
        rest = self.bias + self.weights.get("retrieval", 0.0) * retrieval
        return (score - rest) / (self.weights.get("margin") or 1.0)

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the estimated probability, 0..1, that a candidate with these features is right."""
        return logistic(self.score(features))

    def passes(self, features: Mapping[str, float]) -> bool:
        """Whether a candidate with these features would be told."""
        return self.confidence(features) >= self.threshold


def logistic(score: float) -> float:
    """Return 1 / (1 + e^-score)."""
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, score))))


def load_rule(folder: Path) -> Rule:
    """Return the rule beside a reader's weights, or the margin-only rule where there is none.

    Raises ModelError when the file is there and cannot be used.
    """
    path = folder / RULE_FILE
    if not path.is_file():
        return Rule()
    try:
        raw = json.loads(path.read_text("utf-8"))
        weights = {str(name): float(weight) for name, weight in raw["weights"].items()}
        ceiling = (float(raw["ceiling"][0]), float(raw["ceiling"][1])) if "ceiling" in raw else None
        fault = float(raw.get("fault", Rule().fault))
        measured = {
            str(word): Measured(int(count), float(right)) for word, (count, right) in raw.get("measured", {}).items()
        }
        rule = Rule(float(raw["bias"]), weights, float(raw["threshold"]), ceiling, fault, measured)
        if (
            not all(map(math.isfinite, (rule.bias, *weights.values(), *(ceiling or ()))))
            or not 0 <= rule.threshold <= 1
            or not all(0 <= share <= 1 for share in (rule.fault, *(one.right for one in measured.values())))
        ):
            raise ValueError("a number is not finite, or the threshold, the fault or a share is not between 0 and 1")
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be used ({error}); fit it again or delete it.") from error
    unknown = sorted(set(weights) - set(FEATURES))
    if unknown:
        raise ModelError(f"{path} has a weight for {unknown[0]!r}; the features are {', '.join(FEATURES)}.")
    return rule
