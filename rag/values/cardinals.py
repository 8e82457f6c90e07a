"""The English of numbers: cardinals in words or digits with their scale, fractions, "four in five", "dozens". Pure.

Each reader looks at one place of the tokens and says what number begins there, and where it ends. An own parser, since
libraries (text2num 3.1 was tried) know no fractions, no "and a half", and join numbers over line breaks and "and".
What this module does not know: units, bounds and dates; only so much of them as tells a fraction from a rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from rag.values import units
from rag.values.around import Token, bound_before, glued, next_at, noun, unit_at, year_like

_DURING = units.word_set("for within after in lasted last takes took")


class Core(NamedTuple):
    """A number among the tokens first to last (excluded), of "2m" 2e6.

    vague: of "dozens"; share: it is in percent; scale: what its words multiply by, of "2m" a million; per: of a share
    how many percent are one part.
    """

    first: int
    last: int
    value: float
    share: bool = False
    vague: bool = False
    scale: float = 1.0
    per: float = 1.0


def core_at(tokens: Sequence[Token], at: int) -> Core | None:
    """Return the number that begins at a place; None where none does."""
    return _one_in(tokens, at) or _share(tokens, at) or _vague(tokens, at) or _number(tokens, at) or _a_unit(tokens, at)


def _small(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Return a cardinal below a hundred in words and the place after it."""
    word = tokens[at].low
    if word in units.TENS:
        ones = next_at(tokens, at)
        value = units.ONES.get(tokens[ones].low, 0)
        return (units.TENS[word] + value, ones + 1) if 0 < value < 10 else (units.TENS[word], at + 1)
    return (units.ONES[word], at + 1) if word in units.ONES else None


def _hundreds(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Return a cardinal below a thousand, or hundreds up to ninety-nine of them: "two hundred and five"."""
    scaled = tokens[next_at(tokens, at)].low in units.SCALES or tokens[next_at(tokens, at)].low == "hundred"
    small = (1.0, at + 1) if tokens[at].low == "a" and scaled else _small(tokens, at)
    if small is None:
        return None
    value, last = small
    hundred = next_at(tokens, last - 1)
    if tokens[hundred].low != "hundred" or not 0 < value < 100:
        return value, last
    value, last, rest_at = value * 100, hundred + 1, next_at(tokens, hundred)
    rest = _small(tokens, next_at(tokens, rest_at) if tokens[rest_at].low == "and" else rest_at)
    if rest and tokens[next_at(tokens, rest[1] - 1)].low != "hundred":  # not "one hundred and five hundred"
        return value + rest[0], rest[1]
    return value, last


def _cardinal(tokens: Sequence[Token], at: int) -> tuple[float, int, float] | None:
    """Return a cardinal in words, the place after it, and the scale that its last word is (1 for none)."""
    total, last, below = 0.0, at, math.inf
    while True:
        first = at if last == at else next_at(tokens, last - 1)
        joined = tokens[first].low == "and" and last > at
        group = _hundreds(tokens, next_at(tokens, first) if joined else first)
        if group is None or (last > at and not joined and group[0] == 1):  # "sold a million one day"
            break
        scale_at = next_at(tokens, group[1] - 1)
        scale = units.SCALES.get(tokens[scale_at].low, 1.0)
        if scale >= below:  # "two million and three million" are two
            break
        total, last, below = total + group[0] * scale, scale_at + 1 if scale > 1 else group[1], scale
        if scale in (1.0, units.SCALES["dozen"]):
            break
    if last == at:
        return None
    return total, last, 100.0 if tokens[last - 1].low == "hundred" else below


def _number(tokens: Sequence[Token], at: int) -> Core | None:
    """Read a number in digits or words with its scale and "and a half": "2.5 million", "two and a half thousand"."""
    if tokens[at].low in units.SIGNS:
        return Core(at, at + 1, units.SIGNS[tokens[at].low])
    if tokens[at].digits:
        value, last, scale = float(tokens[at].low.replace(",", "")), at + 1, 1.0
    elif (told := _cardinal(tokens, at)) is not None:
        value, last, scale = told
    else:
        return None
    if tokens[last].low == "point" and not tokens[at].digits and (rest := _small(tokens, last + 1)) and rest[0] < 10:
        value, last = value + rest[0] / 10, last + 2
    for _ in range(2):  # "two and a half million", "a million and a half"
        half, last = and_half(tokens, last)
        value += half * scale
        while factor := _scale(tokens, at, last):
            last = next_at(tokens, last - 1) + 1
            value, scale = value * factor, scale * factor
    return Core(at, last, value, scale=scale) if math.isfinite(value) else None


def _scale(tokens: Sequence[Token], at: int, last: int) -> float:
    """Return what the scale at a place multiplies the number that began at another by; 0 where there is none."""
    scale_at = next_at(tokens, last - 1)
    word = tokens[scale_at].low
    if word in units.SCALES or (word == "hundred" and tokens[at].digits):
        return units.SCALES.get(word, 100.0)
    if not tokens[at].digits or last > at + 1:
        return 0.0
    money = tokens[at - 1].low in units.MONEY
    if word == "b" and money:
        return 1e9
    if word not in units.SHORT_SCALES or (word == "m" and not money and not _millions(tokens, scale_at + 1)):
        return 0.0
    return units.SHORT_SCALES[word] if money or word not in "mk" or glued(tokens, scale_at) else 0.0


def _millions(tokens: Sequence[Token], at: int) -> bool:
    """Whether "1.8m" before a place counts something: "1.8m people", not "1.8m tall"."""
    return tokens[next_at(tokens, at - 1)].low not in units.METRES_AHEAD and noun(tokens, at)[0] != ""


def and_half(tokens: Sequence[Token], last: int) -> tuple[float, int]:
    """Return what "and a half" ("½", "1/2") adds to the number before a place, and the place after it."""
    sign_at = next_at(tokens, last - 1)
    if tokens[sign_at].low in units.SIGNS and tokens[last - 1].digits:
        return units.SIGNS[tokens[sign_at].low], sign_at + 1
    over = "".join(token.low for token in tokens[sign_at : sign_at + 3])
    if tokens[last - 1].digits and over in units.PRINTED and glued(tokens, sign_at + 1):
        return units.PRINTED[over], sign_at + 3
    if tokens[sign_at].low != "and":
        return 0.0, last
    many = next_at(tokens, sign_at)
    part = next_at(tokens, many)
    count = {"a": 1, "one": 1, "three": 3}.get(tokens[many].low, 0)
    if count and tokens[part].low in ("half", "quarter", "quarters"):
        return count / units.PARTS[tokens[part].low], part + 1
    return 0.0, last


def _plain(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Return a whole number in digits or words and the place after it."""
    if tokens[at].digits:
        value = float(tokens[at].low.replace(",", ""))
        return (value, at + 1) if value.is_integer() else None
    told = _cardinal(tokens, at)
    return told[:2] if told else None


def _one_in(tokens: Sequence[Token], at: int) -> Core | None:
    """Read "four in five", "one-in-three", "nine out of 10" as a share."""
    many = _plain(tokens, at)
    if many is None:
        return None
    word = next_at(tokens, many[1] - 1)
    if tokens[word].low == "out" and tokens[word + 1].low == "of":
        word += 1
    elif tokens[word].low != "in":
        return None
    below = _plain(tokens, next_at(tokens, word))
    if below is None or not 0 < many[0] < below[0] or year_like(tokens[below[1] - 1]):
        return None
    last = next_at(tokens, below[1] - 1)
    if unit_at(tokens, last) or tokens[last].raw in units.MONTHS or tokens[last].low in units.SHORT_SCALES:
        return None
    return Core(at, below[1], 100 * many[0] / below[0], share=True, per=100 / below[0])


def _share(tokens: Sequence[Token], at: int) -> Core | None:
    """Read "two thirds", "a quarter of", "half" as a share in percent; of a million, of an hour as that much of it."""
    many, part = 1.0, at
    if tokens[at].low != "half":
        told = (1.0, at + 1) if tokens[at].low in ("a", "an") else _plain(tokens, at)
        if told is None or told[0] not in range(1, 10):
            return None
        many, part = told[0], next_at(tokens, told[1] - 1)
    word = tokens[part].low
    below = units.PARTS.get(word)
    if below is None or many >= below or (many > 1) != word.endswith("s") or (below == 4 and many == 2):
        return None
    if (whole := _whole(tokens, part)) is not None:
        return Core(at, whole[1], many / below * whole[0], scale=whole[0])
    return Core(at, part + 1, 100 * many / below, share=True, per=100 / below) if _stands(tokens, at, part) else None


def _whole(tokens: Sequence[Token], part: int) -> tuple[float, int] | None:
    """Return the scale (1 for a unit) that a share is taken of, and the place after it: "half a million"."""
    of = next_at(tokens, part)
    hyphen = of == part + 2
    at = of + 1 if tokens[of].low == "of" else of
    article = tokens[at].low in ("a", "an")
    at += article
    if not (article or hyphen):
        return None
    if scale := units.SCALES.get(tokens[at].low):
        return scale, at + 1
    return (1.0, at) if unit_at(tokens, at) else None


def _stands(tokens: Sequence[Token], at: int, part: int) -> bool:
    """Whether a fraction is one: "a third of", "by a third"; not "a third term", "half-time", "second half"."""
    follows, before, word = tokens[part + 1].low, tokens[at - 1].low, tokens[part].low
    if next_at(tokens, part) != part + 1:
        return False
    if word == "half" and part == at:
        if before in units.ORDINALS or before in ("that", "each", "either", "other"):
            return False
        whole = follows in ("of", "the", "a", "an", "its", "his", "her", "their", "all", "as", "that", "those")
        return whole or before == "by" or bound_before(tokens, at)[0] != "" or (at == 0 and not follows)
    return word.endswith("s") or not follows.isalpha() or follows in units.FUNCTION_WORDS


def _vague(tokens: Sequence[Token], at: int) -> Core | None:
    """Read "dozens", "tens of thousands", "several hundred", "a few thousand"."""
    many = at + 1 if tokens[at].low == "a" and tokens[at + 1].low == "few" else at
    if tokens[many].low in ("several", "few", "many"):
        word = tokens[many + 1].low
        scale = 100.0 if word == "hundred" else units.SCALES.get(word)
        return Core(at, many + 2, scale, vague=True, scale=scale) if scale else None
    scale, last = units.VAGUE.get(tokens[at].low), at + 1
    for _ in range(2):
        if not scale or tokens[last].low != "of" or not (more := units.VAGUE.get(tokens[last + 1].low)):
            break
        scale, last = scale * more, last + 2
    return Core(at, last, scale, vague=True, scale=scale) if scale and tokens[last - 1].low != "tens" else None


def _a_unit(tokens: Sequence[Token], at: int) -> Core | None:
    """Read "a year", "an hour and a half" as one of them where it tells how long; "£5 an hour" does not."""
    if tokens[at].low not in ("a", "an"):
        return None
    unit = unit_at(tokens, at + 1)
    if unit is None or unit.name != units.TIME:
        return None
    half = and_half(tokens, unit.last)[0]
    alone = at == 0 and not tokens[unit.last].low
    told = half or alone or tokens[at - 1].low in _DURING or bound_before(tokens, at)[0] not in ("", units.UP_TO)
    return Core(at, at + 1, 1.0) if told else None
