"""Examples → token windows → batches of like length, the windows of one group in one batch.

A context longer than a window is cut into several with a stride. Of those that hold the answer one is kept, the one
with most context on the shorter side of it; of the others one at most, by the recipe's share, as unanswerable.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.reading.windows import MAX_QUESTION_TOKENS
from rag.training.mixture import Example
from rag.training.recipe import Recipe

if TYPE_CHECKING:
    from transformers import BatchEncoding

TOGETHER = 512  # examples tokenised in one call
POOL = 64  # batches sorted by length together


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of `[CLS] question [SEP] context [SEP]`; where the context begins; the answer's first and last token.

    start = end = 0, the first token: this window does not say. group: see Example.
    """

    ids: NDArray[np.int32]
    context: int
    start: int
    end: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows. ids, types, mask: (n, tokens) int64; allowed: (n, tokens) bool, where a span or the null may be.

    starts, ends: (n,) int64. groups: rows of each question's windows, where they are learned together.
    """

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    mask: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    groups: tuple[tuple[int, ...], ...] = ()


def windows(examples: Sequence[Example], tokenizer: Any, recipe: Recipe, rng: random.Random) -> Iterator[Window]:
    """Yield one or two windows for each example."""
    for first in range(0, len(examples), TOGETHER):
        part = examples[first : first + TOGETHER]
        encoded = tokenizer(
            [_short(example.question, tokenizer) for example in part],
            [example.context for example in part],
            truncation="only_second",
            max_length=recipe.max_tokens,
            stride=min(recipe.stride, (recipe.max_tokens - MAX_QUESTION_TOKENS) // 2),
            return_overflowing_tokens=True,
        )
        homes: dict[int, list[int]] = {}
        for window, home in enumerate(encoded["overflow_to_sample_mapping"]):
            homes.setdefault(home, []).append(window)
        for home, example in enumerate(part):
            yield from _kept(encoded, homes[home], example, recipe.missed, rng)


def batches(found: Iterable[Window], recipe: Recipe, rng: random.Random) -> list[Batch]:
    """Return batches of at most batch_tokens, padding included, in random order."""
    pool = _units(found, recipe.batch_tokens // recipe.max_tokens)
    rng.shuffle(pool)
    per_pool = POOL * recipe.batch_tokens // recipe.max_tokens
    made: list[list[Window]] = []
    for first in range(0, len(pool), per_pool):
        batch: list[Window] = []
        for unit in sorted(pool[first : first + per_pool], key=_longest):
            if (len(batch) + len(unit)) * _longest(unit) > recipe.batch_tokens:
                made.append(batch)
                batch = []
            batch += unit
        made.append(batch)
    rng.shuffle(made)
    return [padded(batch) for batch in made]


def _units(found: Iterable[Window], most: int) -> list[list[Window]]:
    """Return what must stay together: a window by itself, or at most so many of one group."""
    units: list[list[Window]] = []
    open_units: dict[str, list[Window]] = {}
    for window in found:
        unit = open_units.get(window.group) if window.group else None
        if unit is None or len(unit) == most:
            unit = open_units[window.group] = []
            units.append(unit)
        unit.append(window)
    return units


def _longest(unit: Sequence[Window]) -> int:
    return max(len(window.ids) for window in unit)


def padded(batch: Sequence[Window]) -> Batch:
    """Return windows as rows of the same length."""
    shape = len(batch), max(len(window.ids) for window in batch)
    ids, types, mask = (np.zeros(shape, np.int64) for _ in range(3))
    allowed = np.zeros(shape, np.bool_)
    for row, window in enumerate(batch):
        tokens = len(window.ids)
        ids[row, :tokens] = window.ids
        types[row, window.context : tokens] = 1
        mask[row, :tokens] = 1
        allowed[row, window.context : tokens - 1] = True
    allowed[:, 0] = True
    starts, ends = (np.array([getattr(w, name) for w in batch], np.int64) for name in ("start", "end"))
    groups: dict[str, list[int]] = {}
    for row, window in enumerate(batch):
        if window.group:
            groups.setdefault(window.group, []).append(row)
    return Batch(ids, types, mask, allowed, starts, ends, tuple(map(tuple, groups.values())))


def _short(question: str, tokenizer: Any) -> str:
    """Return the question's last MAX_QUESTION_TOKENS, as the reader does."""
    if len(question.encode()) <= MAX_QUESTION_TOKENS:  # a token has at least one byte (a Hangul syllable: 3 of each)
        return question
    offsets = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return question if len(offsets) <= MAX_QUESTION_TOKENS else question[offsets[-MAX_QUESTION_TOKENS][0] :]


def _kept(
    encoded: BatchEncoding, own: Sequence[int], example: Example, missed: float, rng: random.Random
) -> Iterator[Window]:
    span = example.span and _trimmed(encoded, own, example.span)
    made = [_window(encoded, i, span, example.group) for i in own]
    if span is None:
        yield rng.choice(made)
        return
    holding = [window for window in made if window.start]
    if holding:
        yield max(holding, key=lambda w: min(w.start - w.context, len(w.ids) - w.end))
    missing = [window for window in made if not window.start]
    if missing and rng.random() < missed:
        yield rng.choice(missing)


def _trimmed(encoded: BatchEncoding, own: Sequence[int], span: tuple[int, int]) -> tuple[int, int]:
    """Return the span without outer characters that are no part of a token: white space, an accent on its own."""

    def told(place: int) -> bool:
        return any(encoded.char_to_token(i, place, sequence_index=1) is not None for i in own)

    first, last = (next(filter(told, places), None) for places in (range(*span), reversed(range(*span))))
    return span if first is None or last is None else (first, last + 1)


def _window(encoded: BatchEncoding, i: int, span: tuple[int, int] | None, group: str) -> Window:
    ids = np.array(encoded["input_ids"][i], np.int32)
    context = encoded.sequence_ids(i).index(1) if 1 in encoded.sequence_ids(i) else len(ids) - 1
    start = end = None
    if span is not None:
        start = encoded.char_to_token(i, span[0], sequence_index=1)
        end = encoded.char_to_token(i, span[1] - 1, sequence_index=1)
    if start is None or end is None:
        return Window(ids, context, 0, 0, group)
    return Window(ids, context, start, end, group)
