"""Two answers → do they say the same amount or time, fit each other, or differ? Pure.

Newspapers write one value in many ways: "a dozen" and "12", "30 months" and "two and a half years", "more than 5,000"
and "5,214", "half past six" and "6.30pm". Rounded figures and bounds do not contradict the exact ones they fit.
What this module does not know: which answers belong to one question.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rag.text import answer_key

NEAR = 0.05  # "about 400" allows so much more or less, as a share
BELOW = 0.15  # "almost 2,000" allows so much less
BEYOND = 1.5  # "more than 5,000" is no way to put more than so many times as much


class Relation(StrEnum):
    """How one value stands to another."""

    SAME = "the same value"
    FITS = "consistent with it"
    DIFFERS = "another value"
    OTHER = "not comparable"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount and what it may stand for. least, most: the exact values that it leaves open. unit: "" if unknown."""

    number: float
    unit: str
    least: float
    most: float

    @property
    def exact(self) -> bool:
        """Whether it is put as the value itself, and not as a bound or about."""
        return self.least == self.most == self.number


_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "bn": 1e9, "billion": 1e9, "tn": 1e12}
_SCALES |= {"mn": 1e6, "trillion": 1e12, "dozen": 12.0}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
# Each unit as (what it measures, how many of the plainest unit of it).
_DAY, _METRE, _GRAM, _LITRE = "days", "metres", "grams", "litres"
_UNITS = {
    "second": (_DAY, 1 / 86400), "minute": (_DAY, 1 / 1440), "hour": (_DAY, 1 / 24), "day": (_DAY, 1.0),
    "week": (_DAY, 7.0), "fortnight": (_DAY, 14.0), "month": (_DAY, 365.25 / 12), "year": (_DAY, 365.25),
    "decade": (_DAY, 3652.5), "metre": (_METRE, 1.0), "meter": (_METRE, 1.0), "km": (_METRE, 1e3),
    "kilometre": (_METRE, 1e3), "kilometer": (_METRE, 1e3), "cm": (_METRE, 0.01), "mile": (_METRE, 1609.344),
    "yard": (_METRE, 0.9144), "foot": (_METRE, 0.3048), "feet": (_METRE, 0.3048), "inch": (_METRE, 0.0254),
    "kg": (_GRAM, 1e3), "kilo": (_GRAM, 1e3), "tonne": (_GRAM, 1e6), "ton": (_GRAM, 1e6), "gram": (_GRAM, 1.0),
    "litre": (_LITRE, 1.0), "liter": (_LITRE, 1.0), "gallon": (_LITRE, 4.546), "percent": ("%", 1.0),
    "pound": ("£", 1.0), "penny": ("£", 0.01), "pence": ("£", 0.01), "dollar": ("$", 1.0), "euro": ("€", 1.0),
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<money>[£$€¥])?\s*(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s+and\s+an?\s+(?P<and>half|third|quarter))?"
    r"(?:\s*(?P<scale>hundred|thousand|million|billion|trillion|dozen|bn|mn|tn|[km](?![\w])))*\s*(?P<share>%|per\s?cent\b)?",
    re.IGNORECASE,
)
_SCALE = re.compile(r"hundred|thousand|million|billion|trillion|dozen|bn|mn|tn|[km](?!\w)", re.IGNORECASE)
_PART = re.compile(r"(?:\b(?P<many>\d+|a|an|one)[\s-]+)?\b(?P<part>half|third|quarter|fifth|tenth)s?\b", re.IGNORECASE)
_LEAST = re.compile(r"\b(?:at least|no fewer than|no less than|a minimum of)\s*$", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more than|over|above|upwards? of|in excess of)\s*$", re.IGNORECASE)
_MOST = re.compile(r"\b(?:at most|no more than|up to|a maximum of|as many as)\s*$", re.IGNORECASE)
_LESS = re.compile(r"\b(?:fewer than|less than|under|below)\s*$", re.IGNORECASE)
_ALMOST = re.compile(r"\b(?:almost|nearly|close to|just under|not quite)\s*$", re.IGNORECASE)
_JUST_OVER = re.compile(r"\b(?:just over|a little over|slightly more than)\s*$", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|around|some|roughly|approximately|an estimated|estimated|or so)\s*$", re.IGNORECASE)
_OR_MORE = re.compile(r"\s*(?:\S+\s+){0,2}or more\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?:[.:](?P<minute>[0-5]\d))?\s*(?P<half>[ap]\.?\s?m\b|noon|midnight)?"
    r"|\b(?P<word>noon|midday|midnight)\b|\b(?P<part>half|(?:a )?quarter) (?P<way>past|to) (?P<of>\d{1,2})\b",
    re.IGNORECASE,
)


def compare(one: str, other: str) -> Relation:
    """Return how two answers stand to each other; OTHER where they are no amounts or times, or of different things."""
    hour, other_hour = clock(one), clock(other)
    if hour is not None and other_hour is not None:
        return Relation.SAME if _same_clock(one, other, hour, other_hour) else Relation.DIFFERS
    amount, other_amount = quantity(one), quantity(other)
    if amount is None or other_amount is None:
        return Relation.OTHER
    return _relation(amount, other_amount)


def quantity(text: str) -> Quantity | None:
    """Return the amount that a text tells; None where it tells none, or more than one."""
    digits = in_digits(text)
    found = list(_NUMBER.finditer(digits))
    if len(found) != 1:
        return None if found else _part_of(digits)
    match = found[0]
    number = float(match["digits"].replace(",", "")) + _SHARES.get((match["and"] or "").lower(), 0.0)
    for scale in _SCALE.findall(match.group()[len(match["digits"]) :]) if match["scale"] else ():
        number *= _SCALES[scale.lower()]
    unit, times = _unit(match, digits[match.end() :])
    return _bounded(number * times, unit, digits[: match.start()], digits[match.end() :])


def clock(text: str) -> int | None:
    """Return the time of day that a text tells, in minutes after midnight; None where it tells none."""
    digits = in_digits(text)
    for match in _CLOCK.finditer(digits):
        if match["word"]:
            return 0 if match["word"].lower() == "midnight" else 720
        if match["part"]:
            shift = 30 if match["part"].lower() == "half" else 15
            return (int(match["of"]) % 24) * 60 + (shift if match["way"].lower() == "past" else -shift)
        half = (match["half"] or "").lower().replace(".", "").replace(" ", "")
        if half or (match["minute"] and _alone(digits, match)):
            hour = int(match["hour"])
            if half in ("am", "pm", "noon", "midnight"):
                hour = hour % 12 + (12 if half in ("pm", "noon") else 0)
            return hour * 60 + int(match["minute"] or 0)
    return None


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether "6.30" may be a time: written with a colon or after at, by, from; "6.30" alone is a number."""
    before = text[: match.start()].rstrip().lower()
    return ":" in match.group() or before.endswith((" at", " by", " from", " until", " past")) or before in (
        "at", "by", "from", "until",
    )  # fmt: skip


def _same_clock(one: str, other: str, first: int, second: int) -> bool:
    if first == second:
        return True
    halves = [re.search(r"[ap]\.?\s?m\b|\d:\d\d|noon|midday|midnight", text, re.IGNORECASE) for text in (one, other)]
    return not all(halves) and first % 720 == second % 720  # "half past six" may be in the evening


def bound_before(text: str) -> str:
    """Return the words at the end of a text that bound the amount after it, "at least " or "nearly "; "" if none do."""
    found = (pattern.search(text) for pattern in (_LEAST, _MORE, _MOST, _LESS, _ALMOST, _JUST_OVER, _ABOUT))
    return max((match.group() for match in found if match), key=len, default="")


@lru_cache(maxsize=4096)
def in_digits(text: str) -> str:
    """Return the text with its numbers in digits: "12 engines" for "a dozen engines", "2 and a half million"."""
    from text_to_num import alpha2digit

    text = re.sub(r"\bhalf a dozen\b", "6", text, flags=re.IGNORECASE)
    text = re.sub(r"\ba dozen\b", "12", text, flags=re.IGNORECASE)
    text = re.sub(r"\ba (hundred|thousand|million|billion)\b", r"one \1", text, flags=re.IGNORECASE)
    parts = re.split(r"(\b(?:third|quarter|half|second)s?\b)", text, flags=re.IGNORECASE)  # a third is no 3rd
    found: str = "".join(part if i % 2 else alpha2digit(part, "en", threshold=0) for i, part in enumerate(parts))
    found = re.sub(r"(\d) 1000000000\b", r"\1 billion", found)
    found = re.sub(r"(\d|half|quarter) 1000000\b", r"\1 million", found)
    return re.sub(r"(\d|half|quarter) 1000\b", r"\1 thousand", found)


def _part_of(text: str) -> Quantity | None:
    found = list(_PART.finditer(text))
    if len(found) != 1:
        return None
    many = found[0]["many"] or "1"
    share = 100 * (int(many) if many.isdigit() else 1) * _SHARES[found[0]["part"].lower()]
    return _bounded(share, "%", text[: found[0].start()], text[found[0].end() :])


def _unit(match: re.Match[str], after: str) -> tuple[str, float]:
    if match["money"]:
        return match["money"], 1.0
    if match["share"]:
        return "%", 1.0
    for word in answer_key(after).split()[:3]:
        singular = word.removesuffix("s") if word.removesuffix("s") in _UNITS else word
        if singular in _UNITS:
            return _UNITS[singular]
    return "", 1.0


def _bounded(number: float, unit: str, before: str, after: str) -> Quantity:
    least = most = number
    if _LEAST.search(before) or _OR_MORE.match(after):
        most = math.inf
    elif _JUST_OVER.search(before):
        most = number * (1 + NEAR)
    elif _MORE.search(before):
        most = number * BEYOND
    elif _ALMOST.search(before):
        least = number * (1 - BELOW)
    elif _MOST.search(before):
        least = 0.0
    elif _LESS.search(before):
        least = number / BEYOND
    elif _ABOUT.search(before):
        least, most = number * (1 - NEAR), number * (1 + NEAR)
    return Quantity(number, unit, least, most)


def _relation(one: Quantity, other: Quantity) -> Relation:
    if one.unit and other.unit and one.unit != other.unit:
        return Relation.OTHER
    if one.exact and other.exact:
        if math.isclose(one.number, other.number, rel_tol=0.005 if one.unit == _DAY else 1e-9):
            return Relation.SAME
        return Relation.FITS if _rounds(one.number, other.number) else Relation.DIFFERS
    meets = max(one.least, other.least) <= min(one.most, other.most) * (1 + 1e-9)
    if meets and one.number == other.number and (one.least, one.most) == (other.least, other.most):
        return Relation.SAME
    if meets or _rounds(one.number, other.number):
        return Relation.FITS
    return Relation.DIFFERS


def _rounds(one: float, other: float) -> bool:
    """Whether the number with fewer digits is the other one rounded: 5,200 for 5,214; not 40 for 46."""
    rough, fine = sorted((one, other), key=_digits)
    digits = _digits(rough)
    if fine <= 0 or rough <= 0 or digits >= _digits(fine) or rough < 20:
        return False
    return math.isclose(float(f"{fine:.{digits - 1}e}"), rough)


def _digits(number: float) -> int:
    """Return how many digits a number has from its first to its last that is not 0."""
    return len(f"{number:.9e}".split("e")[0].replace(".", "").rstrip("0"))
