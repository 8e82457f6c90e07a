"""Questions that a passage does not answer, made from questions that another one does.

Two ways: a passage that BM25 ranks high for the question but that lacks its answer, as at run time; and the question
itself altered (another name, number or opposite), so that its own passage no longer answers it, as in SQuAD 2.0
(Rajpurkar et al. 2018, section 3).
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from rag.store.bm25_index import Bm25Index
from rag.text import answer_key, says

NEAREST = 8  # passages ranked for a question, of which one is drawn
_NAME = re.compile(r"(?:[A-Z][\w'’-]+|[A-Z]{2,})(?:\s+(?:of\s+)?(?:[A-Z][\w'’-]+|[A-Z]{2,}))*")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_OPPOSITES = """
first/last before/after more/less most/least largest/smallest biggest/smallest highest/lowest higher/lower
oldest/youngest older/younger old/new early/late earlier/later best/worst better/worse increase/decrease
increased/decreased rise/fall rose/fell win/lose won/lost begin/end began/ended start/finish started/finished
open/close opened/closed born/killed male/female men/women man/woman father/mother son/daughter brother/sister
husband/wife north/south east/west northern/southern eastern/western upper/lower inside/outside above/below buy/sell
bought/sold import/export support/oppose supported/opposed accept/reject accepted/rejected allow/forbid allowed/banned
arrive/leave arrived/left public/private major/minor positive/negative strong/weak fast/slow long/short always/never
rich/poor maximum/minimum success/failure succeed/fail succeeded/failed join/quit joined/left add/remove added/removed
gain/lose gained/lost with/without
"""
_PAIRS = [pair.split("/") for pair in _OPPOSITES.split()]
OPPOSITE = {word: other for one, two in _PAIRS for word, other in ((one, two), (two, one))}


class Neighbours:
    """Finds passages that look as if they answered a question, and do not."""

    def __init__(self, contexts: Sequence[str]) -> None:
        self._contexts = list(dict.fromkeys(contexts))
        self._keys = [answer_key(context) for context in self._contexts]
        self._index = Bm25Index.build(self._contexts)

    def draw(self, question: str, own: str, answers: Sequence[str], rng: random.Random) -> str | None:
        """Return one of the passages ranked highest, other than its own and without any of the answers."""
        _, rows = self._index.search(question, NEAREST)
        near = [(self._contexts[row], self._keys[row]) for row in rows]
        free = [context for context, key in near if context != own and not says(context, answers, key)]
        return rng.choice(free) if free else None


def altered(question: str, context: str, elsewhere: str, rng: random.Random) -> str | None:
    """Return the question with an opposite word, or with another name or number, or None where nothing fits.

    The new name or number comes from the context (often a hard case) or from another one (always a clean case).
    """
    ways = [_opposite, _renamed, _renumbered]
    rng.shuffle(ways)
    source = context if rng.random() < 0.5 else elsewhere
    return next((found for way in ways if (found := way(question, source, rng)) and found != question), None)


def _opposite(question: str, source: str, rng: random.Random) -> str | None:
    del source
    places = [m for m in re.finditer(r"[a-z]+", question) if m.group() in OPPOSITE]
    if not places:
        return None
    place = rng.choice(places)
    return question[: place.start()] + OPPOSITE[place.group()] + question[place.end() :]


def _renamed(question: str, source: str, rng: random.Random) -> str | None:
    return _exchanged(_NAME, question, source, rng, first=1)


def _renumbered(question: str, source: str, rng: random.Random) -> str | None:
    return _exchanged(_NUMBER, question, source, rng, first=0)


def _exchanged(kind: re.Pattern[str], question: str, source: str, rng: random.Random, first: int) -> str | None:
    """Exchange one match of the question, from character `first` on, for one of the source that it does not hold."""
    places = [m for m in kind.finditer(question) if m.start() >= first]
    names = {m.group() for m in kind.finditer(source) if m.group().lower() not in question.lower()}
    if not places or not names:
        return None
    place = rng.choice(places)
    alike = sorted(name for name in names if abs(len(name.split()) - len(place.group().split())) <= 1)
    alike = [name for name in alike if len(name) == len(place.group())] or alike if kind is _NUMBER else alike
    if not alike:
        return None
    return question[: place.start()] + rng.choice(alike) + question[place.end() :]
