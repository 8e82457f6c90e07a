"""recipe.yaml → a frozen Recipe: every number of a training run. An unknown key or a wrong type is one clear error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import yaml

from rag.config import build, read_yaml
from rag.errors import ConfigError

RECIPE_FILE = Path(__file__).parent / "recipe.yaml"
_EXPONENT = re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+")


@dataclass(frozen=True, slots=True)
class Recipe:
    """See recipe.yaml, where each key has its remark."""

    sets: Mapping[str, float] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    together: float = 0.0
    annotator: Literal["random", "majority", "first"] = "random"
    neighbours: float = 0.3
    swaps: float = 0.2
    missed: float = 0.3
    packed: float = 0.3
    history: float = 0.5
    reworded: float = 0.0
    lower: float = 0.15
    unmarked: float = 0.1
    typos: float = 0.05
    keywords: float = 0.05
    max_tokens: int = 192
    stride: int = 64
    batch_tokens: int = 6144
    epochs: float = 1.5
    steps: int = 0
    learning_rate: float = 1.4e-4
    layer_decay: float = 1.0
    embeddings: float = 1.0
    warmup: float = 0.06
    decay: float = 1.0
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.0
    teacher_weight: float = 0.5
    evaluate: int = 0
    patience: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        shares = "neighbours swaps missed packed history reworded lower unmarked typos keywords"
        rates = "warmup decay layer_decay embeddings average teacher_weight"
        limits = dict.fromkeys([*shares.split(), *rates.split()], (0.0, 1.0))
        limits |= dict.fromkeys(("epochs", "learning_rate", "clip"), (1e-09, 1000000.0))
        limits["together"] = (0.0, 100.0)
        limits |= {"max_tokens": (96, 512), "batch_tokens": (self.max_tokens, 1e9), "stride": (0, self.max_tokens // 2)}
        limits |= {"steps": (0, 1e9), "evaluate": (0, 1e9), "patience": (1, 1e9), "weight_decay": (0, 1)}
        for name, (low, high) in limits.items():
            _check(name, getattr(self, name), low, high)
        if unknown := [name for name in self.whole if name not in self.sets]:
            raise ConfigError(f"the recipe's whole names {unknown[0]!r}, which is none of its sets.")
        for name in self.whole if self.together else ():
            _check(f"sets.{name}, which is learned together,", self.sets[name], 1, 1)
        if self.together and self.batch_tokens < 2 * self.max_tokens:
            raise ConfigError("the recipe's together needs batch_tokens of at least twice max_tokens.")
        for name, share in self.sets.items():
            _check(f"sets.{name}", share, 0, 100)


def load_recipe(path: str | Path | None = None, changes: Mapping[str, str] | None = None) -> Recipe:
    """Read a recipe; changes are keys and values as YAML that win over the file ("sets.NAME" for one set).

    Raises ConfigError naming the file and the key.
    """
    place = Path(path or RECIPE_FILE)
    raw = _numbers(read_yaml(place))
    for key, text in (changes or {}).items():
        try:
            raw = _changed(raw, key, _numbers(yaml.safe_load(text)))
        except (yaml.YAMLError, ValueError) as error:
            raise ConfigError(f"--set {key}={text} is no YAML value ({' '.join(str(error).split())}).") from error
    try:
        recipe: Recipe = build(Recipe, raw, str(place))
    except ConfigError as error:
        raise ConfigError(str(error) if str(place) in str(error) else f"{place}: {error}") from None
    return recipe


def as_dict(recipe: Recipe) -> dict[str, object]:
    """Return what a recipe says, as plain values for a file."""
    return {f.name: getattr(recipe, f.name) for f in fields(recipe)}


def _changed(raw: Any, key: str, value: object) -> Any:
    """Return raw with one key changed; where it is no mapping, as it is, to be told by `build`."""
    if not isinstance(raw, Mapping):
        return raw
    if key.startswith("sets."):
        return {**raw, "sets": _changed(raw.get("sets", {}), key.removeprefix("sets."), value)}
    return {**raw, key: value}


def _numbers(raw: Any) -> Any:
    """Return raw with "1e-4" as a number, which YAML 1.1 takes for a text."""
    if isinstance(raw, Mapping):
        return {key: _numbers(value) for key, value in raw.items()}
    return float(raw) if isinstance(raw, str) and _EXPONENT.fullmatch(raw) else raw


def _check(key: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"the recipe's {key} must be between {low:g} and {high:g}, found {value!r}.")
