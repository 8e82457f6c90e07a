"""The phrases that name a time in English news, as patterns: which letters, and what their parts are.

A pattern takes care of what looks like a date and is none: "May said", "the march", "Sheffield Wednesday", "2,013
people". Names of months and weekdays count with a capital only. What this module does not know: which day a phrase
means; `days` works that out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_MONTH = (
    r"January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:/]\d)"
_YEAR = r"(?:1[1-9]|20)\d\d(?![\d%]|[.,:]\d|[-–/]\d{1,2}[-–/])"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SHORT_DAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?"
_PART = r"morning|afternoon|evening|night|lunchtime"
_NUMBER = (
    r"\d{1,3}|an?|(?:a\ )?couple\ of|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
)
_UNIT = r"day|week|fortnight|month|year|decade|century|centurie"
_LEAD = r"(?:\b(?i:late|early|earlier|later)\ )?(?:\b(?i:on)\ )?"
_ALONE = r"(?=[.,;:)!?\u201d\"]|\s(?:and|but|that|when|while|he|she|they|it|at|in|of\ that)\b|\s*$)"

_PATTERNS = {
    "iso": r"(?<![\w-])(?P<y>(?:19|20)\d\d)-(?P<mm>\d\d)-(?P<dd>\d\d)(?!\d|-)",
    "numeric": r"(?<![\w/.])(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d)(?![\w/])",
    "date": rf"""{_LEAD}(?<![\w£$€#.,:/-])(?:(?P<wd>{_WEEKDAY}|{_SHORT_DAY}),?\ )?
        (?:(?:the\ )?(?P<d>{_DAY})(?:\ ?[-–]\ ?(?P<e>{_DAY})|\ (?:to|and|until)\ (?P<f>{_DAY}))?
        \ (?:of\ )?(?P<m>{_MONTH})
        |(?<!\b[Ii]n\ )(?P<n>{_MONTH})\ (?:the\ )?(?P<g>{_DAY})(?:\ ?[-–]\ ?(?P<h>{_DAY}))?)
        (?![\w-])(?:,?\ (?P<y>{_YEAR})(?!\w))?""",
    "month": rf"""(?:\b(?i:in|on)\ )?(?:\b(?i:early|late|mid|the\ (?:start|end|beginning|middle)\ of)[ -])?
        \b(?:(?P<mod>last|next|this)\ )?(?P<m>{_MONTH})(?![\w-])(?:,?\ (?:of\ )?(?:(?P<y>{_YEAR})(?!\w)
        |(?P<of>last|this|next)\ year\b))?""",
    "season": rf"""(?:\b(?i:in)\ )?(?:(?i:the|early|late)\ )?
        \b(?:(?P<mod>[Ll]ast|[Nn]ext|[Tt]his|past)\ )?(?P<season>spring|summer|autumn|fall|winter)\b
        (?:\ (?:of\ )?(?:(?P<y>{_YEAR})(?!\w)|(?P<of>last|this|next)\ year\b))?""",
    "year": rf"""(?:\b(?i:in|early|late|mid)[ -])?(?:\b(?:early|late|mid)[ -])?
        (?<![\w£$€#.,:/–-])(?P<y>{_YEAR})(?:[-–/](?P<z>(?:(?:19|20)\d\d)|\d\d)(?!\d))?(?![\w°+])""",
    "decade": r"""(?:\b(?i:in)\ )?(?:(?i:the)\ )?(?:(?i:early|mid|late)[ -])?
        (?<![\w£$€.,])(?:(?P<y>(?:1[1-9]|20)\d)0s|['’](?P<z>[2-9])0s)(?!\w)""",
    "century": r"""(?:\b(?i:in)\ )?(?:(?i:the)\ )?(?:(?i:early|mid|late)[ -])?
        \b(?P<c>1[0-9]th|20th|21st|[Ss]ixteenth|[Ss]eventeenth|[Ee]ighteenth|[Nn]ineteenth|[Tt]wentieth
        |[Tt]wenty-first)[ -]century\b""",
    "holiday": rf"""(?:\b(?i:on)\ )?\b(?P<h>Christmas\ Day|Christmas\ Eve|Boxing\ Day|Fourth\ of\ July
        |New\ Year['’]s\ Day|New\ Year['’]s\ Eve|Good\ Friday|Easter\ Sunday|Easter\ Monday)\b
        (?:,?\ (?P<y>{_YEAR})(?!\w))?""",
    "weekday": rf"""{_LEAD}(?:\b(?P<ahead>a\ week|a\ fortnight|two\ weeks)\ (?:on|from)\ )?
        \b(?:(?P<mod>(?i:last|next|this)|(?i:this)\ (?:coming|past)|(?:the\ )?(?:previous|following|coming)
        |(?i:the|an?|that|the\ same|every|each|most|any|one|some))\ )?(?P<wd>{_WEEKDAY})(?![\w-])
        (?:\ (?P<part>{_PART}))?(?:\ (?P<later>week|fortnight)(?![\w-])|,?\ (?:of\ )?(?P<of>last|this|next)\ week\b
        |\ (?P<past>last)(?=[.,;:)]))?""",
    "today": rf"""(?:\b(?:late|early|earlier|later)\ )?\b(?P<word>
        (?i:the\ day)\ (?:before\ yesterday|after\ tomorrow)
        |(?i:yesterday|today|tonight|tomorrow)|(?i:last\ night)|(?i:this)\ (?:{_PART}))\b
        (?:\ (?:{_PART})\b)?(?:\ (?P<later>week|fortnight)(?![\w-]))?""",
    "unit": r"""(?:\b(?P<q>(?i:earlier|later))\ )?(?:\b(?i:late|early|over|during|in|at(?=\ the\ week))\ )?
        \b(?P<mod>(?i:last|next|this)|(?i:this|the)\ (?:past|coming)|(?i:the)\ (?:last|next)|(?i:the))
        \ (?P<u>week(?:end)?|month|year|decade|century)\b(?!-|\ of\b)""",
    "span": rf"(?:\b(?i:in|over|during|for|within)\ )?\b(?i:the)\ (?P<mod>past|last|next|coming)\ (?P<n>{_NUMBER})\ "
    rf"(?P<u>{_UNIT})s\b",
    "ago": rf"""(?<!\d[.,])\b(?P<n>(?i:{_NUMBER}))(?P<half>\ and\ a\ half)?\ (?P<u>{_UNIT})s?\ ago\b""",
    "hence": rf"""\b(?:(?i:in)\ (?P<n>{_NUMBER})\ (?P<u>{_UNIT})(?:s['’]?|['’]s)?(?P<time>\ time)?
        |(?<!\d[.,])(?P<k>(?i:{_NUMBER}))\ (?P<v>{_UNIT})s?\ from\ (?:now|today))
        (?!\w|['’-]|\ (?:of|after|before|later|as|or)\b)""",
    "apart": rf"""(?<!\d[.,])\b(?P<n>(?i:{_NUMBER}))\ (?P<u>{_UNIT})s?
        \ (?P<dir>earlier|later|before{_ALONE}|after(?:wards?\b|{_ALONE}))(?!\ than)\b""",
    "beside": rf"""(?:\b(?i:on|in|later|earlier)\ )?\b(?:(?i:the)\ (?P<dir>previous|next|following|same)
        \ (?P<u>day|night|morning|afternoon|evening|week(?:end)?|month|year)\b
        |(?i:the)\ (?P<v>day|night|week|month|year)\ (?P<way>before|after){_ALONE}
        |(?i:that)\ (?:same\ )?(?P<w>day|night|morning|afternoon|evening|week(?:end)?|month|year)\b)""",
}
_HINTS = {  # a text without one of these need not be searched for the pattern, which takes longer
    "season": ("spring", "summer", "autumn", "fall", "winter"),
    "decade": ("0s",),
    "century": ("century",),
    "holiday": (" Day", " Eve", "Friday", "Easter", " July"),
    "weekday": ("day",),
    "unit": ("week", "month", "year", "decade", "century"),
    "span": (
        "the past ",
        "the last ",
        "the next ",
        "the coming ",
        "The past ",
        "The last ",
        "The next ",
        "The coming ",
    ),
    "ago": (" ago",),
    "hence": ("In ", "in ", "from now", "from today"),
    "apart": ("earlier", "later", "before", "after"),
    "beside": ("revious ", "next ", "ollowing ", "same ", " before", " after", "hat "),
}
_COMPILED = {kind: re.compile(pattern, re.VERBOSE) for kind, pattern in _PATTERNS.items()}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD_BEFORE = re.compile(r"([\w.'’-]+)[ \n]$")
_NEXT_WORD = re.compile(r"['’]s\b|[ \n]?([\w£$€'’-]+)")
_OF_MONTH = re.compile(r" (?:of|in) (?:the\b|each\b|every\b|[A-Z])")
_TO_MONTH = re.compile(rf"(?: (?:to|through|until|and) |[-–])(?:{_MONTH})(?!\w)")
_MAY = re.compile(r"\b(?:Theresa|Mrs|Ms|Mr|Miss|Dr|Sir|Lord|Lady|Brian|James|Elaine) May\b")
_QUOTED = re.compile(r"[,.]?[”\"’']")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n][\"”’)]?\s*|[“\"(–—-]\s*)$")
_IN_TIME = _set(
    "in since by until till from to during through throughout of between before after and or every each per early late"
    " mid last next this around about for"
)
_SURE_IN_TIME = _set("in since until till during throughout early late mid last next this")
_UNSURE_MONTHS = frozenset({"March", "April", "May", "June", "August"})
_NOT_WEEKDAYS = re.compile(
    r"\b(?:Good|Black|Bloody|Super|Ash|Palm|Easter|Cyber|Giving|Shrove|Fat|Whit|Holy|Maundy|Sheffield|Mail on|Casual"
    r"|Ruby|Joe|Freaky|Happy|Blue|Manic|Man|[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]inal|[Aa]nother) $"
)
_TITLES = re.compile(
    r" (?:Times|Telegraph|Mirror|Express|Mail|Post|Herald|Night Live|Night Football|Addams|Review|School|Independent"
    r"|Sport|Mass|People|World|Business Post|Morning Herald|Paper)\b"
)
_MEASURES = _set(
    "gmt bst utc est edt cet hours hrs metres meters km kg miles feet people men women homes houses jobs times votes"
    " words tonnes tons pages acres local litres workers staff troops soldiers members cases deaths pounds dollars"
    " euros students children families residents guests seats cars barrels"
)
_ROUGHLY = _set("about some nearly almost over than least most under roughly approximately around exactly")
_YEAR_AFTER = _set(
    "in since from of until till by before after around circa between and to during early late mid for or throughout"
    " through dating back"
)
_SMALL = _set(
    "the and to by when a an it he she they was were had has have with for of at on in as after before but or until who"
    " which while is are his her its their there than that because into this we i you from following under over during"
    " will would said between through since if not only also where due amid despite"
)


def phrases(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield (kind, match) of the phrases that may name a time, in order; of two that overlap the longer."""
    found = [
        (match.start(), -match.end(), order, kind, match)
        for order, (kind, pattern) in enumerate(_COMPILED.items())
        if kind not in _HINTS or any(hint in text for hint in _HINTS[kind])
        for match in pattern.finditer(text)
        if (check := _CHECKS.get(kind)) is None or check(text, match)
    ]
    reached = 0
    for start, negative_end, _, kind, match in sorted(found, key=lambda item: item[:3]):
        if start >= reached:
            reached = -negative_end
            yield kind, match


def _before(text: str, start: int) -> str:
    match = _WORD_BEFORE.search(text, max(0, start - 30), start)
    return match[1] if match else ""


def _after(text: str, end: int) -> str:
    match = _NEXT_WORD.match(text, end)
    return (match[1] or "'s") if match else ""


def _opens_sentence(text: str, start: int) -> bool:
    return _SENTENCE_START.search(text, max(0, start - 5), start) is not None or start == 0


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Tell a month: with a year or "last", after "in", or a name that is nothing else."""
    if match["y"] or match["of"] or match["mod"]:
        return True
    name = match["m"]
    if name.rstrip(".") not in _FULL_MONTHS:
        return False
    before = match.group()[: match.start("m") - match.start()].split()
    word = (before[-1] if before else _before(text, match.start())).lower().rstrip("-")
    word = word.rsplit("-", 1)[0]
    after = _after(text, match.end())
    if name not in _UNSURE_MONTHS:
        return not (after[:1].isupper() and word not in _IN_TIME)
    if word in _SURE_IN_TIME or "-" in match.group():
        return not (name == "March" and after == "on")
    if _TO_MONTH.match(text, match.end()):
        return True
    if word not in _IN_TIME or after[:1].isupper():
        return False
    return name != "May" or not _MAY.search(text, max(0, match.start() - 2000), match.end() + 500)  # a person's name


def _is_season(text: str, match: re.Match[str]) -> bool:
    if match["mod"] and match["season"] == "fall" and _after(text, match.end()) in {"in", "of", "from"}:
        return False
    return bool(match["mod"] or match["y"] or match["of"])


def _is_year(text: str, match: re.Match[str]) -> bool:
    before, after = _before(text, match.start()).lower(), _after(text, match.end()).lower()
    led = match.start("y") > match.start() or before in _YEAR_AFTER
    if _QUOTED.match(text, match.end()) and text[match.start() - 1 : match.start()] in set("“\"‘'"):  # a film
        return False
    if after in _MEASURES or before in {"no", "room", "number", "flight", "route", "channel", "at"}:
        return False
    if before in _ROUGHLY and before != "around" and after and after not in _SMALL:
        return False
    if int(match["y"]) >= 1900:
        return led or not (
            after.endswith("s") and after.isalpha() and after not in _SMALL and before in _ROUGHLY | {""}
        )
    return led and (
        not after or after in _SMALL or after[:1].isupper() or not text[match.end() : match.end() + 1].isspace()
    )


def _is_weekday(text: str, match: re.Match[str]) -> bool:
    """Tell a day of the calendar from a name, a habit ("every Friday") and an event's day ("the Friday before")."""
    at, mod = match.start("wd"), (match["mod"] or "").lower()
    if mod in {"every", "each", "most", "any", "one", "some", "that", "the same"}:
        return False
    if _NOT_WEEKDAYS.search(text[max(0, at - 14) : at]) or _TITLES.match(text, match.end()):
        return False
    if mod in {"the", "a", "an"}:
        word = _after(text, match.end())
        return (mod == "the" and bool(match["part"] or match["later"])) or (
            word.isalpha() and word.islower() and word not in _SMALL
        )
    if mod == "last" and _OF_MONTH.match(text, match.end()):
        return False
    return text[at - 1 : at] not in {"-", "/"}


def _is_today(text: str, match: re.Match[str]) -> bool:
    """Tell a day from a name: "USA Today", "The Tonight Show"."""
    word = match["word"]
    return word[0].islower() or (_opens_sentence(text, match.start()) and _after(text, match.end()) != "Show")


def _is_unit(text: str, match: re.Match[str]) -> bool:
    """Tell a week, month or year told apart by a word; "the" does it for the weekend only."""
    mod = match["mod"]
    if mod[0].isupper() and not (_opens_sentence(text, match.start()) or match["q"]):
        return False
    return mod.lower() != "the" or match["u"] == "weekend"


_FULL_MONTHS = frozenset(_MONTH.split("|(?:", 1)[0].split("|"))
_CHECKS: dict[str, Callable[[str, re.Match[str]], bool]] = {
    "month": _is_month,
    "season": _is_season,
    "year": _is_year,
    "weekday": _is_weekday,
    "today": _is_today,
    "unit": _is_unit,
}
