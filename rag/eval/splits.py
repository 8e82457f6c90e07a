"""Which questions a figure is reported on. Pure.

Thresholds and rules may look at `tune`; what is reported, compared and gated is `test`. Where no tune.txt stands beside
the questions they are one split, `all`. What this module does not know: what a question scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from rag.errors import QuestionError

ALL, TUNE, TEST = "all", "tune", "test"
_ORDER = {ALL: 0, TUNE: 1, TEST: 2}  # the one that counts is the last


def split_of(row_id: str, tune: Set[str]) -> str:
    """Return a question's split. tune: the ids named in tune.txt, none where there is no such file."""
    if not tune:
        return ALL
    return TUNE if row_id in tune else TEST


def in_order(splits: Iterable[str]) -> list[str]:
    """Return the names of splits, each once, the one that counts last."""
    return sorted(set(splits), key=lambda name: (_ORDER.get(name, -1), name))


def chosen(wanted: str | None, there: Iterable[str], place: str) -> str:
    """Return the split to report: the wanted one; without one, the one that counts. `all` is every question.

    Raises QuestionError that names the splits that are there.
    """
    names = in_order(there)
    if wanted is None:
        return names[-1]
    if wanted not in (ALL, *names):
        known = ", ".join(name for name in names if name != ALL)
        told = f"name {known} or {ALL}" if known else f"no tune.txt stands beside it, so there is only {ALL!r}"
        raise QuestionError(f"{place} has no split {wanted!r}; {told}.")
    return wanted


def apart(wanted: str | None, there: Iterable[str]) -> list[str]:
    """Return the splits that are shown beside the one that counts: all others, unless one was asked for by name."""
    return [] if wanted is not None else in_order(there)[:-1]


def within(split: str, name: str) -> bool:
    """Whether a question of the split `name` is reported under `split`."""
    return split in (ALL, name)
