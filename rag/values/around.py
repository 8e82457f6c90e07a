"""The words beside a number: its unit, what bounds it, the noun that it counts. Pure.

What this module does not know: how numbers are told, and grammar: a noun is the first plural among the next few words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.values import units

AHEAD = 8  # empty tokens at the end, so that one may look ahead, and back from the first (by negative places)
_TOKEN = re.compile(
    r"[0-9]{1,2}(?:,[0-9]{2}){1,3},[0-9]{3}(?![0-9])|[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]+(?:\.[0-9]+)?|[½¼¾⅓⅔]|[^\W\d_½¼¾⅓⅔]+(?:['’][^\W\d_½¼¾⅓⅔]+)*|\n|\S"
)
HYPHENS = frozenset("-\u2010\u2011")
_DETERMINERS = units.word_set("the its his her their these those our my")
_NO_NOUN = units.word_set("strong way off fold plus odd figure time one old only more")
_WEIGHED = units.word_set("weigh weighs weighed weighing lose loses lost losing gain gained heavier lighter")
_NO_WEIGHT = units.word_set("public taxpayer taxpayers taxpayer's taxpayers' money cash debt damage funding aid the")
_POWERS = frozenset({"square", "sq", "cubic"})
_NOTES = units.word_set("note notes coin coins fine ticket bill")
_LONGEST_BOUND = max(len(phrase) for phrase in {**units.BOUND_BEFORE, **units.BOUND_AFTER})


class Token(NamedTuple):
    """A word, a number in digits, a mark or a line break. low: in small letters."""

    low: str
    start: int
    end: int
    raw: str

    @property
    def digits(self) -> bool:
        """Whether it is a number in digits."""
        return self.low[:1] in units.DIGITS


class Unit(NamedTuple):
    """A unit that is told in the tokens up to last (excluded): what it measures, how many of the plainest one it is."""

    name: str
    per: float
    last: int


def cut(text: str) -> list[Token]:
    """Return the tokens of a text, and `AHEAD` empty ones."""
    tokens = [Token(m.group().lower(), m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]
    return tokens + [Token("", len(text) + 1, len(text) + 1, "")] * AHEAD


def next_at(tokens: Sequence[Token], at: int) -> int:
    """Return the place of the next token; a hyphen that joins the two is left out."""
    mark, word = tokens[at + 1], tokens[at + 2]
    hyphen = mark.low in HYPHENS and mark.start == tokens[at].end and word.start == mark.end
    return at + 2 if hyphen else at + 1


def glued(tokens: Sequence[Token], at: int) -> bool:
    """Return whether nothing stands between a token and the one before it."""
    return at > 0 and tokens[at - 1].end == tokens[at].start


def year_like(token: Token) -> bool:
    """Return whether a token is four digits that may be a year."""
    return len(token.low) == 4 and token.low.isdigit() and "1000" <= token.low < "2100"


def unit_at(tokens: Sequence[Token], at: int, *, digits: bool = False) -> Unit | None:
    """Return the unit that begins at a place, or None. digits: it stands right after a number in digits ("1.8m")."""
    token, following = tokens[at], tokens[at + 1].low
    if token.raw == "st" and tokens[at - 1].low[-1:] == "1" and tokens[at - 1].low[-2:] != "11":
        return None  # "the 21st"
    if digits and (short := units.GLUED_UNITS.get(token.raw)):
        return Unit(*short, at + 1)
    if digits and token.raw == "F":
        return Unit("°F", 1.0, at + 1)
    if token.low == "per" and following == "cent":
        return Unit(units.SHARE, 1.0, at + 2)
    if token.low == "percentage" and following in ("point", "points"):
        return Unit("percentage points", 1.0, at + 2)
    if token.low in _POWERS:
        return _power(tokens, at)
    if following in ("dollar", "dollars") and token.low in units.DOLLARS:
        return Unit(units.DOLLARS[token.low], 1.0, at + 2)
    known = units.UNITS.get(token.low) or units.UNITS.get(units.singular(token.low))
    if known is None or (token.low == "second" and tokens[at - 1].low not in HYPHENS):
        return None
    return _told_on(tokens, at, *known)


def _power(tokens: Sequence[Token], at: int) -> Unit | None:
    inner = None if tokens[at + 1].low in _POWERS else unit_at(tokens, at + 1)
    if inner is None or inner.name != units.LENGTH:
        return None
    cubic = tokens[at].low == "cubic"
    return Unit("cubic metres" if cubic else "square metres", inner.per ** (3 if cubic else 2), inner.last)


def _told_on(tokens: Sequence[Token], at: int, name: str, per: float) -> Unit:
    """Return a unit with the words after it that make another one of it: "miles an hour", "years old", "degrees F"."""
    follow_at = next_at(tokens, at)
    following, last = tokens[follow_at].low, at + 1
    if name == units.TIME and per >= 1 and following in ("old", "olds"):
        return Unit(units.AGE, per / 365.25, follow_at + 1)
    if name == units.TIME and following == "of" and tokens[follow_at + 1].low == "age":
        return Unit(units.AGE, per / 365.25, follow_at + 2)
    if tokens[at].low in ("°", "degree", "degrees"):
        if tokens[follow_at].raw in units.FAHRENHEIT:
            return Unit("°F", 1.0, follow_at + 1)
        named = tokens[follow_at].raw == "C" or following in ("celsius", "centigrade")
        return Unit(units.DEGREES if named else "°", 1.0, follow_at + 1 if named else last)
    if name == units.LENGTH and (hour := _each(tokens, at)):
        if tokens[hour].low in ("hour", "h") and (name, per) in units.PER_HOUR:
            return Unit(units.SPEED, units.PER_HOUR[name, per], hour + 1)
        if tokens[hour].low == "second":
            return Unit(units.SPEED, 3.6 * per, hour + 1)
    if tokens[at].low in ("pound", "pounds") and _is_mass(tokens, at):
        return Unit(*units.POUND_MASS, last)
    return Unit(name, per, last)


def _each(tokens: Sequence[Token], at: int) -> int:
    """Return the place of the unit after "per", "an" or a slash; 0 where none of these follows."""
    return at + 2 if tokens[at + 1].low in ("per", "an", "a", "/") else 0


def _is_mass(tokens: Sequence[Token], at: int) -> bool:
    """Whether pounds weigh something: "20 pounds of flour", "a 20-pound dog", "lost 20 pounds"."""
    of = tokens[at + 1].low == "of" and tokens[at + 2].low not in _NO_WEIGHT
    return (
        (of and tokens[at - 1].low not in units.SCALES)
        or (
            tokens[at - 1].low in HYPHENS
            and tokens[at + 1].low not in _NOTES
            and tokens[at - 2].low not in units.SCALES
        )
        or any(token.low in _WEIGHED for token in tokens[max(0, at - 5) : at])
    )


def bound_before(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return what the words before a place make of the amount there ("" for nothing), and where they begin."""
    for many in range(min(_LONGEST_BOUND, at), 0, -1):
        kind = units.BOUND_BEFORE.get(tuple(token.low for token in tokens[at - many : at]))
        if kind:
            return kind, at - many
    return "", at


def bound_after(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return what the words from a place on make of the amount before it ("" for nothing), and the place after them."""
    first = next_at(tokens, at - 1)
    for many in range(_LONGEST_BOUND, 0, -1):
        phrase = tuple(token.low for token in tokens[first : first + many])
        if phrase in units.BOUND_AFTER and (phrase != ("plus",) or first > at):
            return units.BOUND_AFTER[phrase], first + many
    return "", at


def noun(tokens: Sequence[Token], at: int, *, single: bool = False) -> tuple[str, int]:
    """Return the noun that an amount before a place counts ("" where none is seen), and the place after it.

    single: one is counted, so that no plural is looked for, but a word that stands alone.
    """
    first = next_at(tokens, at - 1)
    if first > at:
        word = tokens[first].low
        counted = word.isalpha() and word not in _NO_NOUN | units.FUNCTION_WORDS
        return (units.singular(word), first + 1) if counted else ("", at)
    if tokens[at].low == "of" and not single:
        first = at + 2 if tokens[at + 1].low in _DETERMINERS else at + 1
    run = first
    while run < first + 4 and tokens[run].low.isalpha() and tokens[run].low not in units.FUNCTION_WORDS:
        if not single and units.is_plural(tokens[run].low):
            word = units.singular(tokens[run].low)
            return ("" if word in units.UNCOUNTED else word), run + 1
        run = next_at(tokens, run)
    return (tokens[first].low, run) if single and run == first + 1 else ("", at)
