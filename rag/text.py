"""Words, terms and sentences of a text, by one rule each, used everywhere.

Standard library but for two small parts that are imported when first needed: nupunkt finds sentences, because
"U.S. official" and "Feb. 3" must not end one (a line break always does); Snowball's English stemmer makes terms. This
module does not know what the text is for, nor the tokens of any model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")
_GROUPED_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_PARAGRAPH = re.compile(r"[^\n]+")
_ENDLESS = re.compile(r"(?<!\S)\S{2000,}")  # not words; nupunkt takes quadratic time on "![![![…"
_INITIALS = re.compile(r"[^\w\s]*(?:[A-Z]\.)+")  # "U.S." at the start of a paragraph is no sentence
_EDGES = r"(?:(?<!\w)|(?=\W)){}(?:(?!\w)|(?<=\W))"  # beside a letter no other one; beside a mark anything
MAX_FOLDED = 20_000  # characters searched for a span without its case
_ARTICLES = frozenset({"a", "an", "the"})
_STOP_WORDS = """
a an and are as at be been but by did do does for from had has have he her him his how i if in into is it its me my no
not of on or our she so such that the their them then there these they this those to was we were what when where which
while who whom whose why will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def fold(text: str) -> str:
    """Return the text without case and accents, so that "Martí" and "MARTI" are one."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order.

    "U.S." is one word (us), "2.7" and "5,000" are one number each (2.7, 5000), "five-nation" is two words, a
    possessive 's is dropped and other apostrophes vanish (O'Brien: obrien).
    """
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match.group().replace("’", "'")
        if word.isalnum():
            found.append(word)
            continue
        found.extend(_split_compound(word.removesuffix("'s").replace("'", "")))
    return found


def _split_compound(word: str) -> list[str]:
    """Resolve the dots and commas inside one match of `_WORD`."""
    if _DECIMAL.fullmatch(word) or word.isalnum():
        return [word]
    if _GROUPED_NUMBER.fullmatch(word):
        return [word.replace(",", "")]
    parts = [part for part in re.split(r"[.,]", word) if part]
    if all(len(part) == 1 and part.isalpha() for part in parts):
        return ["".join(parts)]
    return parts


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
    return stem


@lru_cache(maxsize=500_000)
def _stem(word: str) -> str:
    return _stemmer()(word)


def terms(text: str) -> list[str]:
    """Return the stemmed words of a text that are not stop words, in order: what BM25 and word overlap count."""
    return [_stem(word) for word in words(text) if word not in STOP_WORDS]


def answer_key(text: str) -> str:
    """Return what two answers must share to count as the same one: their words, without a, an and the."""
    return _told(text) or text.strip()


def _told(text: str) -> str:
    return " ".join(word for word in words(text) if word not in _ARTICLES)


def says(text: str, answers: Iterable[str], key: str | None = None) -> bool:
    """Return whether a text holds one of the answers, however it is written: the words of its key, in a row.

    An answer without such words (an emoji, a mark, the grade A) must stand there as it is, apart from other letters.
    key: answer_key(text), from a caller who knows it already.
    """
    held = f" {answer_key(text) if key is None else key} "
    return any(f" {told} " in held if (told := _told(answer)) else _stands(text, answer.strip()) for answer in answers)


def _stands(text: str, answer: str) -> bool:
    return bool(answer) and re.search(_EDGES.format(re.escape(answer)), text) is not None


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of every line that holds more than white space, outer white space left out."""
    spans = []
    for match in _PARAGRAPH.finditer(text):
        start, end = _trimmed(text, *match.span())
        if start < end:
            spans.append((start, end))
    return spans


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of every sentence, in order, outer white space left out; none crosses a line break."""
    from nupunkt import sent_spans

    spans: list[tuple[int, int]] = []
    for first, last in paragraph_spans(text):
        begun: int | None = None  # where a sentence began that so far is initials only
        for start, end in _parted(text[first:last], sent_spans):
            start, end = _trimmed(text, first + start, first + end)
            start = start if begun is None else begun
            begun = start if _INITIALS.fullmatch(text, start, end) and end < last else None
            if start < end and begun is None:
                spans.append((start, end))
    return tuple(spans)


def _parted(line: str, sent_spans: Callable[[str], Iterable[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a line; what has no blank for two thousand characters is one by itself."""
    at = 0
    for endless in (*_ENDLESS.finditer(line), None):
        stop = endless.start() if endless else len(line)
        if line[at:stop].strip():
            yield from ((at + start, at + end) for start, end in sent_spans(line[at:stop]))
        if endless:
            yield endless.span()
            at = endless.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without outer white space."""
    span = text[start:end]
    return start + len(span) - len(span.lstrip()), end - (len(span) - len(span.rstrip()))


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the (start, end) of the sentence or sentences that hold text[start:end]."""
    touched = [span for span in sentence_spans(text) if span[0] < end and start < span[1]]
    if not touched:
        return start, end
    return min(start, touched[0][0]), max(end, touched[-1][1])


def find_span(text: str, span: str) -> tuple[int, int]:
    """Return where a span stands in its sentence, or (0, 0).

    A place that is a whole word or number comes before one inside such ("17" in "In 2017, 17 cracks", "340" in "1,340,
    not 340"), and the same letters before the same without case.
    """
    first = place = text.find(span) if span else -1
    while place >= 0:
        end = place + len(span)
        if not _goes_on(text[max(0, place - 2) : place][::-1], span[0]) and not _goes_on(text[end : end + 2], span[-1]):
            return place, end
        place = text.find(span, end)
    if first >= 0:
        return first, first + len(span)
    start = text[:MAX_FOLDED]
    match = re.search(re.escape(span), start, re.IGNORECASE) if 0 < len(span) <= len(start) else None
    return match.span() if match else (0, 0)


def _goes_on(beside: str, last: str) -> bool:
    """Whether a word, or a number, goes on with the two characters beside its last one, the nearer first."""
    near, far = beside[:1], beside[1:]
    return near.isalnum() or near == "_" or (last.isdigit() and near in {",", "."} and far.isdigit())
