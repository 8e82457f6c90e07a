"""How two answers to one question stand to each other: the same value, one that fits, another one. Pure.

"Half past six" and "18:30" are one time, "almost 2,000" leaves 1,970 open, "a third" is 33 percent in words, and 20
feet are six metres as newspapers convert them; "five men" and "seven men" differ. What is no time or amount is not
compared.
What this module does not know: which answers belong to one question, and days and years (rag.values.days).
"""

from __future__ import annotations

import math
import re
from enum import StrEnum

from rag.text import find_span, words
from rag.values import units
from rag.values.clock import ClockTime, clock_times
from rag.values.numbers import NEAR, Amount, amounts

CONVERTED = 0.03  # what newspapers lose when they convert feet to metres
ROUNDED = 0.1  # and at most so much where the rounder of the two numbers allows it
SAME_SPAN = 0.005  # 52 weeks and a year, twelve months and 365 days
DEGREE = 0.6  # 24C are 75F
ROUGH_MINUTES = 15  # "shortly after six" and 18:10
BESIDE = 8  # words of an answer beside its amounts; with more of them it tells something else, too
_PEOPLE = units.word_set(
    "adult apprentice boy casualty child citizen civilian colleague commuter competitor customer delegate "
    "demonstrator deportee detainee doctor driver employee evacuee fan fatality firefighter fisherman friend girl "
    "guard guest hostage householder immigrant inhabitant inmate man member migrant motorist mourner neighbour "
    "nurse officer participant passenger patient person player prisoner protester pupil reader recruit refugee "
    "relative rescuer resident rider runner sailor soldier spectator striker student subscriber survivor suspect "
    "swimmer teacher teenager tourist user victim viewer villager visitor volunteer voter walker woman worker "
)
_ROUGH = re.compile(
    r"\b(?:about|around|shortly|just|nearly|almost|roughly|approximately|soon)(?:\s(?:before|after))?\s$"
)


class Relation(StrEnum):
    """How one value stands to another."""

    SAME = "the same value"
    FITS = "consistent with it"
    DIFFERS = "another value"
    OTHER = "not comparable"


def same_value(one: str, other: str) -> bool:
    """Return whether two answers tell the same time or amount, or such as fit each other."""
    return relation(one, other) in (Relation.SAME, Relation.FITS)


def relation(one: str, other: str, *, one_context: str = "", other_context: str = "") -> Relation:
    """Return how two answers stand to each other; OTHER where they are no times or amounts, or of different things.

    The contexts are the sentences that the answers stand in: words there that bound an amount, its unit, or what makes
    "6.30" a time count, too; a noun counts only where the answer itself tells it.
    """
    times, other_times = _times(one, one_context), _times(other, other_context)
    if times and other_times:
        return _among_times(times, other_times)
    if times or other_times:
        times, other_times = times or _as_time(one), other_times or _as_time(other)
        return _among_times(times, other_times) if times and other_times else Relation.OTHER
    found, others = _amounts(one, one_context), _amounts(other, other_context)
    if not found or len(found) != len(others):
        return Relation.OTHER
    pairs = [_of_amounts(a, b) for a, b in zip(found, others, strict=True)]
    if len(pairs) > 1 and not all(pair in (Relation.SAME, Relation.FITS) for pair in pairs):
        return Relation.OTHER
    return Relation.FITS if Relation.FITS in pairs else pairs[0]


def _times(answer: str, context: str) -> list[tuple[ClockTime, bool]]:
    """Return the times of day that an answer tells, and whether each is told roughly."""
    first, last = find_span(context, answer)
    if last > first:
        spans, text = [t for t in clock_times(context) if t.start < last and first < t.end], context
    if last == first or not spans:
        spans, text = list(clock_times(answer)), answer
    return [(time, _ROUGH.search(text[max(0, time.start - 30) : time.start].lower()) is not None) for time in spans]


def _as_time(answer: str) -> list[tuple[ClockTime, bool]]:
    """Return the time that a bare "6.30", "six" or "at six" is beside another time."""
    return _times(f"at {answer}", "") or _times(f"{answer} o'clock", "")


def _among_times(one: list[tuple[ClockTime, bool]], other: list[tuple[ClockTime, bool]]) -> Relation:
    if len(one) != len(other):
        return Relation.OTHER
    pairs = [_of_times(a, b) for a, b in zip(one, other, strict=True)]
    if len(pairs) > 1 and Relation.DIFFERS in pairs:
        return Relation.OTHER
    return Relation.FITS if Relation.FITS in pairs else pairs[0]


def _of_times(one: tuple[ClockTime, bool], other: tuple[ClockTime, bool]) -> Relation:
    (time, rough), (other_time, other_rough) = one, other
    circle = 24 * 60 if time.half_day_known and other_time.half_day_known else 12 * 60
    apart = abs(time.minute - other_time.minute) % circle
    apart = min(apart, circle - apart)
    if apart == 0:
        return Relation.SAME
    return Relation.FITS if (rough or other_rough) and apart <= ROUGH_MINUTES else Relation.DIFFERS


def _amounts(answer: str, context: str) -> tuple[Amount, ...]:
    """Return the amounts of an answer as its context bounds and measures them; none where it tells much else."""
    found = amounts(answer)
    outside = answer
    for amount in reversed(found):
        outside = outside[: amount.start] + outside[amount.end :]
    if len(words(outside)) > BESIDE:
        return ()
    first, last = find_span(context, answer)
    if last == first:
        return found
    there = [amount for amount in amounts(context) if amount.start < last and first < amount.end]
    if found and len(there) != len(found):
        return found
    told = [amount.of for amount in found] or [""] * len(there)
    return tuple(
        Amount(a.start, a.end, a.number, a.least, a.most, a.unit, of, a.per) for a, of in zip(there, told, strict=True)
    )


def _of_amounts(one: Amount, other: Amount) -> Relation:
    if one.of and other.of and one.of != other.of and not _both_people(one.of, other.of):
        return Relation.OTHER
    if one.unit == other.unit:
        return _compared(one, other)
    if one.unit and other.unit:
        return Relation.OTHER
    measured, bare = (one, other) if one.unit else (other, one)
    if bare.of:
        return Relation.OTHER
    found = _compared(measured.written(), bare)
    fraction = measured.unit == units.SHARE and measured.per != 1
    return Relation.OTHER if fraction and found is Relation.DIFFERS else found


def _both_people(one: str, other: str) -> bool:
    """Whether "people" on one side may be the other's passengers; men and women are not each other."""
    return "person" in (one, other) and {one, other} <= _PEOPLE


def _compared(one: Amount, other: Amount) -> Relation:
    """Compare two amounts in the same unit."""
    if (one.number, one.least, one.most) == (other.number, other.least, other.most):
        return Relation.SAME
    if one.exact and other.exact:
        return _exact(one, other)
    near = math.isclose(one.number, other.number, rel_tol=NEAR)
    if _side(one) and _side(one) == _side(other):  # "at least five", later "at least nine"
        return Relation.FITS if near else Relation.DIFFERS
    slack = CONVERTED if _converted(one, other) else 1e-9
    least, most = max(one.least, other.least), min(one.most, other.most)
    return Relation.FITS if least - abs(least) * slack <= most else Relation.DIFFERS


def _side(amount: Amount) -> int:
    """Return on which side of its number an amount is open: 1 above, -1 below, 0 for none or both."""
    above, below = amount.most > amount.number, amount.least < amount.number
    return int(above) - int(below)


def _exact(one: Amount, other: Amount) -> Relation:
    same = SAME_SPAN if one.unit in (units.TIME, units.AGE) and one.per != other.per else 1e-9
    if math.isclose(one.number, other.number, rel_tol=same, abs_tol=1e-9):
        return Relation.SAME
    if one.unit == units.SHARE:
        fits = (one.per != 1 or other.per != 1) and _rounds(one.number, other.number)
    elif one.unit == units.DEGREES and _converted(one, other):
        fits = abs(one.number - other.number) <= DEGREE
    else:
        fits = _converted(one, other) and _close(one, other)
    return Relation.FITS if fits else Relation.DIFFERS


def _rounds(one: float, other: float) -> bool:
    """Whether one of two shares is the other rounded to whole percent or to one decimal: 33 or 33.3 for a third."""
    return any(abs(a - b) <= 0.5 * 10.0**-places and round(b, places) == b
               for a, b in ((one, other), (other, one)) for places in (0, 1))  # fmt: skip


def _converted(one: Amount, other: Amount) -> bool:
    """Whether two amounts are written in units of different systems, so that one was converted and rounded."""
    if one.unit == units.TIME:
        return one.per != other.per
    return _metric(one.per) != _metric(other.per)


def _metric(per: float) -> bool:
    power = math.log10(per)
    return math.isclose(power, round(power), abs_tol=1e-9)


def _close(one: Amount, other: Amount) -> bool:
    apart = abs(one.number - other.number)
    larger = max(abs(one.number), abs(other.number))
    if apart <= CONVERTED * larger:
        return True
    if one.unit == units.TIME:
        return False
    rounder = max(_last_digit(one), _last_digit(other))
    return apart <= min(rounder / 2, ROUNDED * larger)


def _last_digit(amount: Amount) -> float:
    """Return what one of the last digit that is not 0 of a number is worth, in the plainest unit."""
    written = abs(amount.number / amount.per)
    mantissa, exponent = f"{written:.9e}".split("e")
    return float(10.0 ** (int(exponent) - len(mantissa.rstrip("0").partition(".")[2])) * amount.per)
