"""Amounts in a text, normalised: "a dozen", "two and a half million pounds", "almost 2,000", "four in five". Pure.

A text is cut into words, numbers and marks; where a number begins, the words around it tell sign, unit, bound and the
noun that is counted. Years, days of the month, times of day and ordinals are no amounts.
What this module does not know: grammar, so that the noun is a guess; and which question an amount answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from rag.values import units
from rag.values.around import AHEAD, Token, bound_after, bound_before, cut, glued, next_at, noun, unit_at
from rag.values.cardinals import Core, and_half, core_at
from rag.values.clock import clock_times
from rag.values.exclusions import is_date, is_name, is_pronoun, is_stuck

NEAR = 0.05  # "about 420" allows so much more or less, as a share; "just over" so much more
ROUND = 0.1  # "about 400" allows at most so much, since it is round; "almost" so much less
BEYOND = 1.5  # "more than 5,000" is no way to put more than so many times as much, nor "up to 60" less than 40
VAGUE_LEAST, VAGUE_MOST = 2, 10  # "dozens" are 24 to 120
FAHRENHEIT = 5 / 9  # degrees Celsius that a step of one is
HOTTEST = 50  # "75 degrees" are Fahrenheit
REACH = 200  # characters on either side that a span is looked at with
_RANGE = re.compile(r" to |-|\u2013| \u2013 | or ")
_MINUS = frozenset("-\u2212\u2013") | {"minus"}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in text[start:end]: bound words, sign of money, scale and unit are within, the counted noun is not.

    number: in the plainest unit of what is measured (metres, days, %). least, most: the exact values that the wording
    leaves open; both are number for an exact one. unit: "metres", "£", ...; "" for none. of: the noun that is counted,
    singular and in small letters, "" where none is seen. per: how many plainest units the written one is.
    """

    start: int
    end: int
    number: float
    least: float
    most: float
    unit: str = ""
    of: str = ""
    per: float = 1.0

    @property
    def exact(self) -> bool:
        """Whether it is put as the value itself, neither as a bound nor rounded."""
        return self.least == self.most

    def written(self) -> Amount:
        """Return it as the bare numbers that are written: 14 for "14 feet", 80 for "80 percent"."""
        per = 1.0 if self.unit == units.SHARE else self.per
        offset = 32.0 if self.unit == units.DEGREES and per != 1 else 0.0
        number, least, most = (value / per + offset for value in (self.number, self.least, self.most))
        return Amount(self.start, self.end, number, least, most, "", self.of)


class _Place(NamedTuple):
    """An amount, where the number in it stands without the words that bound it, and its scale."""

    amount: Amount
    start: int
    end: int
    scale: float


class _Measure(NamedTuple):
    """What a number is in: first is the place of a sign before it, last the place after its unit."""

    first: int
    last: int
    value: float
    unit: str
    per: float


def amounts(text: str) -> tuple[Amount, ...]:
    """Return every amount in a text, in order; years, days of the month, times of day and ordinals are none."""
    return tuple(place.amount for place in _places(text))


def bounded_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span with the bound words right beside the amount in it: "nearly 2,000" for "2,000"."""
    first = max(text.rfind("\n", max(0, start - REACH), start) + 1, start - REACH, 0)
    for amount, core_start, core_end, _ in _places(text[first : end + REACH]):
        holds = start <= core_start + first < end
        if start < core_end + first <= end < amount.end + first:
            end = amount.end + first
        if holds:
            start = min(start, amount.start + first)
    return start, end


@lru_cache(maxsize=4096)
def _places(text: str) -> tuple[_Place, ...]:
    tokens = cut(text)
    timed = frozenset(at for time in clock_times(text) for at in range(time.start, time.end))
    found: list[_Place] = []
    at = 0
    while at < len(tokens) - AHEAD:
        core = None if tokens[at].start in timed else core_at(tokens, at)
        if core is None:
            at += 1
            continue
        place, at = _place(tokens, core, timed)
        if place and found and (joined := _compound(text, found[-1], place)):
            found[-1] = joined
        elif place:
            if found and _is_range(text, found[-1], place):
                found[-1], place = _as_range(found[-1], place, signed=not text[place.start].isalnum())
            found.append(place)
    return tuple(found)


def _place(tokens: Sequence[Token], core: Core, timed: frozenset[int]) -> tuple[_Place | None, int]:
    """Return the amount of a number, or None where it is none, and the place to read on from."""
    measure = _measured(tokens, core)
    if measure is None or is_name(tokens, core, measure.unit, timed):
        return None, core.last
    first, last, value, unit, per = measure
    of, counted = ("", last) if unit else noun(tokens, last, single=value == 1)
    before, bound_first = bound_before(tokens, first)
    kind, end = bound_after(tokens, last)
    if not kind and counted > last:
        kind, end = bound_after(tokens, counted)
    if is_date(tokens, core, unit, of, before) or is_pronoun(tokens, core, unit, of, before or kind):
        return None, core.last
    least, most = (VAGUE_LEAST * value, VAGUE_MOST * value) if core.vague else (value, value)
    least, most = _bounded(least, most, before or kind)
    value, least, most = (_plainest(number, unit, per) for number in (value, least, most))
    unit, per = (units.DEGREES, FAHRENHEIT) if unit == "°F" else (unit, per)
    end_at = tokens[(end if kind else last) - 1].end
    amount = Amount(tokens[bound_first].start, end_at, value, least, most, unit, of, per)
    return _Place(amount, tokens[first].start, tokens[last - 1].end, core.scale), max(end if kind else last, core.last)


def _plainest(number: float, unit: str, per: float) -> float:
    """Return a number in the plainest unit of its dimension."""
    return (number - 32) * FAHRENHEIT if unit == "°F" else number * per


def _measured(tokens: Sequence[Token], core: Core) -> _Measure | None:
    """Return the number with its sign and unit; None where letters or marks are stuck to it ("A4", "20s", "3.5.2")."""
    first, last, value = core.first, core.last, core.value
    if core.share:
        return _Measure(first, last, value / core.per, units.SHARE, core.per)
    if (sign := tokens[first - 1]).low in units.MONEY and first > 0:
        first -= 1
        named = glued(tokens, first) and tokens[first - 1].low in units.DOLLARS
        unit = units.DOLLARS[tokens[first - 1].low] if named and sign.low == "$" else units.MONEY[sign.low]
        return _Measure(first - named, last, value, unit, 1.0)
    digits = tokens[core.first].digits
    if digits and is_stuck(tokens, core):
        return None
    stuck_after = digits and tokens[last].start == tokens[last - 1].end and tokens[last].low.isalpha()
    told = unit_at(tokens, next_at(tokens, last - 1), digits=stuck_after)
    if stuck_after and told is None:
        return None
    first, value = _minus(tokens, first, value)
    if told is None:
        aged = tokens[first - 1].low in ("aged", "age") or _is_age(tokens, core)
        return _Measure(first, last, value, units.AGE if aged else "", 1.0)
    half, end = and_half(tokens, told.last) if told.name == units.TIME else (0.0, told.last)
    unit = told.name
    if unit == "°":
        unit = "°F" if value > HOTTEST else units.DEGREES
    return _Measure(first, end, value + half, unit, told.per)


def _minus(tokens: Sequence[Token], first: int, value: float) -> tuple[int, float]:
    mark = tokens[first - 1]
    if mark.low == "minus" or (mark.low in _MINUS and glued(tokens, first) and not glued(tokens, first - 1)):
        return first - 1, -value
    return first, value


def _is_age(tokens: Sequence[Token], core: Core) -> bool:
    """Whether a number between commas after a name is an age: "Ann Sallow, 61, said"."""
    name, comma, follows = tokens[core.first - 2], tokens[core.first - 1].low, tokens[core.last]
    closed = follows.low in (",", ")", ";", ".", "") and tokens[core.first].digits and core.scale == 1
    named = name.raw[:1].isupper() and name.raw.isalpha() and name.raw not in units.MONTHS and core.first > 1
    return closed and comma == "," and named and name.low not in units.WEEKDAYS and 0 < core.value < 120


def _bounded(least: float, most: float, kind: str) -> tuple[float, float]:
    """Return the exact values that a bound leaves open, the least and the most."""
    if not kind:
        return min(least, most), max(least, most)
    low, high = min(least, most, key=abs), max(least, most, key=abs)  # of a negative number, "almost" is nearer to 0
    sides = {
        units.LEAST: (low, float("inf")),
        units.MORE: (low, high * BEYOND),
        units.JUST_OVER: (low, high * (1 + NEAR)),
        units.MOST: (0.0, high),
        units.UP_TO: (low / BEYOND, high),
        units.LESS: (low / BEYOND, high),
        units.ALMOST: (low * (1 - ROUND), high),
        units.ABOUT: (low - _about(low), high + _about(high)),
    }
    one, other = sides[kind]
    return min(one, other), max(one, other)


def _about(number: float) -> float:
    """Return how far "about" reaches: half of the last digit that is not 0, between NEAR and ROUND of the number."""
    mantissa, exponent = f"{abs(number):.9e}".split("e")
    decimals = len(mantissa.rstrip("0").partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent) - decimals)
    return min(max(half, NEAR * abs(number)), ROUND * abs(number))


def _compound(text: str, big: _Place, small: _Place) -> _Place | None:
    """Return two amounts as one where the second goes on in a smaller unit: "6ft 2in", "two hours and ten minutes"."""
    one, other = big.amount, small.amount
    measured = one.unit == other.unit and one.unit in (units.TIME, units.LENGTH, units.MASS, units.AGE)
    if not measured or not other.exact or not 0 < other.number < one.per or other.per >= one.per:
        return None
    if text[big.end : small.start] not in ("", " ", " and ", "-") or one.end != big.end:
        return None
    added = other.number
    amount = replace(
        one, end=other.end, number=one.number + added, least=one.least + added, most=one.most + added, per=other.per
    )
    return _Place(amount, big.start, small.end, 1.0)


def _is_range(text: str, low: _Place, high: _Place) -> bool:
    """Whether two amounts are the ends of a range: "five to ten", "between 5 and 10"."""
    if low.amount.end > high.start or high.amount.start < high.start:
        return False
    if text[low.end : high.start] == " and ":
        return text[max(0, low.start - 8) : low.start].lower() == "between "
    return _RANGE.fullmatch(text, low.end, high.start) is not None


def _as_range(low: _Place, high: _Place, *, signed: bool) -> tuple[_Place, _Place]:
    """Return two ends of a range, each with the scale, unit and noun that only the other tells: "$5-10 million".

    signed: the sign of money stands before the second one, so that it is not the first one's.
    """
    one, other = low.amount, high.amount
    if low.scale == 1 and one.number < other.number / (high.scale * other.per):
        one = _mapped(one, lambda number: number * high.scale)
    if not one.unit and other.unit and not signed:
        name = "°F" if other.unit == units.DEGREES and other.per == FAHRENHEIT else other.unit
        one = _mapped(replace(one, unit=other.unit, per=other.per), lambda number: _plainest(number, name, other.per))
    elif one.unit in units.CURRENCIES and not other.unit:
        other = replace(other, unit=one.unit, of="")
    if not one.unit and not one.of:
        one = replace(one, of=other.of)
    return low._replace(amount=one), high._replace(amount=other)


def _mapped(amount: Amount, change: Callable[[float], float]) -> Amount:
    return replace(amount, number=change(amount.number), least=change(amount.least), most=change(amount.most))
