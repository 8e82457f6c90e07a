"""Times of day in a text, however they are written: "6.30pm", "18:30", "half past six", "noon". Pure.

One pattern for each way to write a time; what could as well be a number ("6.30", "ten to twelve") counts only where the
words beside it make it a time. Without am, pm or the like, "six" may be in the morning or in the evening.
What this module does not know: days, time zones, how long something takes, and which question a time answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_HOURS = "one two three four five six seven eight nine ten eleven twelve"
HOURS = {word: hour for hour, word in enumerate(_HOURS.split(), start=1)}
_MINUTES = {"twenty-five": 25, "twenty five": 25, "twenty": 20, "fifteen": 15, **HOURS}
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day in text[start:end]. minute: after midnight, as the words give it: 390 for "half past six".

    half_day_known: whether that is surely the half of the day; "half past six" may be in the evening.
    """

    start: int
    end: int
    minute: int
    half_day_known: bool


_HOUR_WORD = "|".join(HOURS)
# Every blank is bounded, so that a long run of them costs nothing.
_GAP = r"(?:[ \t\u00a0]{1,3})"
_PART = (
    rf"(?:{_GAP}?(?P<half>[ap](?:m\b|\.[ \u00a0]?m\b\.?))"
    rf"|{_GAP}(?:in the|that|this){_GAP}(?P<part>morning|afternoon|evening)\b|{_GAP}at{_GAP}(?P<night>night)\b)"
)
_ALONE = r"(?<![\w.,:/£$€¥#])(?<![^\W\d_]-)"
_DIGITS = rf"{_ALONE}(?P<hour>2[0-3]|[01]?[0-9])"
_DIGITS_FOUR = rf"{_ALONE}(?P<hour>2[0-3]|[01][0-9])"
_ENDS = r"(?![.:,]?[0-9])(?![\w/%])"
_MANY = rf"(?:a )?(?P<quarter>quarter)|(?P<thirty>half)|(?P<digits>[0-9]{{1,2}})|(?P<word>{'|'.join(_MINUTES)})"
_OF = (
    rf"(?P<of>{_HOUR_WORD}|1[0-2]|[1-9])\b(?!['’:,.]?[0-9])(?:{_GAP}o['’]?clock)?(?:{_PART})?|(?P<turn>noon|midnight)\b"
)


def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.IGNORECASE)


# half past six, a quarter to nine, twenty minutes to four, ten past six
_PAST_OR_TO = _pattern(rf"\b(?:{_MANY})(?P<minutes>{_GAP}minutes?)?{_GAP}(?P<way>past|to|before|after){_GAP}(?:{_OF})")
_OCLOCK = _pattern(rf"(?:\b(?P<of>{_HOUR_WORD})|{_DIGITS}){_GAP}o['’]?clock\b(?:{_PART})?")
_WORD_PART = _pattern(rf"\b(?P<of>{_HOUR_WORD}){_PART}")  # nine in the evening, seven pm
_DIGIT_PART = _pattern(rf"{_DIGITS}(?:[.:](?P<past>[0-5][0-9]))?{_PART}")
_COLON = _pattern(rf"{_DIGITS}:(?P<past>[0-5][0-9]){_ENDS}")
_DOT = _pattern(rf"{_DIGITS}\.(?P<past>[0-5][0-9]){_ENDS}")
_FOUR = _pattern(rf"{_DIGITS_FOUR}(?P<past>[0-5][0-9])(?={_GAP}?(?:GMT|BST|UTC|CET|CEST)\b)")
_TURN = _pattern(r"(?:(?<![\w.,:-])12 )?\b(?P<turn>noon|midday|midnight)\b")
_PATTERNS = (_PAST_OR_TO, _OCLOCK, _WORD_PART, _DIGIT_PART, _COLON, _DOT, _FOUR, _TURN)
# What may stand before and after "6.30" or "ten to twelve" when they are times.
_BEFORE = re.compile(
    r"(?:^|\b(?:at|by|until|till?|before|after|since|from|around|about|past|exactly|precisely|nearly|almost|is|was)\s)$",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(r"\b(?:from|of|aged|between)\s$", re.IGNORECASE)
_AFTER = re.compile(
    r"\s{0,3}(?:$|[.,;:!?)\]\n\"'”’–—]|(?:on|in|yesterday|today|tomorrow|this|that|the|when|while|as|and|until|till|local|gmt|bst|"
    r"est|utc|but|or|with|sharp|last|for|he|she|it|they|we|to|a|an|before|after|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)",
    re.IGNORECASE,
)
_NAME_AFTER = re.compile(r"[ -](?:oil\b|blue\b|sun\b|feast|mass\b|express|snack)")


@lru_cache(maxsize=4096)
def clock_times(text: str) -> tuple[ClockTime, ...]:
    """Return every time of day in a text, in order; of two that share characters the one that is written out more."""
    found: list[ClockTime] = []
    taken: set[int] = set()
    for pattern in _PATTERNS:
        for time in _by(pattern, text):
            if taken.isdisjoint(range(time.start, time.end)):
                found.append(time)
                taken.update(range(time.start, time.end))
    return tuple(sorted(found, key=lambda time: time.start))


def _by(pattern: re.Pattern[str], text: str) -> Iterator[ClockTime]:
    for match in pattern.finditer(text):
        groups = match.groupdict()
        if not _is_time(pattern, match, groups):
            continue
        minute, known = _minute(groups), bool(groups.get("turn"))
        if minute is None:
            continue
        part = next((groups[name].lower() for name in ("half", "part", "night") if groups.get(name)), "")
        if part and minute < 13 * 60:
            minute, known = _in_part(minute, part), True
        written = groups.get("hour") or ""
        known = known or minute >= 13 * 60 or written.startswith("0")
        yield ClockTime(match.start(), match.end(), minute % _DAY, known)


def _is_time(pattern: re.Pattern[str], match: re.Match[str], groups: dict[str, str | None]) -> bool:
    """Whether the words beside a match leave it a time: "by 1.15 per cent" and "five to ten men" are none."""
    text = match.string
    before = text[max(0, match.start() - 12) : match.start()]
    if pattern is _TURN:
        return _is_turn(match)
    if pattern is _DOT:
        at_nought = (groups["hour"] or "") == "0"
        return not at_nought and bool(_BEFORE.search(before)) and before != "" and bool(_AFTER.match(text, match.end()))
    if pattern is _PAST_OR_TO:
        return _is_past_or_to(match, groups, before)
    return True


def _is_turn(match: re.Match[str]) -> bool:
    """Whether noon or midnight is meant: in small letters, or with a capital as all that is said."""
    text = match.string
    if (match["turn"] or "").islower():
        return not _NAME_AFTER.match(text, match.end())
    return len(text) < 20 and text.strip(" \t\n.,!?\"'“”‘’") == match.group()


def _is_past_or_to(match: re.Match[str], groups: dict[str, str | None], before: str) -> bool:
    way = (groups["way"] or "").lower()
    if groups["thirty"]:
        return way == "past" and not groups["minutes"]
    if way in ("before", "after"):  # "a quarter after six", "ten minutes before noon"; not "ten after six"
        return bool(groups["quarter"] or groups["minutes"])
    if groups["quarter"] or groups["minutes"] or groups["turn"] or way == "past":
        return not (groups["quarter"] and groups["minutes"])
    if groups["digits"] or _RANGE_BEFORE.search(before):
        return False
    told = bool(groups["half"] or groups["part"] or groups["night"])
    return bool(_BEFORE.search(before)) and (told or bool(_AFTER.match(match.string, match.end())))


def _minute(groups: dict[str, str | None]) -> int | None:
    """Return the minute after midnight as it is written, before the half of the day is looked at."""
    turn, of = (groups.get("turn") or "").lower(), (groups.get("of") or "").lower()
    hour = HOURS.get(of) or int(of or groups.get("hour") or 0)
    whole = hour * 60 + int(groups.get("past") or 0)
    if turn:
        whole = 0 if turn == "midnight" else 12 * 60
    if not groups.get("way"):
        return whole
    word = re.sub(r"\s", " ", (groups["word"] or "").lower())
    shift = 30 if groups["thirty"] else 15 if groups["quarter"] else _MINUTES.get(word) or int(groups["digits"] or 0)
    if not 0 < shift < 60:
        return None
    return whole + shift if (groups["way"] or "").lower() in ("past", "after") else (whole - shift) % _DAY


def _in_part(minute: int, part: str) -> int:
    """Return the minute in its half of the day: 6.30 in the evening is 18:30, and 12.05am is 00:05."""
    hour = minute // 60
    if part == "night":
        part = "pm" if 5 < hour < 12 else "am"
    late = part.startswith("p") or part in ("afternoon", "evening")
    return minute % 720 + (720 if late else 0)
