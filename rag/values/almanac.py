"""Words of time → days and stretches of the calendar, by dateparser and dateutil.

What this module does not know: which phrase of a text is asked about, and the habits of news.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

Range = tuple[date, date]  # the first and the last day
ONE = timedelta(days=1)
_A_DAY = date(2000, 1, 1)


@lru_cache(maxsize=20_000)
def understood(words: str, base: date, prefer: str = "current_period") -> tuple[date, str] | None:
    """Return the day that dateparser makes of a phrase said on the day base, and how much of the calendar it means."""
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]

    settings = {
        "RELATIVE_BASE": datetime(base.year, base.month, base.day),
        "PREFER_DATES_FROM": prefer,
        "TIMEZONE": "UTC",  # else it asks the machine for its own, which may have none
        "PARSERS": ["relative-time", "absolute-time"],
    }
    told = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    return None if told.date_obj is None else (told.date_obj.date(), str(told.period))


def weekday(name: str, day: date, *, ahead: bool) -> date | None:
    """Return the weekday of a name next to a day, the day itself included: the coming one, or the latest."""
    from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

    told = understood(name, _A_DAY)
    if told is None:
        return None
    named = (MO, TU, WE, TH, FR, SA, SU)[told[0].weekday()]
    return day + relativedelta(weekday=named(1 if ahead else -1))


def near(words: str, day: date) -> date | None:
    """Return the day that a word such as "yesterday" means when said on a day."""
    told = understood(words, _A_DAY)  # the same number of days away on any day, so understood once only
    return None if told is None else day + (told[0] - _A_DAY)


def whole(day: date, unit: str) -> Range:
    """Return the day, week, month, year or decade that holds a day."""
    if unit == "week":
        return day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday())
    if unit == "month":
        return months(day.year, day.month)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit in {"decade", "century"}:
        return years(day.year, 10 if unit == "decade" else 100)
    return day, day


def years(year: int, length: int) -> Range:
    """Return the decade (10), or whatever length in years, that holds a year."""
    first = year - year % length
    return date(first, 1, 1), date(first + length - 1, 12, 31)


def months(year: int, month: int, count: int = 1) -> Range:
    """Return a month, or so many months from it on."""
    from dateutil.relativedelta import relativedelta

    first = date(year, month, 1)
    return first, first + relativedelta(months=count) - ONE
