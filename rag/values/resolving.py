"""The days that a phrase of time means, said on a day: one small function a kind of phrase.

dateparser understands the words, dateutil counts months and Easters; here stand the habits of news. What this module
does not know: where in a text the phrases stand (`phrases` finds them), and whether an article is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rag.values.almanac import ONE, Range, months, near, understood, weekday, whole, years
from rag.values.tense import Lean, leaning

_MARGIN = 31  # days by which the nearest date may lie on the other side of the article's day than its clause looks
_NEAR = 2  # days beside its own in which news writes "on Monday", not "last Monday"; counted in 6,000 articles
_ORDINALS = {
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "twenty-first": 21,
}
_LENGTHS = {"day": 1, "week": 7, "weekend": 7, "month": 31, "year": 366}  # days at most
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first months, on the northern half
_HOLIDAYS = {"Christmas Day": (12, 25), "Christmas Eve": (12, 24), "Boxing Day": (12, 26), "Fourth of July": (7, 4)}
_HOLIDAYS |= {"New Year's Day": (1, 1), "New Year's Eve": (12, 31)}
_EASTERS = {"Good Friday": -2, "Easter Sunday": 0, "Easter Monday": 1}  # days from Easter Sunday
_RECORD = re.compile(r"\b(?:first|worst|most|best|least|only|once|twice|times|[a-z]{3,}est)\b[^.;:]*$")  # "in 30 years"
_TURN = {"last": -1, "this": 0, "next": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """What a phrase is resolved against: its text, the article's day, and the days told last before it."""

    text: str
    day: date | None
    anchor: Range | None


def resolve(kind: str, match: re.Match[str], place: Place) -> Range | None:
    """Return the first and the last day that a phrase of `phrases` means, or None when that cannot be known."""
    try:
        return _RESOLVERS[kind](match, place)
    except (ValueError, OverflowError):  # 31 June, or a year that no calendar has
        return None


def _nearest(candidates: list[Range], place: Place, match: re.Match[str]) -> Range | None:
    """Return the range nearest to the article's day, unless it lies clearly on the side its clause does not look."""
    if not candidates or place.day is None:
        return None
    day = place.day
    best = min(candidates, key=lambda each: max((each[0] - day).days, (day - each[1]).days, 0))
    lean = leaning(place.text, *match.span())
    if lean is Lean.PAST and (best[0] - day).days > _MARGIN:
        return max((each for each in candidates if each[0] <= day), default=best)
    if lean is Lean.FUTURE and (day - best[1]).days > _MARGIN:
        return min((each for each in candidates if each[1] >= day), default=best)
    return best


def _yearly(make: Callable[[int], Range], match: re.Match[str], place: Place) -> Range | None:
    """Return what comes once a year: in the year told, by "last", "this" or "next", or the nearest."""
    parts = match.groupdict()
    if parts.get("y"):
        return make(int(parts["y"]))
    day = place.day
    if day is None:
        return None
    if parts.get("of"):
        return make(day.year + _TURN[parts["of"]])
    candidates = [found for year in range(day.year - 1, day.year + 2) if (found := _tried(make, year)) is not None]
    mod = (parts.get("mod") or "").lower()
    if mod in {"last", "past"}:
        return max((each for each in candidates if each[1] < day), default=None)
    if mod == "next":
        return min((each for each in candidates if each[0] > day), default=None)
    if mod == "this" and parts.get("m"):
        return make(day.year)
    if parts.get("wd"):  # "Saturday 14 June" is in a year in which it was a Saturday
        named = [each for each in candidates if each[0].strftime("%a") == parts["wd"][:3]]
        candidates = named or candidates
    return _nearest(candidates, place, match)


def _tried(make: Callable[[int], Range], year: int) -> Range | None:
    try:
        return make(year)
    except ValueError:  # 29 February
        return None


def _iso(match: re.Match[str], _place: Place) -> Range | None:
    day = date(int(match["y"]), int(match["mm"]), int(match["dd"]))
    return day, day


def _numeric(match: re.Match[str], _place: Place) -> Range | None:
    """Return the day of 13/02/2025 or 2/13/2025; 04/02/2025 is another day in London than in New York."""
    first, second = int(match["a"]), int(match["b"])
    if first <= 12 and second <= 12 and first != second:
        return None
    day = date(int(match["y"]), min(first, second), max(first, second))
    return day, day


def _date(match: re.Match[str], place: Place) -> Range | None:
    month, first = match["m"] or match["n"], match["d"] or match["g"]
    told = understood(f"{first} {month} 2000", date(2000, 1, 1))  # a leap year, for 29 February
    last = understood(f"{match['e'] or match['f'] or match['h'] or first} {month} 2000", date(2000, 1, 1))
    if told is None or last is None or last < told:
        return None
    begins, ends = told[0], last[0]
    return _yearly(lambda year: (begins.replace(year=year), ends.replace(year=year)), match, place)


def _month(match: re.Match[str], place: Place) -> Range | None:
    told = understood(f"{match['m']} 2000", date(2000, 1, 1))
    if told is None:
        return None
    month = told[0].month
    return _yearly(lambda year: months(year, month), match, place)


def _season(match: re.Match[str], place: Place) -> Range | None:
    return _yearly(lambda year: months(year, _SEASONS[match["season"]], 3), match, place)


def _holiday(match: re.Match[str], place: Place) -> Range | None:
    from dateutil.easter import easter

    name = " ".join(match["h"].replace("’", "'").split())

    def make(year: int) -> Range:
        day = easter(year) + timedelta(days=_EASTERS[name]) if name in _EASTERS else date(year, *_HOLIDAYS[name])
        return day, day

    return _yearly(make, match, place)


def _year(match: re.Match[str], _place: Place) -> Range | None:
    first = int(match["y"])
    last = first if not match["z"] else int(match["y"][: 4 - len(match["z"])] + match["z"])
    return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None


def _decade(match: re.Match[str], _place: Place) -> Range | None:
    return years(int(f"{match['y'] or '19' + match['z']}0"), 10)


def _century(match: re.Match[str], _place: Place) -> Range | None:
    number = _ORDINALS.get(match["c"].lower()) or int(match["c"][:2])
    return date(number * 100 - 99, 1, 1), date(number * 100, 12, 31)


def _weekday(match: re.Match[str], place: Place) -> Range | None:
    name, mod, day = match["wd"], (match["mod"] or "").lower(), place.day
    if mod.endswith(("previous", "following")):
        return _neighbour(name, mod, place.anchor)
    if day is None:
        return None
    if match["later"] or match["ahead"]:
        told = _on(name, day, ahead=True, apart=1)
        return _moved(told, 7 if match["later"] == "week" or match["ahead"] == "a week" else 14)
    if match["of"]:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=_TURN[match["of"]])
        return _on(name, monday, ahead=True)
    if mod == "last" or match["past"]:
        return _on(name, day, ahead=False, apart=_NEAR + 1)
    if mod == "next":
        return _on(name, day, ahead=True, apart=_NEAR + 1)
    if "past" in mod or "coming" in mod:
        return _on(name, day, ahead="coming" in mod, apart=1)
    lean = leaning(place.text, *match.span())
    return _on(name, day, ahead=lean is Lean.FUTURE or (mod == "this" and lean is not Lean.PAST))


def _neighbour(name: str, mod: str, anchor: Range | None) -> Range | None:
    if anchor is None:
        return None
    ahead = mod.endswith("following")
    return _on(name, anchor[1] if ahead else anchor[0], ahead=ahead, apart=1)


def _on(name: str, day: date, *, ahead: bool, apart: int = 0) -> Range | None:
    """Return the weekday next to a day, at least so many days apart from it."""
    told = weekday(name, day + timedelta(days=apart if ahead else -apart), ahead=ahead)
    return None if told is None else (told, told)


def _moved(days: Range | None, count: int) -> Range | None:
    return None if days is None else (days[0] + timedelta(days=count), days[1] + timedelta(days=count))


def _today(match: re.Match[str], place: Place) -> Range | None:
    if place.day is None:
        return None
    word = match["word"].lower()
    word = "yesterday" if word == "last night" else "today" if word.startswith("this") else word.removeprefix("the ")
    told = near(word, place.day)
    return None if told is None else _moved((told, told), {"week": 7, "fortnight": 14}.get(match["later"], 0))


def _unit(match: re.Match[str], place: Place) -> Range | None:
    """Return "last week", "this year", "the past month", "the weekend"."""
    day, unit, mod = place.day, match["u"], match["mod"].lower()
    if day is None:
        return None
    if unit == "weekend":
        return _weekend(day, match, place)
    if mod.startswith("the "):
        return _stretch("1", unit, day, ahead=mod.endswith(("next", "coming")))
    word = "next" if "coming" in mod else "last" if "past" in mod else mod
    told = understood(f"{word} {unit}", day)
    if told is None:
        return None
    first, last = whole(told[0], unit)
    side = (match["q"] or "").lower()
    return (day if side == "later" and word == "this" else first, day if side == "earlier" and word == "this" else last)


def _weekend(day: date, match: re.Match[str], place: Place) -> Range:
    """Return Saturday and Sunday; "this weekend" is the one to come, but on Monday and Tuesday it may be the last."""
    mod, lean = match["mod"].lower(), leaning(place.text, *match.span())
    if mod.endswith(("last", "past")):
        weeks = -1
    elif mod.endswith("next"):
        weeks = 1 if day.weekday() >= 3 else 0
    elif mod == "this":
        weeks = -1 if lean is Lean.PAST and day.weekday() < 2 else 0
    else:
        weeks = -1 if lean is not Lean.FUTURE and not mod.endswith("coming") and day.weekday() < 5 else 0
    sunday = day + timedelta(days=6 - day.weekday(), weeks=weeks)
    return sunday - ONE, sunday


def _stretch(number: str, unit: str, day: date, *, ahead: bool) -> Range | None:
    told = understood(f"in {number} {unit}" if ahead else f"{number} {unit} ago", day)
    if told is None:
        return None
    return (day, told[0]) if ahead else (told[0], day)


def _span(match: re.Match[str], place: Place) -> Range | None:
    if place.day is None:
        return None
    return _stretch(_figure(match["n"]), match["u"], place.day, ahead=match["mod"] in {"next", "coming"})


def _figure(number: str) -> str:
    return "2" if number.lower().endswith("couple of") else number.lower()


def _unit_name(unit: str) -> str:
    return "century" if unit == "centurie" else unit


def _ago(match: re.Match[str], place: Place) -> Range | None:
    if place.day is None:
        return None
    return _counted(match, _figure(match["n"]), _unit_name(match["u"]), place.day, ahead=False)


def _hence(match: re.Match[str], place: Place) -> Range | None:
    """Return "in two weeks' time"; "in two days" only where its clause looks ahead: it may be how long a thing took."""
    if place.day is None:
        return None
    number, unit = match["n"] or match["k"], match["u"] or match["v"]
    if match["n"] and not match["time"] and not _is_ahead(match, place):
        return None
    return _counted(match, _figure(number), _unit_name(unit), place.day, ahead=True)


def _is_ahead(match: re.Match[str], place: Place) -> bool:
    if match["n"] in {"a", "an"} or _RECORD.search(place.text, max(0, match.start() - 60), match.start()):
        return False
    return leaning(place.text, *match.span()) is Lean.FUTURE


def _apart(match: re.Match[str], place: Place) -> Range | None:
    """Return "two weeks earlier", counted from the time told before; a year is also counted from the article's."""
    unit = _unit_name(match["u"])
    anchor = _anchor(unit, place)
    if anchor is None:
        return None
    ahead = match["dir"] in {"later", "after", "afterward", "afterwards"}
    return _counted(match, _figure(match["n"]), unit, anchor[1] if ahead else anchor[0], ahead=ahead)


def _anchor(unit: str, place: Place) -> Range | None:
    """Return the time told before, if it is exact enough to count such units from."""
    length = _LENGTHS.get(unit, 366)
    if place.anchor is not None and (place.anchor[1] - place.anchor[0]).days < length:
        return place.anchor
    return (place.day, place.day) if place.day is not None and length == 366 else None


def _counted(match: re.Match[str], number: str, unit: str, base: date, *, ahead: bool) -> Range | None:
    if match.groupdict().get("half"):
        years = understood(f"{number} {unit} ago", base)
        if unit != "year" or years is None:
            return None
        number, unit = str((base.year - years[0].year) * 12 + 6), "month"
    told = understood(f"in {number} {unit}" if ahead else f"{number} {unit} ago", base)
    return None if told is None else whole(told[0], {"fortnight": "week", "decade": "year"}.get(unit, unit))


def _beside(match: re.Match[str], place: Place) -> Range | None:
    """Return "the previous day", "the week after", "that year", seen from the time told before."""
    unit = match["u"] or match["v"] or match["w"]
    unit = unit if unit in _LENGTHS else "day"
    if place.anchor is None or (place.anchor[1] - place.anchor[0]).days >= _LENGTHS[unit]:
        return None
    back = match["dir"] == "previous" or match["way"] == "before"
    turn = 0 if match["w"] or match["dir"] == "same" else -1 if back else 1
    base = place.anchor[0] if back else place.anchor[1]
    if unit == "weekend":
        saturday = base + timedelta(days=5 - base.weekday(), weeks=turn)
        return saturday, saturday + ONE
    told = understood(f"in 1 {unit}" if turn > 0 else f"1 {unit} ago", base) if turn else (base, unit)
    return None if told is None else whole(told[0], unit)


_RESOLVERS: dict[str, Callable[[re.Match[str], Place], Range | None]] = {
    "iso": _iso,
    "numeric": _numeric,
    "date": _date,
    "month": _month,
    "season": _season,
    "year": _year,
    "decade": _decade,
    "century": _century,
    "holiday": _holiday,
    "weekday": _weekday,
    "today": _today,
    "unit": _unit,
    "span": _span,
    "ago": _ago,
    "hence": _hence,
    "apart": _apart,
    "beside": _beside,
}
