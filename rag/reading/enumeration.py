"""A place in a text → the items of the list that stands there, each verbatim by its offsets. Pure; no model.

A list is told by its marks: commas and a last "and", semicolons, or lines of their own. Where the marks leave it open
what an item is, the items' likeness decides: the first word that they share ("for …, for … and for …"), names among
names, and what stands between commas but is unlike its neighbours belongs to the item before ("Ann Lee, 81, a former
pilot, and …"). What this module does not know: what is asked, parts of speech, or whether the text is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.reading.coordination import Chain, chains_of
from rag.reading.parts import (
    ADJUNCTS,
    ASKING,
    DETERMINERS,
    EDGE,
    INNER,
    MARK,
    MODALS,
    NUMBERS,
    PAIRING,
    PAST,
    PREPOSITIONS,
    TURNS,
    VERBS,
    WORD,
    Place,
    capital,
    parts_of,
)
from rag.text import paragraph_spans, sentence_at

MAX_SENTENCE = 3000  # characters; what is longer is no sentence
MAX_LINES = 40  # of a list

_HIDDEN = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"|‘[^’\n]*’(?!\w)|\([^()\n]*\)|\[[^][\n]*\]")
_QUOTE = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"")
_BULLET = re.compile(r"(?:[-–—•*·▪◦‣]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+")


def items_around(text: str, start: int, end: int, first: int | None = None, last: int | None = None) -> list[Place]:
    """Return (start, end) of every item of the list that text[start:end] stands in, in order; none: no list.

    first, last: where the first item is known to begin and the last one to end, as a reader of spans tells; else
    start and end are taken for that where they fall into these items. Nothing inside quotation marks is taken apart.
    """
    if not 0 <= start < end <= len(text):
        return []
    lines = _lines(text, start, end)
    if lines:
        return lines
    low, high = sentence_at(text, start, end)
    if high - low > MAX_SENTENCE:
        return []
    sentence = text[low:high]
    if any(m.start() < start - low and end - low < m.end() for m in _QUOTE.finditer(sentence)):
        return []
    first, last = start if first is None else first, end if last is None else last
    hints = _Hints((start - low, end - low), first - low, last - low)
    return [(low + a, low + b) for a, b in _coordination(_masked(sentence), hints)]


def lists_in(text: str, low: int, high: int) -> Iterator[list[Place]]:
    """Yield the items of every list in the sentence text[low:high], found by its "and", "or" and semicolons."""
    seen: set[tuple[Place, ...]] = set()
    for match in MARK.finditer(_masked(text[low:high])) if high - low <= MAX_SENTENCE else ():
        if match.group() != ",":
            items = items_around(text, low + match.start(), min(high, low + match.end() + 2), -1, -1)
            if tuple(items) not in seen and len(items) > 1:
                seen.add(tuple(items))
                yield items


def _lines(text: str, start: int, end: int) -> list[Place]:
    """Return the lines of a list that has a line for each item: bullets, or lines that end with a semicolon."""
    places = paragraph_spans(text)
    at = next((i for i, (a, b) in enumerate(places) if a <= start < b), None)
    if at is None or places[at][1] < end:
        return []
    bullet = _BULLET.match(text, *places[at]) is not None

    def listed(i: int) -> bool:
        if not 0 <= i < len(places):
            return False
        return _BULLET.match(text, *places[i]) is not None if bullet else text[places[i][1] - 1] == ";"

    if not listed(at) and (bullet or not listed(at - 1)):
        return []
    low = high = at
    while listed(low - 1) and at - low < MAX_LINES:
        low -= 1
    while listed(high + 1 if bullet else high) and high + 1 < len(places) and high - at < MAX_LINES:
        high += 1
    return [_line_item(text, *places[i]) for i in range(low, high + 1)] if high > low else []


def _line_item(text: str, start: int, end: int) -> Place:
    match = _BULLET.match(text, start, end)
    start = match.end() if match else start
    while end - 1 > start and text[end - 1] in ";.,":
        end -= 1
    return start, end


def _masked(sentence: str) -> str:
    """Hide what stands in quotation marks and brackets, so that no mark is found there."""
    return _HIDDEN.sub(lambda m: m.group()[0] + "x" * (len(m.group()) - 2) + m.group()[-1], sentence)


@dataclass(frozen=True, slots=True)
class _Hints:
    """Where the span stands, and where the list begins and ends if that falls into its first and last item."""

    span: Place
    first: int
    last: int


def _coordination(sentence: str, hints: _Hints) -> list[Place]:
    """Return the items in the last stretch between colons and dashes that the span touches and that has some."""
    edges = [0, *(i for m in EDGE.finditer(sentence) for i in m.span()), len(sentence)]
    start, end = hints.span
    for low, high in zip(edges[-2::-2], edges[::-2], strict=True):
        if low < end and start < high:
            chains = chains_of(parts_of(sentence, low, high), hints.span)
            best = max(chains, key=lambda chain: chain.worth(hints.span), default=None)
            if best:
                return _cut(sentence, best, hints)
    return []


def _cut(sentence: str, chain: Chain, hints: _Hints) -> list[Place]:
    """Cut off the words that lead up to the first item and that follow the last one, then a shared preposition."""
    places = [(part.start, part.end) for part in chain.parts]
    if not chain.clauses:
        begin = _begin(sentence, chain, hints)
        places[0] = (begin, places[0][1])
        places[-1] = (places[-1][0], _finish(sentence, chain, begin, hints))
    bare = [_bare(sentence, *place) for place in places]
    return [place for place in bare if place[0] < place[1]]


def _begin(sentence: str, chain: Chain, hints: _Hints) -> int:
    """Return where the first item begins: as a reader's span says, else as the other items do."""
    part = chain.parts[0]
    tokens = [(m.group(), m.start(), m.end()) for m in WORD.finditer(sentence, part.start, part.end)]
    lows = [word.lower() for word, _, _ in tokens]
    names = all(other.kind == "name" for other in chain.parts[1:])
    if part.start <= hints.first < part.end:
        at = next((i for i, token in enumerate(tokens) if token[2] > hints.first), 0)
        run = _name_run([word for word, _, _ in tokens]) if names else at
        if at < run and PREPOSITIONS.difference(("of",)).intersection(lows[at:run]):
            return tokens[run][1]  # "branches in Saltings"
        return tokens[at - 1 if at and lows[at - 1] in DETERMINERS else at][1]
    if part.opened:
        return part.start
    if part.mark == "," and len(tokens) > 1 and part.kind == "bare" and (lows[0].endswith("ed") or lows[0] in PAST):
        tokens, lows = tokens[1:], lows[1:]  # ", he said, carried wool, …"
    if chain.repeated:
        group = ASKING if chain.repeated == "asking" else PREPOSITIONS
        same = [i for i, low in enumerate(lows) if low == chain.repeated] or [
            i for i, w in enumerate(lows) if w in group
        ]
        return tokens[same[0] if chain.repeated == "asking" else same[-1]][1]
    if names:
        return tokens[_name_run([word for word, _, _ in tokens])][1]
    after = max((i + 1 for i, low in enumerate(lows) if low in VERBS), default=0)
    after += after < len(lows) - 1 and after > 0 and lows[after].endswith("ing")  # "were selling plums, …"
    if chain.parts[-1].kind in ("determiner", "number", "name"):
        marks = [i for i in range(after, len(lows)) if lows[i] in DETERMINERS | NUMBERS.keys() or lows[i][0].isdigit()]
        firm = [i for i in marks if i == 0 or lows[i - 1] not in PREPOSITIONS]
        if marks:
            return tokens[(firm or marks)[-1]][1]
    after = max((i + 1 for i in range(after, len(lows) - 1) if lows[i] in PREPOSITIONS - {"of"}), default=after)
    return tokens[min(after, len(tokens) - 1)][1]


def _name_run(words: list[str]) -> int:
    """Return where the last run of capitalised words begins; small words may stand inside it."""
    at = len(words) - 1
    while at > 0 and not capital(words[at]):
        at -= 1
    while at > 0:
        if capital(words[at - 1]) and words[at - 1].lower() not in PREPOSITIONS:
            at -= 1
        elif at > 1 and words[at - 1] in INNER | {"and", "&"} and capital(words[at - 2]):
            at -= 2
        else:
            break
    return at - 1 if at and words[at - 1].lower() == "the" else at


def _finish(sentence: str, chain: Chain, begin: int, hints: _Hints) -> int:
    """Return where the last item ends: as a reader's span says, else before a verb or a further circumstance."""
    part = chain.parts[-1]
    if part.start < hints.last <= part.end and hints.span[0] < part.start:
        return hints.last
    if chain.repeated == "asking":
        return part.end
    others = WORD.findall(sentence, begin, chain.parts[0].end) + [w for p in chain.parts[1:-1] for w in p.words]
    pure = part.kind == "name" and all(capital(word) or word in INNER | {"and", "&"} for word in others)
    relative, named = False, False
    ends = part.start
    for i, match in enumerate(WORD.finditer(sentence, part.start, part.end)):
        word, low = match.group(), match.group().lower()
        if i and relative and low in MODALS and i > 2:
            return ends
        if (
            i
            and not relative
            and (low in VERBS | ADJUNCTS or (pure and named and not capital(word) and low not in INNER))
        ):
            return ends
        relative = relative or low in ("that", "who", "which", "whose")
        named = named or capital(word)
        ends = match.end()
    return part.end


def _bare(sentence: str, start: int, end: int) -> Place:
    """Leave out prepositions, "both" and "but" at the beginning, and white space and marks at both ends."""
    for word in WORD.finditer(sentence, start, end):
        if word.group().lower() not in PREPOSITIONS | PAIRING | TURNS or word.end() >= end:
            break
        start = word.end()
    while start < end and sentence[start].isspace():
        start += 1
    while end > start and (sentence[end - 1].isspace() or sentence[end - 1] in ",;:"):
        end -= 1
    return start, end
