"""Which step of the recipe earns its place: variations of it, each trained alike and measured on validation.

Every finished run is one line of a results file, so a stopped series goes on where it was.
What this module does not know: how a reader is trained (fit.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import yaml

from rag.config import build, read_yaml
from rag.errors import ConfigError
from rag.training.fit import Figures, Fitted, score
from rag.training.recipe import Recipe, load_recipe
from rag.training.train import identity

ABLATIONS_FILE = Path(__file__).parent / "ablations.yaml"
SHOWN = ("has_f1", "best_f1", "fair_f1", "auroc")  # of each validation file, where it has them


@dataclass(frozen=True, slots=True)
class Variation:
    """A change to the recipe. seeds: runs of it. init, teachers: names of other runs, NAME or NAME-SEED."""

    seeds: int = 1
    set: Mapping[str, int | float | str] = field(default_factory=dict)
    init: str = ""
    teachers: tuple[str, ...] = ()

    @property
    def changes(self) -> dict[str, str]:
        """What is set, as texts of YAML."""
        return {key: yaml.safe_dump(value) for key, value in self.set.items()}


@dataclass(frozen=True, slots=True)
class Result:
    """One finished run."""

    name: str
    seed: int
    steps: int
    seconds: float
    figures: Figures
    recipe: str = ""  # what tells one recipe, first weights and teachers from others


def read_variations(path: str | Path = ABLATIONS_FILE) -> dict[str, Variation]:
    """Return the variations of a file by name. Raises ConfigError naming the file and the key."""
    raw = read_yaml(Path(path))
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} must map names to variations, found {type(raw).__name__}.")
    return {str(name): build(Variation, each or {}, str(path), f"{name}.") for name, each in raw.items()}


def ablate(
    variations: Mapping[str, Variation],
    results: Path,
    runs: Path,
    *,
    recipe: str,
    changes: Mapping[str, str],
    init: str,
    train: Callable[[Recipe, Path, str, Sequence[str]], Fitted],
) -> list[Result]:
    """Train what has no result yet, first seeds first, what has teachers last, and return all results.

    train: makes a reader from (recipe, folder, first weights, teachers). changes: to the recipe, for every variation.
    Raises ConfigError for a variation of a run that is not there, and for results of another recipe.
    """
    if not results.parent.is_dir():
        raise ConfigError(f"--out {results} must be a file in a folder that exists.")
    for needed in (name for each in variations.values() for name in (each.init, *each.teachers) if name):
        if not {needed, needed.rpartition("-")[0]} & variations.keys():
            _made(runs, needed)  # seen before hours of training, not after
    runs_wanted = [(name, seed) for name, variation in variations.items() for seed in range(variation.seeds)]
    for name, seed in sorted(runs_wanted, key=lambda run: (bool(variations[run[0]].teachers), run[1])):
        variation = variations[name]
        made = load_recipe(recipe, {**changes, **variation.changes, "seed": str(seed)})
        begun = str(_made(runs, variation.init)) if variation.init else init
        teachers = [str(_made(runs, teacher)) for teacher in variation.teachers]
        wanted = sha256(identity(made, begun, teachers).encode()).hexdigest()[:12]
        done = [r.recipe for r in read_results(results) if (r.name, r.seed) == (name, seed)]
        if done and done[0] != wanted:
            raise ConfigError(f"{results} holds {name}-{seed} by another recipe; give another --out, or delete it.")
        if done:
            continue
        fitted = train(made, runs / f"{name}-{seed}", begun, teachers)
        result = Result(name, seed, fitted.outcome.steps, fitted.outcome.seconds, fitted.figures, wanted)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result)) + "\n")
    return read_results(results)


def _made(runs: Path, name: str) -> Path:
    """Return the reader of another run: NAME-SEED, or NAME for its first seed."""
    for folder in (runs / name / "model", runs / f"{name}-0" / "model"):
        if folder.is_dir():
            return folder
    raise ConfigError(f"there is no run {name!r} in {runs}; let it run before what begins from it.")


def read_results(path: Path) -> list[Result]:
    """Return the results of a file, none where there is none. Raises ConfigError for a line that cannot be used."""
    if not path.is_file():
        return []
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [Result(**{**line, "figures": _short(line["figures"])}) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is no file of results ({error!r}); give another --out.") from error


def _short(figures: Mapping[str, dict[str, float]]) -> Figures:
    """Return figures under a file's bare name, wherever it lay on the machine that measured."""
    return {Path(path).name.split(".")[0]: found for path, found in figures.items()}


def table(results: Sequence[Result], base: str) -> list[str]:
    """Return a Markdown table: of each variation the mean over its seeds and how far its score is from base's.

    score: see fit.score. Its spread between seeds of one variation says what a difference is worth.
    """
    files = list(dict.fromkeys(file for result in results for file in result.figures))
    columns = [
        (file, name) for file in files for name in SHOWN if all(name in r.figures.get(file, {}) for r in results)
    ]
    scores = {
        name: [score(r.figures) for r in results if r.name == name] for name in dict.fromkeys(r.name for r in results)
    }
    lines = [
        "| variation | seeds | "
        + " | ".join(f"{file} {name}" for file, name in columns)
        + " | score | beside the base |",
        "|---|---:|" + "---:|" * (len(columns) + 2),
    ]
    for name, found in scores.items():
        cells = [_mean([r.figures[file][column] for r in results if r.name == name]) for file, column in columns]
        shown = [
            f"{cell:.3f}" if column == "auroc" else f"{cell:.1f}"
            for cell, (_, column) in zip(cells, columns, strict=True)
        ]
        spread = f" ({min(found):.1f} to {max(found):.1f})" if len(found) > 1 else ""
        gain = f"{_mean(found) - _mean(scores[base]):+.1f}" if base in scores and name != base else "–"
        lines.append(f"| {name} | {len(found)} | " + " | ".join(shown) + f" | {_mean(found):.1f}{spread} | {gain} |")
    return lines


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
