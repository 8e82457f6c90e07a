"""What a copy says that its original does not: another number or name, a "not", a sentence of its own. Pure.

Each sentence of the copy is laid beside the most similar one of the original, numbers and names apart, word by word.
Few words of it may be new there, and a number or a name must stand in a row of at least two words that both have, so
"two were hurt" is no place for the "Two" of "Two people died". The credit of an agency says nothing.
What this module does not know: the same number in another writing, but for "8" and "eight", "bn" and "billion"; and
what words mean, so that one "arrested" for "released" is taken for an editor's hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from rag.copies.credit import uncredited
from rag.copies.shingles import SHORT
from rag.text import STOP_WORDS, fold, sentence_spans

NEW = 0.3  # share of a sentence's words, at most, that its counterpart lacks; more, and it is a sentence of its own
MOST_NEW = 6  # of these words, however long the sentence: a clause says something
ROW = 2  # words of a row, but at both beginnings or both ends
LONGEST = 10_000  # characters of a text that is compared; passages have a few hundred
HEADING = 8  # words at most of a line without a full stop, which only says what its passage is about
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[£$€%]|[^\W\d_]+(?:['’][^\W\d_]+)*")
# "PORT WEXLEY (Saltmarsh News Agency) —", "(CNN)", "Washington, DC CNN —"; all the rest of a sentence may be told
_DATELINE = re.compile(
    r"(?:[A-Z]{2}[^\n().]{0,60})?\([A-Z][^()\n]{1,50}\)\s*[—–-]\s"
    r"|\([A-Z]{2,9}\)\s"
    r"|(?:[A-Z][\w.]+,? ){0,4}[A-Z]{2,9} [—–]\s"
)
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_UNITS = {"m": "million", "mn": "million", "bn": "billion", "tn": "trillion", "k": "thousand"}
_COUNTED = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNTED.split())} | {
    word: str(10 * number) for number, word in enumerate(_TENS.split(), start=2)
}
_AMOUNTS = """
£ $ € hundred hundreds thousand thousands million millions billion billions trillion dozen dozens half halved third
quarter double doubled twice triple tripled once first second fourth fifth sixth seventh eighth ninth tenth last am pm
more less fewer under above below rose rise fell fall up down won lost before after
"""
_NOT = "no not none never nobody nothing neither nor without cannot denied denies"
_TOLD = frozenset((_AMOUNTS + _NOT).split())
_UNSAID = frozenset({"", "%", "mr", "mrs", "ms", "miss", "dr", "sir"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    """words: as they are compared. told: places of the numbers, names and negations. heading: it has no full stop.

    runs: of its words, what is told left blank: the counterpart of a sentence is alike but for that.
    """

    words: tuple[str, ...]
    told: frozenset[int]
    heading: bool
    runs: frozenset[tuple[str, ...]]

    def likeness(self, other: _Sentence) -> tuple[int, int]:
        """Return how much of both is the same but for what is told; then, how many words are."""
        return len(self.runs & other.runs), len(set(self.words).intersection(other.words))


def adds(text: str, originals: Sequence[str]) -> bool:
    """Return whether a passage says what passages that it may be copied from do not. Quotations count, too."""
    originals = [original for original in originals if len(original) <= LONGEST]
    if len(text) > LONGEST:
        return True
    others = [sentence for original in originals for sentence in _sentences(original)]
    pairs = [_joined(*two) for original in originals for two in pairwise(_sentences(original))]
    said = {word for other in others for word in other.words}
    for sentence in _sentences(text):
        if not _differs(sentence, others) or not _differs(sentence, pairs):
            continue
        if not sentence.heading or any(sentence.words[place] not in said for place in sentence.told):
            return True
    return False


def _differs(sentence: _Sentence, others: Sequence[_Sentence]) -> bool:
    """Return whether a sentence says what the most similar one of the others does not."""
    if not others or any(sentence.words == other.words for other in others):
        return not others
    other = max(others, key=lambda other: sentence.likeness(other))
    rows = SequenceMatcher(None, other.words, sentence.words, autojunk=False).get_matching_blocks()[:-1]
    length = len(sentence.words)
    if length - sum(row.size for row in rows) > min(MOST_NEW, NEW * length):
        return True
    ends = {(0, 0), (len(other.words) - 1, length - 1)}
    mine = {
        place for row in rows if row.size >= ROW or (row.a, row.b) in ends for place in range(row.b, row.b + row.size)
    }
    theirs = {place for row in rows for place in range(row.a, row.a + row.size)}
    passed = set(range(min(theirs), max(theirs))) - theirs  # "Two were hurt and three died" is no "Two died"
    return not sentence.told <= mine or not passed.isdisjoint(other.told)


@lru_cache(maxsize=512)
def _sentences(text: str) -> tuple[_Sentence, ...]:
    dateline = _DATELINE.match(text)
    begin, stop = dateline.end() if dateline else 0, uncredited(text)
    found = (_sentence(text[max(start, begin) : min(end, stop)]) for start, end in sentence_spans(text))
    return tuple(sentence for sentence in found if sentence.words)


def _joined(one: _Sentence, other: _Sentence) -> _Sentence:
    """Return two sentences as one, as an editor may have joined them."""
    told = one.told | {len(one.words) + place for place in other.told}
    return _Sentence(one.words + other.words, told, heading=False, runs=one.runs | other.runs)


def _sentence(text: str) -> _Sentence:
    words: list[str] = []
    told: set[int] = set()
    for match in _WORD.finditer(text):
        written = match.group()
        word = fold(written).replace("’", "'").removesuffix("'s").replace(",", "")
        if word in _UNSAID:
            continue
        if words and words[-1][0].isdigit():
            word = _UNITS.get(word, word)
        word = _NUMBERS.get(word, word)
        named = written[0].isupper() and (word not in STOP_WORDS or (len(word) > 1 and written.isupper()))
        if named or word[0].isdigit() or word in _TOLD or word.endswith("n't"):
            told.add(len(words))
        words.append(word)
    masked = ["" if place in told else word for place, word in enumerate(words)]
    runs = frozenset(zip(*(masked[place:] for place in range(SHORT)), strict=False))
    heading = len(words) <= HEADING and not _ENDED.search(text)
    return _Sentence(tuple(words), frozenset(told), heading, runs)
