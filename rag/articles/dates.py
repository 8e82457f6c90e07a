"""Date stamps as newspapers print them → ISO 8601, or None. Nothing is guessed.

A stamp states day, month and year and nothing else stands on its line. "04/02/2025" is the fourth of February in
London and the second of April in New York, so it tells no date; "13/02/2025" does. It does not know time zones: the
clock time is kept as printed.
"""

from __future__ import annotations

import re
from datetime import datetime

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?P<date>{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}|{_MONTH}\s+{_DAY},?\s+{_YEAR}"
    rf"|{_YEAR}-\d\d-\d\d|\d{{1,2}}[/.]\d{{1,2}}[/.]{_YEAR})"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_ZONE = r"(?:\s*\(?(?:Z|UTC|GMT|BST|CES?T|EES?T|WES?T|[ECMP][SD]?T|IST|AEDT|AEST|JST|MSK)\)?)?(?:\s*[+-]\d\d:?\d\d)?"
_CLOCK = r"(?P<{}>\d{{1,2}}[:.]\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?|\d{{1,2}}\s*[ap]\.?m\.?)" + _ZONE
_STAMP = re.compile(
    rf"{_WEEKDAY}{_DATE}(?:(?:\s*,?\s+(?:at\s+)?|T|\s+[-–—]\s+){_CLOCK.format('after')})?"
    rf"|{_CLOCK.format('before')}(?:\s*,?\s+(?:on\s+)?|\s+[-–—]\s+){_WEEKDAY}{_DATE.replace('<date>', '<date2>')}",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_MINUTES = re.compile(r"(\d{1,2})(?:[:.](\d\d))?[\d:.]*\s*([ap])?", re.IGNORECASE)


def stamp(text: str) -> str | None:
    """Return "2025-02-04" or "2025-02-04T09:52" when text is a date stamp and nothing more, else None."""
    if len(text) > 80 or (match := _STAMP.fullmatch(text.strip(" ,;.–—-"))) is None:
        return None
    day = _iso_day(match["date"] or match["date2"])
    clock = match["after"] or match["before"]
    if day is None or clock is None:
        return day
    minutes = _minutes(clock)
    return day if minutes is None else f"{day}T{minutes}"


def _iso_day(text: str) -> str | None:
    from dateutil import parser

    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        first, second = int(numeric[1]), int(numeric[2])
        if first <= 12 and second <= 12 and first != second:
            return None
    text = re.sub(r"\bof\b", " ", text, flags=re.IGNORECASE)
    try:
        # The default fills what is missing, and the pattern leaves nothing of a date missing.
        day = parser.parse(text, default=datetime(2000, 1, 1), dayfirst=bool(numeric and int(numeric[1]) > 12))
    except (ValueError, OverflowError):
        return None
    return day.date().isoformat() if 1900 <= day.year <= 2100 else None


def _minutes(clock: str) -> str | None:
    match = _MINUTES.match(clock)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour <= 23 and minute <= 59 else None
