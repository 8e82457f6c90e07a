"""One reader from start to end: rows and a recipe → a run, looked at by validation, in a folder with its card.

What this module does not know: how a run goes (train.py), or which recipe is worth running (ablations.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.embedding import SentenceEmbedder
from rag.errors import ArticlesError
from rag.eval.reader import evaluate, predict
from rag.eval.rows import Row, read_rows
from rag.reading.extractive import ExtractiveReader
from rag.training.card import write_card
from rag.training.mixture import Mixture, read_sets
from rag.training.recipe import Recipe
from rag.training.reworded import near_words
from rag.training.train import Outcome, Run

Figures = dict[str, dict[str, float]]  # validation file → what `rag.eval reader` says of it


@dataclass(frozen=True, slots=True)
class Fitted:
    """A reader's folder, how its run ended, and the validation figures of the weights that were kept."""

    folder: Path
    outcome: Outcome
    figures: Figures


def fit(
    recipe: Recipe,
    out: Path,
    *,
    data: str | Path,
    validation: Sequence[str],
    init: str,
    teachers: Sequence[str] = (),
    on_look: Callable[[Figures], object] | None = None,
    again: bool = False,
) -> Fitted:
    """Train a reader on the recipe's sets of a folder, or go on where a stopped run was. on_look: told each figure.

    again: a finished run of this very recipe is looked at once more, where it is else refused.

    Raises ConfigError for a set without a file, ArticlesError for a bad row, ModelError for models and finished runs.
    """
    asked = {path: list(read_rows([path])) for path in validation}
    if empty := [path for path, rows in asked.items() if not rows]:
        raise ArticlesError(f"{empty[0]} holds no row to validate on.")
    sets = read_sets(data, recipe)
    looks: list[Figures] = []

    def card(folder: Path, found: Figures) -> None:
        write_card(folder, recipe, init=init, teachers=teachers, steps=run.steps, seconds=run.seconds,
                   rows={name: len(rows) for name, rows in sets.items()}, validation=found)  # fmt: skip

    def validate(folder: Path) -> float:
        looks.append(figures(folder, asked))
        if on_look:
            on_look(looks[-1])
        card(folder, looks[-1])
        return score(looks[-1])

    near = _near(sets) if recipe.reworded else {}
    run = Run(
        recipe, Mixture(sets, recipe, near), out, init=init, teachers=teachers, validate=validate if asked else None
    )
    outcome = (run.finished() if again else None) or run.run()
    if not asked:
        card(run.model_folder, {})
    kept = next((found for found in looks if score(found) == outcome.best), None)  # None: before the run was stopped
    return Fitted(run.model_folder, outcome, figures(run.model_folder, asked) if kept is None else kept)


def _near(sets: Mapping[str, Sequence[Row]]) -> dict[str, tuple[str, ...]]:
    return near_words((row.question for rows in sets.values() for row in rows), SentenceEmbedder())


def figures(folder: Path, asked: Mapping[str, Sequence[Row]]) -> Figures:
    """Return what a reader reaches on the rows of each file."""
    reader = ExtractiveReader(str(folder)) if asked else None
    return {path: evaluate(list(predict(rows, reader))) for path, rows in asked.items() if reader}


def score(found: Mapping[str, Mapping[str, float]]) -> float:
    """Return the number by which weights are kept: the mean over files of F1, at its best threshold if it has one."""
    return sum(each["best_f1"] if "best_f1" in each else each["has_f1"] for each in found.values()) / len(found)
