"""Who says so: the speaker of quoted or reported words, as a verbatim span.

Quotations are blanked first, so that "They say …" inside one is nobody's attribution. Then whoever says something in
the sentence (phrases.py), nearest to the words, is their speaker. A pronoun stands for the last person that was a
speaker or a subject; a quotation without a speaker belongs to the one before it, or to who is named after it. Where
that is not plain, nobody is named.
What this module does not know: whether the words are true, grammar, who is a man, a woman or a company, the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.reading.phrases import (
    BLANK,
    CROWD,
    MAX_SENTENCE,
    NO_NAMES,
    PERSON,
    PRONOUN,
    ROLE,
    Told,
    subject,
    told_in,
    trimmed,
)
from rag.text import sentence_spans

REACH = 3000  # characters before and after the words that are looked at
BACK = 3  # sentences before a quotation or a pronoun in which its speaker may stand
SHORT = 80  # characters of a sentence that may do no more than name a speaker
_OF_PERSONS = """
Mr Mrs Ms Miss Dr Sir Dame Lord Lady Captain Inspector Sergeant Detective Commander Lieutenant Judge Professor CEO CFO
COO President Senator Councillor Mayor Minister Governor Nurse Officer General Colonel Rev Prof Sen Rep Gov
"""
_TITLES = frozenset(_OF_PERSONS.split())
_ROLE = re.compile(rf"\b{ROLE},?\s$", re.IGNORECASE)
_AGED = re.compile(r",\s(?:who\b|\d{1,3},|an?\s|the\s)")
_HEDGED = re.compile(
    r"\b(?:reportedly|allegedly|apparently|supposedly|is\ssaid\sto|are\ssaid\sto|was\ssaid\sto)\b", re.I
)
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)[^‘\n]{1,600}?[,.?!][’'](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Page:
    """A text with its sentences and quotations, and the same with every quotation blanked, character for character."""

    text: str
    blanked: str
    sentences: tuple[tuple[int, int], ...]
    quotations: tuple[tuple[int, int], ...]


def speaker_of(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the speaker of the quoted or reported words text[start:end] is named, or None.

    "said Hal Brack of the union" gives Hal Brack; "according to the company", the company; "he told the Courier", the
    last name before it that was a subject, if there is just one. None for what the text tells as its own.
    """
    offset, page = _page_around(text, start, end)
    found = speaker_in(page, start - offset, end - offset)
    return found and (found[0] + offset, found[1] + offset)


def claimed(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is told as somebody's words, thought or estimate, or hedged, and not as a fact."""
    offset, page = _page_around(text, start, end)
    start, end = start - offset, end - offset
    quoted = [(first, last) for first, last in page.quotations if first < end and start < last]
    if any(page.text[last - 2 : last - 1] in (".", ",", "!", "?") for _, last in quoted):
        return True
    touched = [i for i, (first, last) in enumerate(page.sentences) if first < end and start < last]
    told = any(_HEDGED.search(page.blanked, *page.sentences[i]) for i in touched)
    return told or any(True for i in touched for _ in told_in(page.blanked, *page.sentences[i]))


def _page_around(text: str, start: int, end: int) -> tuple[int, Page]:
    """Return the lines around a place, and where they begin."""
    first = max(0, start - REACH)
    if first:
        line = text.find("\n", first, start)
        first = line + 1 if line >= 0 else first
    last = text.find("\n", end, end + REACH)
    last = last if last >= 0 else min(len(text), end + REACH)
    return first, page_of(text[first:last])


@lru_cache(maxsize=512)
def page_of(text: str) -> Page:
    """Return a text with its quotations found and blanked."""
    quotations = tuple(_quotations(text))
    told = [0, *(place for quotation in quotations for place in quotation), len(text)]
    between = [text[start:end] for start, end in zip(told[::2], told[1::2], strict=True)]
    blanks = [BLANK * (end - start) for start, end in quotations]
    pieces = [piece for pair in zip(between, [*blanks, ""], strict=True) for piece in pair]
    return Page(text, "".join(pieces), sentence_spans(text), quotations)


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield every quotation with its marks; one that is not closed ends with its line."""
    opened: int | None = None
    last = 0
    for match in re.finditer(r"[\"“”\n]|$", text):
        mark, at = match.group(), match.start()
        opens = mark == "“" or (mark == '"' and (at == 0 or text[at - 1] in " \t\n([—–-‘'"))
        if mark in ("\n", ""):
            if opened is not None:
                yield opened, at
            elif last <= at:
                yield from (single.span() for single in _SINGLE.finditer(text, last, at))
            opened, last = None, at + 1
        elif opens and opened is None:
            yield from (single.span() for single in _SINGLE.finditer(text, last, at))
            opened = at
        elif opened is not None and not (opens and mark == '"'):
            yield opened, at + 1
            opened, last = None, at + 1


def speaker_in(page: Page, start: int, end: int) -> tuple[int, int] | None:
    """Return the speaker of a place of a page: in its sentences, else, for a quotation, in those around it."""
    quoted = next(((a, b) for a, b in page.quotations if a < end and start < b), None)
    first, last = (min(start, quoted[0]), max(end, quoted[1])) if quoted else (start, end)
    touched = [i for i, (a, b) in enumerate(page.sentences) if a < last and first < b]
    if not touched:
        return None
    told = [each for i in touched for each in told_in(page.blanked, *page.sentences[i])]
    if told:
        nearest = min(told, key=lambda each: (max(0, each.at - last, first - each.until), each.at))
        return named(page, nearest)
    if quoted is None:
        return None
    opens = not page.text[page.text.rfind("\n", 0, first) + 1 : first].strip()
    after = _told_after(page, touched[-1]) if opens else None
    return _announced(page, quoted[0]) or after or _told_before(page, touched[0])


def _told_after(page: Page, number: int) -> tuple[int, int] | None:
    """Return who says so in the short sentence that follows a quotation: "It was close." Makar said afterwards."""
    if number + 1 == len(page.sentences) or not page.blanked[: page.sentences[number][1]].endswith(BLANK):
        return None
    start, end = page.sentences[number + 1]
    if end - start > SHORT or "\n" in page.text[page.sentences[number][1] : start] or BLANK in page.blanked[start:end]:
        return None
    told = next(told_in(page.blanked, *page.sentences[number + 1]), None)
    return named(page, told) if told and told.start == start else None


def _told_before(page: Page, number: int) -> tuple[int, int] | None:
    """Return who says so in the sentences before a quotation: of its paragraph, or the last one before it."""
    for i in range(number - 1, max(-1, number - 1 - BACK), -1):
        apart = "\n" in page.text[page.sentences[i][1] : page.sentences[i + 1][0]]
        told = [*told_in(page.blanked, *page.sentences[i])]
        if told:
            found = named(page, _beside_quotation(page, i, told))
            name = page.text[slice(*found)] if found else ""
            return found if not apart or (PERSON.fullmatch(name) and not CROWD.fullmatch(name)) else None
        if apart or BLANK not in page.blanked[slice(*page.sentences[i])]:
            return None
    return None


def _beside_quotation(page: Page, number: int, told: list[Told]) -> Told:
    """Return the one of those told in a sentence whose verb is nearest to a quotation, or the last."""
    start, end = page.sentences[number]

    def apart(each: Told) -> int:
        before, after = page.blanked.rfind(BLANK, start, each.at), page.blanked.find(BLANK, each.until, end)
        return min(each.at - before if before >= 0 else REACH, after - each.until if after >= 0 else REACH)

    return min(reversed(told), key=apart)


def _announced(page: Page, quoted: int) -> tuple[int, int] | None:
    """Return the subject of the sentence that a colon ends before a quotation."""
    before = page.blanked[max(0, quoted - MAX_SENTENCE) : quoted].rstrip()
    if not before.endswith(":"):
        return None
    i = next((i for i, (a, b) in enumerate(page.sentences) if a < quoted <= b), None)
    if i is None:
        return None
    start = page.sentences[i][0]
    names = {match.group() for match in PERSON.finditer(page.blanked, start, quoted)}
    said = len(page.blanked[start:quoted].split()) > 2  # "Result:" is nobody
    found = subject(page.blanked, start, quoted) if said and len(names) == 1 else None
    return found if found and not re.fullmatch(PRONOUN, page.text[slice(*found)]) else None


def named(page: Page, told: Told) -> tuple[int, int] | None:
    """Return the speaker; for a pronoun the one person, or thing, that stands nearest before it as a subject."""
    if not told.pronoun:
        return told.start, told.end
    pronoun = page.text[told.start : told.end].lower()
    pronoun = {"him": "he", "her": "she", "them": "they"}.get(pronoun, pronoun)
    here = next(i for i, (a, b) in enumerate(page.sentences) if a <= told.start < b)
    if pronoun in ("i", "we"):
        return None
    for i in range(here, max(-1, here - 1 - BACK), -1):
        end = min(page.sentences[i][1], told.start)
        found = _things(page, i, end) if pronoun in ("it", "they") else _persons(page, i, end, pronoun)
        found = [each for each in found if page.text[each[1] : told.start].strip() != ","]  # "Ann, he said, had gone"
        names = [page.text[slice(*each)] for each in found]
        if len({name.split()[-1] for name in names}) > 1 or any(" and " in name for name in names):
            return None
        if found:
            return found[0]
        if pronoun in ("it", "they") and "\n" in page.text[page.sentences[i - 1][1] : told.start]:
            return None
    return None


def _things(page: Page, number: int, before: int) -> list[tuple[int, int]]:
    """Return what it or they may stand for: the speaker or the subject of a sentence."""
    told = [
        (t.start, t.end) for t in told_in(page.blanked, *page.sentences[number]) if not t.pronoun and t.end <= before
    ]
    head = subject(page.blanked, page.sentences[number][0], before)
    found = told[:1] or ([head] if head else [])
    return [each for each in found if not re.fullmatch(PRONOUN, page.text[slice(*each)])]


def _persons(page: Page, number: int, before: int, pronoun: str) -> list[tuple[int, int]]:
    """Return what he or she may stand for: the speaker of a sentence, or else the persons that it names."""
    start = page.sentences[number][0]
    told = [
        (t.start, t.end) for t in told_in(page.blanked, *page.sentences[number]) if not t.pronoun and t.end <= before
    ]
    speakers = [each for each in told if _suits(page.text[slice(*each)], pronoun)]
    if speakers:
        return speakers[-1:]
    names = [trimmed(page.text, *match.span()) for match in PERSON.finditer(page.blanked, start, before)]
    persons = [each for each in names if each and _suits(page.text[slice(*each)], pronoun) and _is_person(page, *each)]
    head = subject(page.blanked, start, before)
    return [head] if head and head in persons else persons


def _suits(name: str, pronoun: str) -> bool:
    """Whether he, or she, may stand for a name."""
    first = name.split()[0].rstrip(".")
    man, woman = first in ("Mr", "Sir", "Lord"), first in ("Mrs", "Ms", "Miss", "Dame", "Lady")
    odd = name.isupper() or first.lower() in NO_NAMES or PERSON.fullmatch(name) is None
    return not odd and not (man if pronoun == "she" else woman)


def _is_person(page: Page, start: int, end: int) -> bool:
    """Whether something beside a name shows that it is a person's: a title, a role, an age, or that it speaks."""
    name = page.text[start:end]
    if page.text.startswith(("'s", "’s"), end):
        return False
    if name.split()[0].rstrip(".") in _TITLES or _ROLE.search(page.text, max(0, start - 30), start):
        return True
    if len(name.split()) > 1 and _AGED.match(page.text, end):
        return True
    return name.split()[-1] in speaking(page)


@lru_cache(maxsize=512)
def speaking(page: Page) -> frozenset[str]:
    """Return the last words of the names of all that say something on a page."""
    told = (
        page.text[each.start : each.end]
        for i in range(len(page.sentences))
        for each in told_in(page.blanked, *page.sentences[i])
    )
    return frozenset(name.split()[-1] for name in told if PERSON.fullmatch(name))
