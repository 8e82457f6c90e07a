"""Config → Assistant. The only file that names concrete classes."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config, load_config
from rag.engine import set_threads
from rag.errors import ConfigError, RagError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rag.assistant import Assistant
    from rag.embedding import SentenceEmbedder
    from rag.ingest import Progress
    from rag.protocols import Retriever
    from rag.reading.extractive import ExtractiveReader
    from rag.reading.rule import Rule
    from rag.store import Snapshot, Stamp
    from rag.types import IndexReport

logger = logging.getLogger(__name__)
TRIED_AGAIN = 30.0  # seconds until a build that could not be opened is tried again


@dataclass(frozen=True, slots=True)
class Parts:
    """An opened index and the models loaded for it: what an Assistant, or a measurement of one, is made of."""

    snapshot: Snapshot
    embedder: SentenceEmbedder
    reader: ExtractiveReader
    rule: Rule


def open_assistant(config: Config | str | Path | None = None, *, index: str | Path | None = None) -> Assistant:
    """Open an index and load the models. Raises ConfigError, StoreError or ModelError."""
    settings = config if isinstance(config, Config) else load_config(config)
    from rag.store import live_stamp

    stamp = live_stamp(index_path(settings, index))  # before opening: a build that is published meanwhile is noticed
    parts = open_parts(settings, index=index)
    return make_assistant(settings, parts, remember=True, renew=_Renewing(settings, parts, stamp))


def open_parts(settings: Config, *, index: str | Path | None = None) -> Parts:
    """Open an index and load the models that the configuration names. Raises StoreError or ModelError."""
    from rag.store import Snapshot

    snapshot = Snapshot.open(index_path(settings, index))  # fails before models load
    set_threads(settings.engine.threads)
    embedder = make_embedder(settings)
    snapshot.check_embedder(embedder.name, embedder.dim)
    return Parts(snapshot, embedder, *make_reader(settings))


def with_index(parts: Parts, index: str | Path) -> Parts:
    """Return the same models with another index, built by the same embedder. Raises StoreError where it was not."""
    from rag.store import Snapshot

    snapshot = Snapshot.open(Path(index))
    snapshot.check_embedder(parts.embedder.name, parts.embedder.dim)
    return Parts(snapshot, parts.embedder, parts.reader, parts.rule)


class _Renewing:
    """Opens the newest build of an index when it is another than the last one. An Assistant calls it by turns."""

    def __init__(self, settings: Config, parts: Parts, stamp: Stamp) -> None:
        self._settings, self._parts, self._stamp = settings, parts, stamp
        self._index = parts.snapshot.index
        self._refused: Stamp = None
        self._again = 0.0  # when a build that could not be opened is tried again

    def __call__(self) -> Assistant | None:
        """Return an assistant for a build that was not open yet; None when there is none, or it cannot be opened."""
        from rag.store import live_stamp

        stamp = live_stamp(self._index)
        if stamp in (None, self._stamp) or (stamp == self._refused and time.monotonic() < self._again):
            return None
        try:
            self._parts = with_index(self._parts, self._index)
        except RagError as error:
            self._refused, self._again = stamp, time.monotonic() + TRIED_AGAIN
            logger.warning("a newer build of the index cannot be opened, the older one answers: %s", error)
            return None
        self._stamp = stamp
        return make_assistant(self._settings, self._parts, remember=True)


def make_assistant(
    settings: Config, parts: Parts, *, remember: bool = False, renew: Callable[[], Assistant | None] = lambda: None
) -> Assistant:
    """Put the parts together as configured. remember, renew: see `Assistant`; a measurement wants neither."""
    from rag.answering import Known, Ways
    from rag.assistant import Assistant
    from rag.copies import Copies
    from rag.store import IndexArchive

    snapshot, how = parts.snapshot, settings.deciding
    ways = Ways(how.compare, how.doubt, how.lists, how.clauses, how.sorts)
    publishers = sorted({source.publisher for source in snapshot.sources if source.publisher})
    return Assistant(
        make_retriever(settings, parts),
        parts.reader,
        replace(parts.rule, ceiling=None) if settings.reading.every else parts.rule,
        passages=settings.reading.passages,
        max_question=settings.asking.max_question,
        remembered=settings.asking.remembered if remember else 0,
        renew=renew,
        known=Known(Copies(snapshot.copies), tuple(publishers), IndexArchive(snapshot), ways),
        folded=not settings.reading.copies,
    )


def make_retriever(settings: Config, parts: Parts) -> Retriever:
    """Return the retriever that the configuration names."""
    from rag.retrieval import compose
    from rag.retrieval.dense import Dense
    from rag.retrieval.lexical import Lexical

    how, snapshot = settings.retrieval, parts.snapshot
    return compose(
        how.mode,
        Dense(parts.embedder, snapshot.vectors, snapshot),
        Lexical(snapshot.words, snapshot),
        parts.reader,
        fusion=how.fusion,
        lexical_weight=how.lexical_weight,
        depth=how.depth,
        rrf_k=how.rrf_k,
    )


def make_index(
    config: Config | str | Path | None = None,
    *,
    articles: Sequence[str | Path] | None = None,
    index: str | Path | None = None,
    progress: Progress | None = None,
    embedder: SentenceEmbedder | None = None,
) -> IndexReport:
    """Build or refresh an index. Raises ConfigError, ArticlesError, StoreError or ModelError.

    Articles that were added on the page, or left out there, stay so (see rag.additions). embedder: the configured one,
    where it is loaded already.
    """
    from rag.additions import Additions
    from rag.chunking import PassageChunker
    from rag.embedding import passage_tokens
    from rag.ingest import build_index, no_progress

    settings = config if isinstance(config, Config) else load_config(config)
    named = [settings.resolve(folder) for folder in settings.articles] if articles is None else articles
    if not all(str(folder) for folder in named):
        raise ConfigError("A folder of articles has an empty name; name a folder, or '.' for the working folder.")
    place = index_path(settings, index)
    own = Additions(place)
    folders = [*(Path(folder) for folder in named), *own.folders()]
    set_threads(settings.engine.threads)
    embedder = embedder or make_embedder(settings)
    tokens = passage_tokens(settings.chunking.tokens, embedder.max_tokens)
    return build_index(
        folders,
        place,
        PassageChunker(tokens, embedder.count_tokens),
        embedder,
        passage_tokens=tokens,
        version=_version(),
        left_out=own.left_out(),
        progress=progress or no_progress,
    )


def make_embedder(settings: Config) -> SentenceEmbedder:
    """Load the embedder that the configuration names."""
    from rag.embedding import SentenceEmbedder

    how = settings.embedding
    return SentenceEmbedder(
        settings.model_path(how.model), precision=settings.engine.precision, batch_size=how.batch_size
    )


def make_reader(settings: Config) -> tuple[ExtractiveReader, Rule]:
    """Load the reader that the configuration names, and the rule that lies beside its weights."""
    from rag.reading.extractive import ExtractiveReader
    from rag.reading.rule import load_rule

    how = settings.reading
    reader = ExtractiveReader(
        settings.model_path(how.model),
        precision=settings.engine.precision,
        max_tokens=how.max_tokens,
        stride=how.stride,
        max_answer_tokens=how.max_answer_tokens,
        n_best=how.n_best,
        batch_size=how.batch_size,
    )
    rule = load_rule(reader_folder(settings))
    threshold = settings.deciding.threshold
    return reader, rule if threshold is None else replace(rule, threshold=threshold)


def reader_folder(settings: Config) -> Path:
    """Return where the rule of the configured reader belongs: beside its weights, if it is a folder and no hub name."""
    from rag.reading.extractive import MODEL_FOLDER, PACKAGED_READER

    model = settings.model_path(settings.reading.model)
    return MODEL_FOLDER if model == PACKAGED_READER else Path(model)


def index_path(settings: Config, index: str | Path | None) -> Path:
    """Return where an index lies: the one given, else the configured one."""
    path = settings.index if index is None else str(index)
    if not path:
        raise ConfigError("The index has an empty name; name a folder, as in --index index/mine.")
    return settings.resolve(path) if index is None else Path(index)


def _version() -> str:
    try:
        return installed_version("newsroom-rag")
    except PackageNotFoundError:
        return "unknown"
