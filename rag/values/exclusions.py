"""Numbers that are no amounts: years, days of the month, ordinals, "No 10", "MH370", the pronoun "one". Pure.

What this module does not know: names by themselves ("Apollo 11"); it sees marks, labels and neighbours only.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.values import units
from rag.values.around import HYPHENS, Token, glued, next_at, year_like
from rag.values.cardinals import Core

_LABELS = units.word_set(  # with a capital they number what they name: "Game 6"
    "act article boeing channel chapter class clause day division episode exit figure flight formula game gate "
    "grade group highway interstate junction level line no number page paragraph part phase pier platform room "
    "round route season section stage stand table tier title type unit vol volume ward week year zone "
)
_SMALL_LABELS = units.word_set("page section chapter paragraph clause")
_DATE_BEFORE = units.word_set(
    "in since by until till of from the during before after early late mid for to between and or"
)
_PLACING = units.word_set("over under above below about around some circa")  # "a row over 2020"
_NO_PRONOUN_BEFORE = units.word_set("no the this that which each every any some another other")


def is_stuck(tokens: Sequence[Token], core: Core) -> bool:
    """Whether digits belong to the letters, marks or digits right beside them: "MH370", "Covid-19", "24/7", "[5]"."""
    first, last = core.first, core.last
    before, follows = tokens[first - 1], tokens[last]
    if glued(tokens, first):
        if before.low.isalpha() or before.low in "#@_&=[.":
            return True
        if before.low in "/:,-+\u2010\u2011" and glued(tokens, first - 1) and _wordy(tokens[first - 2], before.low):
            return True
    if follows.low in tuple("/:._@") and glued(tokens, last) and glued(tokens, last + 1):
        return tokens[last + 1].low[:1].isalnum()
    if _chained(tokens, first):
        return True
    return len(tokens[first].low) > 1 and tokens[first].low.isdigit() and tokens[first].low[0] == "0"


def _chained(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is one of three or more that hyphens join, as in a telephone number or 2024-02-03."""
    groups = 0
    for step in (-1, 1):
        for many in (1, 2):
            mark, digits = at + step * (2 * many - 1), at + 2 * step * many
            if digits < 0 or tokens[mark].low not in HYPHENS or not tokens[digits].digits:
                break
            groups += 1
    return groups > 1


def _wordy(token: Token, mark: str) -> bool:
    """Whether what stands before a mark makes one thing of it and the number after it: "Covid-19", not "5-10"."""
    if mark in "-\u2010\u2011/" and token.low.isalpha():
        return True
    return token.digits and (mark != "-" or year_like(token))


def is_name(tokens: Sequence[Token], core: Core, unit: str, timed: frozenset[int]) -> bool:
    """Whether a number is part of an ordinal, of a label ("No 10") or of a range of times ("6-8pm")."""
    follows = next_at(tokens, core.last - 1)
    hyphen = follows > core.last
    tens = tokens[core.last - 1].low in units.TENS or tokens[core.last - 1].low == "hundred"
    if tokens[follows].low in units.ORDINALS and (hyphen or tens) and not tokens[core.first].digits:
        return True
    if tokens[core.last].low in ("-", "to", "\u2013", "and", "until") and tokens[core.last + 1].start in timed:
        return True
    if not tokens[core.first].digits or unit or core.scale > 1:
        return False
    dotted = tokens[core.first - 1].low == "."
    before = tokens[core.first - 2 if dotted else core.first - 1]
    if before.low == "no" and dotted:
        return True
    return before.low in _SMALL_LABELS or (before.low in _LABELS and before.raw[0].isupper())


def is_date(tokens: Sequence[Token], core: Core, unit: str, of: str, bound: str) -> bool:
    """Whether bare digits are a year or a day of the month: "in 2013", "3 February", "Feb. 3"."""
    token = tokens[core.first]
    if not token.digits or unit not in ("", units.AGE) or core.scale > 1 or core.last > core.first + 1:
        return False
    first = core.first
    if tokens[first - 1].low in ("-", "\u2013") and tokens[first - 2].digits:
        first -= 2  # "Sept. 2-12"
    before = tokens[first - 2 if tokens[first - 1].low == "." else first - 1]
    if year_like(token):
        counts = tokens[core.last].raw.islower() and units.is_plural(tokens[core.last].raw)  # no "2021 Olympic Games"
        if before.low in _PLACING:
            return not counts
        return not bound and (not counts or before.low in _DATE_BEFORE or before.raw in units.MONTHS)
    if core.value > 31 or not core.value.is_integer():
        return False
    follows = core.last
    while tokens[follows].low in ("-", "\u2013", "and", "to", "or", "/", "of") and tokens[follows + 1].low:
        follows += 2 if tokens[follows + 1].digits else 1
        if follows > core.last + 3:
            break
    if tokens[follows].raw in units.MONTHS or before.raw in units.MONTHS:
        return True
    return before.low in units.WEEKDAYS and not of


def is_pronoun(tokens: Sequence[Token], core: Core, unit: str, of: str, bound: str) -> bool:
    """Whether "one" counts nothing: "one of the", "no one", "this one", "one-off", "one day"."""
    if tokens[core.first].low != "one" or core.last > core.first + 1 or core.share or bound:
        return False
    before, follows = tokens[core.first - 1].low, tokens[core.last].low
    if before in _NO_PRONOUN_BEFORE or (unit == units.TIME and follows == "day"):
        return True
    if unit or of:
        return False
    alone = core.first == 0 and not tokens[core.last].low
    return not alone and (not follows.isalpha() or follows in units.FUNCTION_WORDS)
