"""config.yaml → frozen dataclasses. An unknown key, a wrong type or an impossible value is one clear ConfigError.

The defaults here are those of the config.yaml at the project's root (a test compares them), so a missing file is no
error. What this module does not know: what any value is for.
"""

from __future__ import annotations

import difflib
import os
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import yaml

from rag.engine import PACKAGED_EMBEDDER, Precision
from rag.errors import ConfigError
from rag.reading.extractive import PACKAGED_READER
from rag.retrieval.compose import Mode
from rag.retrieval.fusion import Fusion

CONFIG_FILE = "config.yaml"
_UNUSABLE = re.compile("[\0\ud800-\udfff]")  # no path has them
PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Chunking:
    """See config.yaml, as for all classes here."""

    tokens: int = 160


@dataclass(frozen=True, slots=True)
class Embedding:
    """The embedder."""

    model: str = PACKAGED_EMBEDDER
    batch_size: int = 32


@dataclass(frozen=True, slots=True)
class Engine:
    """How models run."""

    precision: Precision = "auto"
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How passages are selected."""

    mode: Mode = "fused"
    fusion: Fusion = "average"
    lexical_weight: float = 0.5
    depth: int = 50
    rrf_k: int = 60


@dataclass(frozen=True, slots=True)
class ReadingConfig:
    """How passages are read."""

    model: str = PACKAGED_READER
    passages: int = 10
    every: bool = False
    copies: bool = False
    max_tokens: int = 384
    stride: int = 128
    max_answer_tokens: int = 30
    n_best: int = 5
    batch_size: int = 16


@dataclass(frozen=True, slots=True)
class Deciding:
    """When to abstain, and what is weighed besides the reader's own confidence."""

    threshold: float | None = None
    compare: bool = True
    doubt: bool = True
    lists: bool = True
    clauses: bool = True
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Asking:
    """What may be asked."""

    max_question: int = 1000
    remembered: int = 128


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration. index and articles are resolved against `folder`, where the file lies."""

    index: str = "index/newsroom"
    articles: tuple[str, ...] = ("eval/articles",)
    chunking: Chunking = field(default_factory=Chunking)
    embedding: Embedding = field(default_factory=Embedding)
    engine: Engine = field(default_factory=Engine)
    retrieval: Retrieval = field(default_factory=Retrieval)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    deciding: Deciding = field(default_factory=Deciding)
    asking: Asking = field(default_factory=Asking)
    folder: Path = PROJECT

    def resolve(self, path: str) -> Path:
        """Return a configured path, relative to the working folder where that is shorter to read."""
        return near(self.folder / os.path.expanduser(path))  # noqa: PTH111 - pathlib raises for unknown users

    def model_path(self, name: str) -> str:
        """Return a model's name, or the full path where the name is a folder beside the file."""
        folder = self.folder / os.path.expanduser(name)  # noqa: PTH111
        return str(folder.resolve()) if folder.is_dir() else name


def near(path: str | Path) -> Path:
    """Return a path in full, or relative to the working folder where it goes down from there."""
    resolved, here = Path(path).resolve(), Path.cwd()
    return resolved.relative_to(here) if resolved.is_relative_to(here) else resolved


def load_config(path: str | Path | None = None) -> Config:
    """Read a config.yaml; without a path the working folder's, else the project's own, else the defaults.

    Raises ConfigError naming the file, the key, what was found and what was wanted.
    """
    if path is None:
        found = [place for place in (Path.cwd() / CONFIG_FILE, PROJECT / CONFIG_FILE) if place.is_file()]
        if not found:
            return Config(folder=Path.cwd())
        path = found[0]
    place = Path(path)
    return _with_folder(parse_config(read_yaml(place), str(place)), place.resolve().parent)


def read_yaml(place: Path) -> Any:
    """Return what a YAML file says; an empty one says {}. Raises ConfigError."""
    try:
        raw = yaml.safe_load(place.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no configuration file {place}; name another, or leave the option out.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{place} cannot be read ({error}).") from error
    except Exception as error:  # PyYAML has errors of its own, and lets IndexError, KeyError and more through
        told = " ".join(str(error).split())
        raise ConfigError(
            f"{place} is not valid YAML ({''.join(c if c.isprintable() else '?' for c in told)})."
        ) from error
    return {} if raw is None else raw


def parse_config(raw: object, place: str = CONFIG_FILE) -> Config:
    """Return a Config for parsed YAML. Raises ConfigError."""
    config: Config = build(Config, raw, place)
    _check_ranges(config, place)
    return config


def _with_folder(config: Config, folder: Path) -> Config:
    values = {f.name: getattr(config, f.name) for f in fields(config)}
    return Config(**{**values, "folder": folder})


def build(cls: type[Any], raw: object, place: str, prefix: str = "") -> Any:
    """Return a dataclass of settings for parsed YAML; `place` names the file, `prefix` the key it stands under.

    Raises ConfigError for an unknown key, naming the nearest known one, and for a value of the wrong type.
    """
    if not isinstance(raw, Mapping):
        where = prefix.rstrip(".") or "the file"
        raise ConfigError(f"{place}: {where} must be a list of 'key: value' lines, found {_shown(raw)}.")
    hints = get_type_hints(cls)
    known = [f.name for f in fields(cls) if f.name != "folder"]
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(_key(key), known, n=1, cutoff=0.0)
            raise ConfigError(f"{place}: unknown key {prefix}{_key(key)}; did you mean {prefix}{near[0]}?")
    return cls(**{key: _value(hints[key], value, place, prefix + key) for key, value in raw.items()})


def _value(wanted: Any, value: object, place: str, key: str) -> Any:
    if is_dataclass(wanted):
        return build(wanted, {} if value is None else value, place, key + ".")  # type: ignore[arg-type]
    if get_origin(wanted) is tuple:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(_scalar(str, item, place, key) for item in value)
        if isinstance(value, str):
            return (_scalar(str, value, place, key),)
        raise ConfigError(f"{place}: {key} must be a list of texts, found {_shown(value)}.")
    if get_origin(wanted) is Mapping:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise ConfigError(f"{place}: {key} must be a list of 'name: value' lines, found {_shown(value)}.")
        return {name: _scalar(get_args(wanted)[1], item, place, f"{key}.{_key(name)}") for name, item in value.items()}
    if get_origin(wanted) is Literal:
        if value in get_args(wanted):
            return value
        raise ConfigError(f"{place}: {key} must be one of {', '.join(get_args(wanted))}, found {_shown(value)}.")
    return _scalar(wanted, value, place, key)


def _scalar(wanted: Any, value: object, place: str, key: str) -> Any:
    accepted = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    if isinstance(value, str) and _UNUSABLE.search(value):
        raise ConfigError(f"{place}: {key} holds a character that no name can have, found {_shown(value)}.")
    if type(value) in accepted:
        return value
    if float in accepted and type(value) is int and abs(value) < 10**300:
        return float(value)
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", type(None): "null"}
    raise ConfigError(f"{place}: {key} must be {' or '.join(names[t] for t in accepted)}, found {_shown(value)}.")


def _shown(value: object) -> str:
    return f"{_short(repr, value)} ({type(value).__name__})"


def _key(key: object) -> str:
    text = _short(str, key)
    return text if text.isprintable() else repr(text)


def _short(write: Callable[[Any], str], value: object) -> str:
    """Write a value in at most sixty characters. A list of aliases of lists of aliases could fill the memory."""
    try:
        text = reprlib.repr(value) if isinstance(value, (list, dict, set, tuple)) else write(value)
    except ValueError:
        return "more than 4,300 digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _check_ranges(config: Config, place: str) -> None:
    limits: list[tuple[str, float | None, float, float]] = [
        ("chunking.tokens", config.chunking.tokens, 16, 100_000),
        ("embedding.batch_size", config.embedding.batch_size, 1, 4096),
        ("engine.threads", config.engine.threads, 0, 1024),
        ("retrieval.lexical_weight", config.retrieval.lexical_weight, 0, 1),
        ("retrieval.depth", config.retrieval.depth, 1, 10_000),
        ("retrieval.rrf_k", config.retrieval.rrf_k, 0, 1_000_000),
        ("reading.passages", config.reading.passages, 1, 1000),
        ("reading.max_tokens", config.reading.max_tokens, 96, 100_000),
        ("reading.stride", config.reading.stride, 0, config.reading.max_tokens // 4 * 3 - 70),
        ("reading.max_answer_tokens", config.reading.max_answer_tokens, 1, 1000),
        ("reading.n_best", config.reading.n_best, 1, 100),
        ("reading.batch_size", config.reading.batch_size, 1, 4096),
        ("deciding.threshold", config.deciding.threshold, 0, 1),
        ("asking.max_question", config.asking.max_question, 1, 100_000),
        ("asking.remembered", config.asking.remembered, 0, 100_000),
    ]
    for key, value, low, high in limits:
        if value is not None and not low <= value <= high:
            raise ConfigError(f"{place}: {key} must be between {low:g} and {high:g}, found {_shown(value)}.")
