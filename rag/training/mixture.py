"""Rows of several sets → the examples of an epoch: how much of each, which annotator's span, which unanswerable.

Every draw depends only on the recipe's seed and the epoch's number, so a resumed run sees the same examples.
What this module does not know: tokens.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ConfigError
from rag.eval.rows import Row, with_history
from rag.reading.evidence import asks_yes_no
from rag.training.polar import read_set
from rag.training.recipe import Recipe
from rag.training.reworded import reworded
from rag.training.styles import restyled
from rag.training.unanswerable import Neighbours, altered

SHORT = 300  # characters; a context below it is a sentence rather than a passage
PASSAGE = 700  # characters that short contexts are packed to


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a context and the half-open characters of the answer in it; None: the context does not say.

    group: shared by the examples of one question that are learned together; "": this one is learned by itself.
    """

    question: str
    context: str
    span: tuple[int, int] | None
    group: str = ""


def read_sets(folder: str | Path, recipe: Recipe) -> dict[str, list[Row]]:
    """Return the rows of every set that the recipe names, from FOLDER/NAME.jsonl[.gz] or .json.

    Raises ConfigError when a set has no file, ArticlesError when a row cannot be used.
    """
    sets = {}
    for name, share in recipe.sets.items():
        places = [Path(folder) / f"{name}{ending}" for ending in (".jsonl.gz", ".jsonl", ".json")]
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise ConfigError(f"the recipe's set {name!r} has no file {places[0]}; name another, or give --data.")
        if share:
            sets[name] = list(read_set(found))
    if not any(sets.values()):
        named = ", ".join(recipe.sets) or "none"
        raise ConfigError(f"{folder} gives no row to train on; the recipe's sets are {named}.")
    return sets


class Mixture:
    """What a run trains on. `epoch` draws it anew each time."""

    def __init__(
        self, sets: Mapping[str, Sequence[Row]], recipe: Recipe, near: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """near: words that can stand for a word (see reworded.py)."""
        self._recipe, self._near = recipe, near or {}
        self._sets = {name: sorted(rows, key=lambda row: row.row_id) for name, rows in sets.items()}
        self._contexts = [row.context for rows in self._sets.values() for row in rows]
        self._neighbours = Neighbours(self._contexts) if recipe.neighbours else None
        self._order = {name: list(dict.fromkeys(row.context for row in rows)) for name, rows in self._sets.items()}
        self._place = {name: {text: i for i, text in enumerate(order)} for name, order in self._order.items()}

    def epoch(self, number: int) -> list[Example]:
        """Return all examples of an epoch, shuffled."""
        rng = random.Random(f"{self._recipe.seed}-{number}")  # noqa: S311
        examples = []
        for name, rows in self._sets.items():
            for row in self._drawn(rows, self._recipe.sets[name], rng):
                examples += self._one_of_many(row, name, number) if self._grouped(name) else self._of(row, name, rng)
        rng.shuffle(examples)
        return examples

    def _drawn(self, rows: Sequence[Row], share: float, rng: random.Random) -> list[Row]:
        """Return every row as often as the share says; a broken share by a draw without replacement."""
        whole = int(share)
        return [*rows] * whole + rng.sample(list(rows), round((share - whole) * len(rows)))

    def _grouped(self, name: str) -> bool:
        return self._recipe.together > 0 and name in self._recipe.whole

    def _one_of_many(self, row: Row, name: str, number: int) -> list[Example]:
        """Return the row's example as it is; all those of its question ask it in the same words, whatever these are."""
        group = f"{name}: {row.question}"
        rng = random.Random(f"{self._recipe.seed}-{number}-{group}")  # noqa: S311
        question = self._styled(row.question, rng)
        return [Example(question, row.context, _span(row, self._recipe, rng), group)]

    def _of(self, row: Row, name: str, rng: random.Random) -> list[Example]:
        """Return the row's example, then perhaps an unanswerable one made from it."""
        recipe = self._recipe
        context, span = row.context, _span(row, recipe, rng)
        if len(context) < SHORT and rng.random() < recipe.packed:
            before, after = self._around(context, name, rng)
            context = before + context + after
            span = span and (span[0] + len(before), span[1] + len(before))
        question = with_history(row, 1) if rng.random() < recipe.history else row.question
        made = [Example(self._styled(question, rng), context, span)]
        if span is None or name in recipe.whole:
            return made
        if self._neighbours and rng.random() < recipe.neighbours:
            other = self._neighbours.draw(row.question, row.context, row.answers, rng)
            if other is not None:
                made.append(Example(self._styled(row.question, rng), other, None))
        if rng.random() < recipe.swaps and not asks_yes_no(row.question):  # else the same sentence answers it, with No
            other_question = altered(row.question, context, rng.choice(self._contexts), rng)
            if other_question is not None:
                made.append(Example(self._styled(other_question, rng), context, None))
        return made

    def _styled(self, question: str, rng: random.Random) -> str:
        """Return the question as somebody else would type it; whether a passage answers it stays as it is."""
        if self._near and rng.random() < self._recipe.reworded:
            question = reworded(question, self._near, rng)
        return restyled(question, self._recipe, rng)

    def _around(self, context: str, name: str, rng: random.Random) -> tuple[str, str]:
        """Return contexts of the same set, mostly of the same document, to stand before and after a short one."""
        order, here = self._order[name], self._place[name][context]
        first = last = here
        width = len(context)
        while width < PASSAGE and last - first + 1 < len(order):
            down = first > 0 and (rng.random() < 0.5 or last + 1 == len(order))
            first, last = (first - 1, last) if down else (first, min(last + 1, len(order) - 1))
            width = sum(map(len, order[first : last + 1]))
        before = "".join(f"{text} " for text in order[first:here])
        return before, "".join(f" {text}" for text in order[here + 1 : last + 1])


def _span(row: Row, recipe: Recipe, rng: random.Random) -> tuple[int, int] | None:
    """Return one annotator's span: a random one's, the first one's, or the one most often marked."""
    if not row.answers:
        return None
    if recipe.annotator == "random":
        return rng.choice(row.spans)
    return row.spans[0] if recipe.annotator == "first" else Counter(row.spans).most_common(1)[0][0]
