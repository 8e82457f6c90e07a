"""What each choice of the configuration is worth: the same questions asked once for every variation of it.

Four families: how passages are found (mode), how long they are (size), how many are found, and whether all of these
are read (depth), what is weighed besides the reader's confidence (sense). One thing differs from the configuration at a
time, and models are loaded once. A choice made by these figures belongs to the tune split. What this module does not
know: how the figures are shown.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from rag.config import Config
from rag.embedding import passage_tokens
from rag.errors import ConfigError
from rag.eval.assess import Record
from rag.eval.doors import opened
from rag.eval.figures import column, figures, seconds
from rag.eval.harness import SHALLOW
from rag.eval.labels import texts_of
from rag.eval.questions import QuestionRow
from rag.eval.retrieval import STAGES
from rag.eval.run import THROWN_AWAY, about, ask
from rag.eval.statistics import Comparison, Interval, compare
from rag.wiring import Parts, make_index, with_index

MODE, SIZE, DEPTH, SENSE, ALL = "mode", "size", "depth", "sense", "all"
FAMILIES = (MODE, SIZE, DEPTH, SENSE, ALL)
WITHOUT = ("compare", "doubt", "lists", "clauses", "sorts")  # what is weighed besides, each left out in turn
SIZES = (96, 160, 240)  # tokens of a passage
DEPTHS = (3, 5, 10, 20)  # passages found
CONFIGURED = "as configured"
SHOWN = ("right", "right_if_never_silent", "answerable_refused", "refused_rightly", "passage_hit@5")


@dataclass(frozen=True, slots=True)
class Variation:
    """The configuration with one thing changed, and what that is called."""

    family: str
    name: str
    settings: Config


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a variation came to.

    figures: those of SHOWN that have a question. p50: seconds an answer took, by the median; nan where none was given.
    beside: how many more answers are right than as configured; None where the variation is just that.
    """

    variation: Variation
    figures: Mapping[str, Interval]
    p50: float
    beside: Comparison | None

    def to_json(self) -> dict[str, Any]:
        """Return everything, ready for `json.dumps`."""
        return {
            "family": self.variation.family,
            "variation": self.variation.name,
            "figures": {name: asdict(one) for name, one in self.figures.items()},
            "p50_seconds": self.p50 if self.p50 == self.p50 else None,
            "beside_configured": asdict(self.beside) if self.beside else None,
        }


@dataclass(frozen=True, slots=True)
class Ablation:
    """All outcomes, and what was measured on what machine (see run.about)."""

    outcomes: tuple[Outcome, ...]
    about: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return everything, ready for `json.dumps`."""
        return {"about": dict(self.about), "variations": [each.to_json() for each in self.outcomes]}


def variations(settings: Config, family: str, *, max_tokens: int) -> list[Variation]:
    """Return the variations of a family, or of all. max_tokens: of one text, as the embedder sees it.

    The configuration comes first where it is none of them.
    """
    found = []
    if family in (MODE, ALL):
        for stage, how in STAGES.items():
            retrieval = replace(settings.retrieval, **how)  # type: ignore[arg-type]
            found.append(Variation(MODE, stage, replace(settings, retrieval=retrieval)))
    if family in (SIZE, ALL):
        for tokens in SIZES:
            most = passage_tokens(tokens, max_tokens)
            name = f"{tokens} tokens" if most == tokens else f"{tokens} tokens (the embedder sees {most})"
            found.append(Variation(SIZE, name, replace(settings, chunking=replace(settings.chunking, tokens=most))))
    if family in (DEPTH, ALL):
        for passages in DEPTHS:
            reading = replace(settings.reading, passages=passages)
            found.append(Variation(DEPTH, f"{passages} found", replace(settings, reading=reading)))
        every = replace(settings, reading=replace(settings.reading, every=True))
        found.append(Variation(DEPTH, "every one read", every))
    if family in (SENSE, ALL):
        for name in WITHOUT:
            less = replace(settings.deciding, **{name: False})
            found.append(Variation(SENSE, f"without {name}", replace(settings, deciding=less)))
        every = replace(settings, reading=replace(settings.reading, copies=True))
        found.append(Variation(SENSE, "copies not set aside", every))
    if all(each.settings != settings for each in found):
        found.insert(0, Variation("", CONFIGURED, settings))
    return found


def ablate(
    settings: Config,
    rows: Sequence[QuestionRow],
    family: str,
    *,
    articles: Sequence[str] | None = None,
    index: str | None = None,
    place: str = "the questions",
    on_done: Callable[[int], object] = lambda _: None,
) -> Ablation:
    """Ask all questions once for each variation that differs. articles, index: see `evaluate`.

    on_done: told how many answers there will be, after each. Raises as `evaluate` does, and ConfigError for sizes of
    an index whose articles are not named: it cannot be cut anew.
    """
    if family in (SIZE, ALL) and index and not articles:
        raise ConfigError(f"Passages of another size need the articles of {index} once more; name them by --articles.")
    began = time.perf_counter()
    with opened(settings, rows, place, articles=articles, index=index) as parts:
        most = passage_tokens(settings.chunking.tokens, parts.embedder.max_tokens)
        base = replace(settings, chunking=replace(settings.chunking, tokens=most))  # equal to a size that comes to it
        tried = variations(base, family, max_tokens=parts.embedder.max_tokens)
        texts = texts_of(parts.snapshot)
        different = sorted(dict.fromkeys(each.settings for each in tried), key=lambda one: one.chunking.tokens)
        told: dict[Config, list[Record]] = {}
        for tokens, alike in groupby(different, key=lambda one: one.chunking.tokens):
            with _cut(base, parts, articles, tokens) as cut:
                for one in alike:
                    told[one] = ask(
                        rows, frozenset(), one, cut, texts, ceilings=False, depth=SHALLOW,
                        on_done=lambda: on_done(len(different) * len(rows)),
                    )  # fmt: skip
        asked = index or (THROWN_AWAY if articles else None)
        measured = about(settings, parts, place, time.perf_counter() - began, index=asked)
    found = (_outcome(each, told[each.settings], None if each.settings == base else told[base]) for each in tried)
    return Ablation(tuple(found), measured)


@contextmanager
def _cut(settings: Config, parts: Parts, articles: Sequence[str] | None, tokens: int) -> Iterator[Parts]:
    """Give the same models with an index of passages of so many tokens: the one that is open, or one thrown away."""
    if tokens == settings.chunking.tokens:
        yield parts
        return
    how = replace(settings, chunking=replace(settings.chunking, tokens=tokens))
    with tempfile.TemporaryDirectory(prefix="rag-eval-") as folder:
        make_index(how, articles=articles, index=folder, embedder=parts.embedder)
        yield with_index(parts, folder)


def _outcome(variation: Variation, records: Sequence[Record], configured: Sequence[Record] | None) -> Outcome:
    took = seconds(records).get("total", (float("nan"),))[0]
    beside = compare(column(records, "right"), column(configured, "right")) if configured is not None else None
    return Outcome(variation, figures(records, SHOWN), took, beside)
