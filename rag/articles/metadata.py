"""What an article's own first lines tell: headline, byline, time stamps, the place it was filed from.

Pure, and conservative: a line counts only when it is nothing but a byline or a stamp. It does not know which papers
exist, so an agency named in the story ("reports AP") is never taken for its publisher.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.articles.dates import stamp

_HEAD = 12  # paragraphs among which labelled lines may stand: headline, standfirst, caption, credit, byline, stamps …
_TOP = 5  # … and those among which a bare date is a stamp: further down it is a subheading in a chronicle
_LONGEST_HEADLINE = 160
_TITLE_WIDTH = 90
_LONGEST_CAPTION = 300
_PUBLISHED = re.compile(r"(?:first )?(?:published|posted|issued)(?: on| at)?\s*:?\s*(?=\S)", re.IGNORECASE)
_DATE = re.compile(r"date\s*:\s*", re.IGNORECASE)
_UPDATED = re.compile(r"(?:last |latest )?(?:updated?|modified)(?: on| at)?\s*:?\s*(?=\S)", re.IGNORECASE)
_PUBLISHER = re.compile(r"(?:(?:publisher|publication|newspaper)\s*:|published by:?)\s*(\S.{1,60})", re.IGNORECASE)
_BYLINE = re.compile(r"(?:(?:words|written|story|text|reported)\s+)?by:?\s+(\S.*)", re.IGNORECASE)
_PARTICLE = "de|da|del|della|der|den|di|dos|du|la|le|van|von|bin|al|el|ibn|ter|ten|y|e|and|&"
_NAME = re.compile(rf"[A-ZÀ-ÞĀ-Ž][\w.'’-]*|[dl]['’][A-Z][\w-]+|{_PARTICLE}")
# Where the names of a byline end and a post or a paper begins: "By Ada Quill, Harbour Editor", "… for the Gazette".
_POST = re.compile(
    r"(?:\s*,\s*|\s[–—-]\s+|\s(?=for\b|in\b|at\b|of\b|AP\b|Associated Press\b|Staff\b))"
    r"(?:for|in|at|of|the|[\w&.' -]*\b(?:editor|reporter|correspondent|writer|columnist|staff|press|news|times|post|"
    r"gazette|today|network|reuters|afp|ap|bbc|cnn|analyst|producer|journalist|contributor|chief|bureau))\b.*",
    re.IGNORECASE,
)
_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]{2,40}(?:, [A-Z][\w.'’ -]{1,30}){0,2}"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE}?)"
    r"(?:,? (?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*\.? \d{1,2})?"
    r"(?: ?\((?:[A-Z][\w./ ]{1,30})\))?\s*(?:[—–]|-{1,2}(?= ))\s*(?=[\"“‘'\w])"
)
_NO_PLACE = re.compile(
    "ANALYSIS|AUDIO|BREAKING|COLUMN|COMMENT|CORRECTION|EDITORIAL|EXCLUSIVE|EXPLAINED|EXPLAINER|FACTBOX|FEATURE|FIFA|"
    "GALLERY|INTERVIEW|LIVE|MORE|NASA|NATO|NCAA|NEWS|NOTE|OBITUARY|OPEC|OPINION|PHOTOS|PODCAST|POLL|PROFILE|QUIZ|"
    "RECAP|RECIPE|RELATED|REVIEW|SPORTS?|TIMELINE|UEFA|UNICEF|UPDATED?|VIDEO|WATCH|WEATHER"
)
_BAR = re.compile(r"\s*[|•·]\s*")
# "By Ada Quill 6 May 2031", "Marlow Gazette, 6 May 2031": a writer or a paper, then a stamp.
_BEFORE_STAMP = re.compile(
    r"(?P<names>[^\d,]{3,60}?),? (?P<stamp>(?:\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d).*)"
)
_PAPER = re.compile(
    r"(?:(?:[A-Z][\w'’-]*|of|the|and|&) ){0,5}(?:Advertiser|Argus|Bulletin|Chronicle|Courier|Daily|Echo|Examiner|"
    r"Express|Gazette|Globe|Herald|Independent|Journal|Mail|Mercury|Mirror|News|Observer|Post|Record|Register|Review|"
    r"Sentinel|Standard|Star|Sun|Telegraph|Times|Tribune|Weekly)"
)
_NEXT_LABEL = re.compile(r"\s+(?=(?:last )?updated\b|published\b)", re.IGNORECASE)
# Lines of credit without "By": an agency, a desk, two writers' names.
_NAMES = r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}"
_DESK = re.compile(
    r"from .{1,40}\breports|(?:staff|wire)(?: and wire)? reports?|special (?:to|for) .{1,40}"
    r"|(?:the )?(?:associated press|reuters|usa today(?: network| sports)?|agence france-presse)"
    rf"|(?-i:{_NAMES},? and {_NAMES}|{_NAMES}, (?:USA TODAY|Reuters|AP|Associated Press|Special .*))",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\b(?:picture|photo(?:graph)?|image|credit)s?\s*:|\b(?:getty|alamy|shutterstock)\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3}[.!?])[\"”’']?\s+(?=[\"“‘A-ZÀ-Þ\d])|(?<=[\"”’]) +(?=[\"“‘A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class Told:
    """What the lines tell; what they do not is None. headline is a line of the text, verbatim."""

    headline: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: str | None = None
    updated: str | None = None
    dateline: str | None = None


def told_by(paragraphs: Sequence[str]) -> Told:
    """Read the first paragraphs of a cleaned article."""
    found: dict[str, str] = {}
    for index, line in enumerate(paragraphs[:_HEAD]):
        place = dateline(line)
        if place is not None:
            found.setdefault("dateline", place)
        elif len(line) <= _LONGEST_HEADLINE:
            for piece in _pieces(line):
                _read_piece(piece, found, bare_date=index < _TOP)
    return Told(headline=headline(paragraphs), **found)


def _pieces(line: str) -> list[str]:
    """Part a line at its bars, between two stamps, and between a writer or a paper and a stamp."""
    found: list[str] = []
    for piece in _BAR.split(line):
        parts = _NEXT_LABEL.split(piece)
        headed = _BEFORE_STAMP.fullmatch(piece)
        if all(_is_stamp(part) for part in parts):
            found.extend(parts)
        elif headed and _is_stamp(headed["stamp"]) and byline(headed["names"]):
            found.extend(headed.groups())
        elif headed and _is_stamp(headed["stamp"]) and _PAPER.fullmatch(headed["names"]):
            found.extend((f"Publisher: {headed['names']}", headed["stamp"]))
        else:
            found.append(piece)
    return found


def _is_stamp(piece: str) -> bool:
    labelled = (match for label in (_UPDATED, _PUBLISHED) if (match := label.match(piece)))
    return stamp(piece) is not None or any(stamp(piece[match.end() :]) for match in labelled)


def _read_piece(piece: str, found: dict[str, str], *, bare_date: bool) -> None:
    for key, label in (("updated", _UPDATED), ("published", _PUBLISHED)):
        match = label.match(piece)
        moment = stamp(piece[match.end() :]) if match else None
        if moment is not None:
            found.setdefault(key, moment)
            return
    if bare_date and (moment := stamp(_DATE.sub("", piece, count=1))) is not None:
        found.setdefault("published", moment)
    elif (names := byline(piece)) is not None:
        found.setdefault("byline", names)
    elif (match := _PUBLISHER.fullmatch(piece)) and not match[1].endswith("."):
        found.setdefault("publisher", match[1].strip())


def byline(line: str) -> str | None:
    """Return the names in "By Ada Quill and Tom Reed, Harbour Editor" → "Ada Quill and Tom Reed", else None."""
    match = _BYLINE.fullmatch(line)
    if match is None or len(line) > 100:
        return None
    return names_in(match[1])


def names_in(text: str) -> str | None:
    """Return text without the writers' posts when it is a list of names, else None."""
    names = _POST.sub("", text).strip(" ,;")
    words = re.split(r"[\s,]+", names)
    capitals = sum(word[0].isupper() for word in words if word)
    if not 1 <= capitals <= 14 or not all(_NAME.fullmatch(word) for word in words):
        return None
    return names


def dateline(line: str) -> str | None:
    """Return the place in "SAN SALVADOR, El Salvador — The …", else None."""
    match = _DATELINE.match(line)
    if match is None:
        return None
    place = match["place"].strip(" ,-")
    first = re.split(r"[\s,]", place)[0]
    # Places of three letters are rare; "CNN —", "NFL —" and "AP —" are not.
    if _NO_PLACE.fullmatch(first) or len(place.split(",")[0]) < 4 or len(line) - match.end() < 20:
        return None
    return place


def headline(paragraphs: Sequence[str]) -> str | None:
    """Return the first line when it is a headline: short, of three words or more, and not a sentence or a label."""
    if len(paragraphs) < 2:
        return None
    line = paragraphs[0]
    if len(line) > _LONGEST_HEADLINE or len(line.split()) < 3:
        return None
    ends_open = not re.search(r"[.:;,…—–-][\"”’')]*$", line)
    return line if ends_open and not _is_label(line) and dateline(line) is None else None


def shortened(paragraphs: Sequence[str]) -> str:
    """Return a title for an article without a headline: its first sentence, cut between words to 90 characters."""
    first = next((p for p in paragraphs if len(p.split()) >= 3 and not _is_label(p)), paragraphs[0])
    if dateline(first) is not None and (match := _DATELINE.match(first)):
        first = first[match.end() :]
    sentence = _SENTENCE_END.split(first, maxsplit=1)[0].strip()
    if len(sentence) <= _TITLE_WIDTH:
        return sentence
    kept = sentence[: _TITLE_WIDTH - 1]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept[40:] and sentence[_TITLE_WIDTH - 1] != " " else kept
    return at_word.rstrip(" ,;:—–-.") + "…"


def _is_label(line: str) -> bool:
    """Say whether a line only names writers, moments, or who took a picture."""
    has_credit = len(line) < _LONGEST_CAPTION and _CREDIT.search(line)
    return bool(byline(line) or _DESK.fullmatch(line) or has_credit or any(map(_is_stamp, _pieces(line))))
