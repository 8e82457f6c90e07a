"""Where a passage found contradicts what a question takes for granted. Words and their order, no model.

"Who drowned when …?" takes it that somebody did; "Nobody was injured" says no. A sentence contradicts a question when
it denies one of its words (or one that says the same), of nobody at all or of the one asked about, or says of that one
what shuts the word out, and its passage is about what is asked. Where another sentence of the same passages says what
the question takes for granted, nothing is contradicted. What this module does not know: grammar; in doubt it is silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.silence.denial import AUXILIARIES, MAX_CHARACTERS, NEGATION, Denial, Sentence, before, sentences
from rag.silence.names import names
from rag.silence.opposites import denied_with, light, shut_out_by
from rag.text import STOP_WORDS, terms, words
from rag.types import Hit

_ASKS = re.compile(r"\W*(?:\w+\W+){0,2}?(who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_YES_NO = re.compile(r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.IGNORECASE)
_ARSON = re.compile(
    r"\bset(?:ting|s)? (?:fire|light) to\b|\bset\b[^.?]{0,60}\b(?:ablaze|alight|on fire)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_OPENING_PRONOUN = re.compile(r"\W*(?:He|She|It|They)\b")
_PERSON = re.compile(r"\b(?:he|she)\b")  # a later "it" may be anything
ABOUT = 0.4  # of the weight of a question's other words must stand in a passage that contradicts it
NAMED = 0.5  # of the words of its names
MOST_WORDS = 40  # of a question


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A sentence, characters start..end of the article, verbatim: `quote`. word: the stem of what it contradicts."""

    hit: Hit
    start: int
    end: int
    word: str

    @property
    def quote(self) -> str:
        """The contradicting sentence."""
        offset = self.hit.passage.start
        return self.hit.passage.text[self.start - offset : self.end - offset]


@dataclass(frozen=True, slots=True)
class _Granted:
    """One stem that a question takes for granted. subject: the stems between its verb and the first auxiliary.

    others: the other telling stems of the question.
    """

    stem: str
    subject: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage found: its sentences, and all stems of it and of its title."""

    hit: Hit
    sentences: tuple[Sentence, ...]
    held: frozenset[str]


def contradiction(
    question: str, hits: Sequence[Hit], weight: Callable[[str], float] = lambda _: 1.0
) -> Contradiction | None:
    """Return the sentence of the best passage that contradicts what a question takes for granted, or None.

    weight: how telling a word is. Only who, what, which, when, where, why and how take anything for granted.
    """
    if not _ASKS.match(question) or _YES_NO.match(question) or NEGATION.search(question):
        return None
    named = frozenset(stem for name in names(question) for stem in terms(name.text))
    passages = [_read(hit) for hit in hits]
    for granted in islice(_granted(question, named), MOST_WORDS):
        worth = {stem: weight(stem) for stem in granted.others}
        about = [passage for passage in passages if _about(worth, named, passage.held)]
        if any(_affirmed(granted, sentence) for passage in about for sentence in passage.sentences):
            continue
        for passage in about:
            for sentence in _contradicting(granted, passage):
                start = passage.hit.passage.start
                return Contradiction(passage.hit, start + sentence.start, start + sentence.end, granted.stem)
    return None


def _read(hit: Hit) -> _Read:
    held = frozenset(terms(f"{hit.passage.source.title} {hit.passage.text[:MAX_CHARACTERS]}"))
    return _Read(hit, tuple(sentences(hit.passage.text)), held)


def _granted(question: str, named: frozenset[str]) -> Iterator[_Granted]:
    """Yield what a question takes for granted, word by word."""
    telling = frozenset(stem for stem in terms(question) if _tells(stem))
    told: list[str] | None = None  # None until the first auxiliary: what is asked for stands there
    for word in words(question):
        if word in AUXILIARIES:
            told = [] if told is None else told
        elif word not in STOP_WORDS and _tells(stem := terms(word)[0]):
            if stem not in named:
                yield _Granted(stem, frozenset(told or ()), telling - {stem})
            if told is not None:
                told.append(stem)
    if _ARSON.search(question):
        yield _Granted(terms("arson")[0], frozenset(), telling)


def _tells(stem: str) -> bool:
    return stem not in light() and not stem.isdigit()


def _about(worth: dict[str, float], named: frozenset[str], held: frozenset[str]) -> bool:
    """Return whether a passage is about what is asked, whatever it says of the word that is taken for granted."""
    if len(named & held) < NAMED * len(named):
        return False
    shared = sum(much for stem, much in worth.items() if denied_with(stem) & held)
    return shared > 0 and shared >= ABOUT * sum(worth.values())


def _contradicting(granted: _Granted, passage: _Read) -> Iterator[Sentence]:
    """Yield the sentences of a passage that deny what is taken for granted, or shut it out."""
    title = frozenset(terms(passage.hit.passage.source.title))
    earlier = title
    for sentence in passage.sentences:
        denied = any(_denied(denial, sentence, granted, earlier) for denial in sentence.denials)
        if denied or _shuts_out(sentence, earlier, granted):
            yield sentence
        earlier = title | sentence.stems


def _denied(denial: Denial, sentence: Sentence, granted: _Granted, earlier: frozenset[str]) -> bool:
    if not denied_with(granted.stem) & denial.scope:
        return False
    if denial.kind == "nosign":
        return bool(granted.others & denial.scope)
    return denial.kind != "not" or _same(granted, denial.left, sentence, earlier)


def _shuts_out(sentence: Sentence, earlier: frozenset[str], granted: _Granted) -> bool:
    """Return whether a sentence says of the one asked about what shuts the word out."""
    excluded = shut_out_by(granted.stem) - granted.others
    if not granted.subject or not sentence.plain or not excluded & sentence.stems:
        return False
    if denied_with(granted.stem) & sentence.stems:
        return False
    places = (match for match in _WORD.finditer(sentence.text) if excluded.intersection(terms(match.group())))
    first = next(places, None)
    return first is not None and _same(granted, before(sentence.text, first.start()), sentence, earlier)


def _same(granted: _Granted, left: str, sentence: Sentence, earlier: frozenset[str]) -> bool:
    """Return whether the words before a verb name the one that the question is about, if only as "she".

    earlier: the stems of the sentence before and of the title, to one of which a "She" that opens the sentence points.
    """
    told = set(terms(left))
    if any(denied_with(stem) & told for stem in granted.subject) or len(granted.others & told) > 1:
        return True
    if _OPENING_PRONOUN.match(left):
        return bool(granted.subject & earlier)
    return bool(_PERSON.search(left)) and bool(granted.subject & set(terms(sentence.opening)))


def _affirmed(granted: _Granted, sentence: Sentence) -> bool:
    """Return whether a sentence says plainly what is taken for granted: the word itself, of the same one."""
    told = sentence.plain and granted.stem in sentence.stems
    return told and (not granted.subject or bool(granted.subject & sentence.stems))
