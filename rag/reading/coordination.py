"""The parts of a sentence → the lists that they may be. Pure; closed classes of words, no tagger.

Parts before an "and" or "or" are one list where they are alike: names with names, or with the same word first; what is
unlike its neighbours tells of the item before it, or leads up to the list. What this module does not know: where the
first item begins and the last one ends within their parts, lists with lines of their own, or what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.reading.parts import (
    ASIDES,
    ASKING,
    LATE,
    NUMBERS,
    OTHERS,
    PAST,
    PREPOSITIONS,
    PRONOUNS,
    SAID,
    TURNS,
    VERBS,
    Part,
    Place,
    capital,
)


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts that may be the items of one list.

    repeated: the word, or class of words, that begins the items, "" if they differ. clauses: the items are clauses,
    which keep what leads up to them.
    """

    parts: tuple[Part, ...]
    repeated: str = ""
    clauses: bool = False

    def worth(self, span: Place) -> tuple[bool, bool, int]:
        """Order chains: three with a repeated word, one that is joined inside the span, the one with more items."""
        inside = any(span[0] < part.start < span[1] for part in self.parts[1:])
        return bool(self.repeated) and len(self.parts) > 2, inside, len(self.parts)


def chains_of(parts: list[Part], span: Place) -> Iterator[Chain]:
    """Yield the lists that the parts of one stretch may be, of those that touch a span."""
    semis = [i for i, part in enumerate(parts) if i and part.mark.startswith(";")]
    if len(semis) > 1 or any(parts[i].joined for i in semis):
        yield Chain(tuple(_clauses(parts, semis)), clauses=True)
        return
    for at, part in enumerate(parts):
        if at and part.joined and part.mark[0] != ";":
            chain = _chain(parts, at)
            if chain and chain.parts[0].start < span[1] and span[0] < chain.parts[-1].end:
                yield chain


def _clauses(parts: list[Part], semis: list[int]) -> Iterator[Part]:
    """Yield what stands between semicolons, up to its first comma."""
    for low, high in zip([0, *semis], [*semis, len(parts)], strict=True):
        clause = parts[low]
        for part in parts[low + 1 : high]:
            if not part.bare:
                break
            clause = clause.before(part)
        yield clause


def _chain(parts: list[Part], at: int) -> Chain | None:
    """Return the list whose last item is joined on by part `at`, or None where the parts are unlike each other."""
    run = _run(parts, at)
    repeated = _repeated(run)
    last = parts[at]
    if not repeated and (last.low in PRONOUNS | VERBS or _loose(parts, at, run)):
        return None
    if any(part.low in OTHERS or (part.words[1:] and part.words[1].lower() in OTHERS) for part in run[1:]) or any(
        _told(part) for part in run[1:-1]
    ):
        return Chain(tuple(run), clauses=True)
    kept = run if repeated else _without_asides(run)
    return Chain(tuple(kept), repeated) if len(kept) > 1 else None


def _run(parts: list[Part], at: int) -> list[Part]:
    """Walk left from a joined part over commas, and right over "as well as"."""
    run = [parts[at]]
    i, commas = at, parts[at].mark[0] == ","
    while i and (parts[i].mark == "," or i == at or (parts[i].bare and not commas)):
        commas = commas or parts[i].mark == ","
        i -= 1
        part = parts[i]
        if len(part.words) < 5 and SAID.intersection((part.low, part.words[-1])):  # ", he said,"
            break
        while i and part.bare and commas and not part.verbal:  # "bread and butter, tea and cakes"
            i -= 1
            part = parts[i].before(part)
        run.insert(0, part)
        if part.low in VERBS | TURNS or (i and part.joined) or (i and SAID.intersection(parts[i - 1].words[-2:])):
            break
        if parts[at].bare and i == at - 1 and part.kind in ("preposition", "asking") and parts[at].kind != part.kind:
            break
    for later in parts[at + 1 :]:
        if not LATE.search(later.mark):
            break
        run.append(later)
    return run


def _loose(parts: list[Part], at: int, run: list[Part]) -> bool:
    """Whether the joining word begins another clause: "A, B and C, and says so", "he came, and rain fell"."""
    last = parts[at]
    if not last.bare and (len(run) < 3 or parts[at - 1].bare):
        return True
    if last.low in PAST:
        return not any(part.low in PAST or part.low.endswith("ed") for part in run[:-1])
    verbal = last.kind == "bare" and last.low.endswith(("s", "ed"))
    return verbal and any(part.kind in ("name", "determiner") for part in run[1:-1])


def _told(part: Part) -> bool:
    """Whether a part is a clause by itself: a verb of the closed classes stands in it, under no relative pronoun."""
    lows = [word.lower() for word in part.words]
    verb = next((i for i, low in enumerate(lows) if i and low in VERBS), None)
    return (
        verb is not None and part.kind not in ("asking", "bare", "preposition") and not ASKING.intersection(lows[:verb])
    )


def _repeated(run: list[Part]) -> str:
    """Return the first word that the later parts share, by class or itself, and that the first part holds too."""
    kinds = {part.kind for part in run[1:]}
    first = [word.lower() for word in run[0].words]
    lead = run[-1].low
    if kinds == {"asking"} and ASKING.intersection(first):
        return "asking"
    if kinds == {"preposition"} and PREPOSITIONS.intersection(first):
        return lead
    if lead in PREPOSITIONS | {"no"} and lead in first and any(part.low == lead for part in run[:-1]):
        return lead
    return "no" if lead == "no" and "no" in first else ""


def _without_asides(run: list[Part]) -> list[Part]:
    """Leave out what stands between commas and only tells of the item before it, and what only leads up to the list."""
    names = run[-1].kind == "name"
    kept: list[Part] = []
    for part, later in zip(run, [*run[1:], None], strict=True):
        beside = later is not None and later.bare  # "between A and B": no aside, whatever it begins with
        if part.joined or (beside and not _aside(part)) or not kept:
            kept.append(part)
        elif beside or (part.kind == "preposition" and part.low not in ("of", "from") and later and not later.joined):
            kept = [part]  # the list begins here
        elif not _aside(part) and (not names or part.kind == "name"):
            kept.append(part)
    while len(kept) > 2 and _leads_up(kept[0], names, len(kept) - 1):
        kept = kept[1:]
    return kept


def _aside(part: Part) -> bool:
    age = len(part.words) == 1 and part.low.isdigit()
    return age or part.low in ASIDES or part.kind == "preposition" or (part.low.endswith("ing") and len(part.words) > 2)


def _leads_up(part: Part, names: bool, following: int) -> bool:
    """Whether a part only says what follows: "handed out at two places", or no name stands at its end among names."""
    if len(part.words) > 1 and part.words[-1].endswith("s") and NUMBERS.get(part.words[-2].lower()) == following:
        return True
    aside = _aside(part) and (part.kind != "preposition" or part.low in ("of", "from"))
    named = capital(*part.words[1:2]) if part.mark == "" and not part.opened else part.kind == "name"
    return aside or (names and not named and not any(map(capital, part.words[-2:])))
