"""Who said it, and what did they say: questions about words, and the words of a speaker who is named in the question.

What somebody said is what stands in quotation marks beside their name, or the clause after "said that". Candidates are
ranked as clauses are (worth.py); the cue is how surely they are the speaker's.
What this module does not know: how a speaker is found in a text (speaker.py), and the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from rag.reading.clauses import MAX_WORDS
from rag.reading.phrases import MAX_SENTENCE, PRONOUN, SAYING, told_in
from rag.reading.rule import Rule
from rag.reading.speaker import Page, named, page_of, speaker_in, speaking
from rag.reading.worth import Stretch, ranked
from rag.text import sentence_spans, terms, words
from rag.types import Reading, Span

MAX_QUESTION = 1000  # characters of a question that are looked at
MAX_PASSAGE = 3000  # characters of a passage that are looked at
MAX_SAID = 40  # spans returned
QUOTED, REPORTED = 1.0, 0.6  # strength of what somebody said, as a cue of worth.py
ALIKE = 0.8  # what is left of it where a speaker has the title of the one wanted, who is named elsewhere
NEARBY = 0.4  # what is left of it where only the words around a speaker have what the question calls them, see _is

_START = r"^(?:\W*)(?:(?:and|but|so)\s)?"
_HAVING = r"(?:(?:has|have|had|also|then|once|first|publicly|later|reportedly|(?:is|was|are|were)\squoted\sas)\s)*"
_NO_VERB = r"(?!(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|made|who|that)\b)"
_WHO = rf"(?:who|(?:which|what)(?:\s{_NO_VERB}[\w'’.-]+){{1,8}}?)"
_PLAIN = r"""(?:said|says|saying|claim(?:s|ed)|believe[sd]?|thinks?|thought|alleg(?:es|ed)|den(?:y|ies|ied)
|argue[sd]?|insist(?:s|ed)?|admit(?:s|ted)|joke[sd]|quipped|remarked|complain(?:s|ed)|warn(?:s|ed)?
|predict(?:s|ed)|told|tells
|suspect(?:s|ed)|fear(?:s|ed)|estimate[sd]?|announce[sd])"""
_ASKS_WHO = re.compile(
    rf"""{_START}(?:{_WHO}\s{_HAVING}(?:
          {_PLAIN}\b
        | {SAYING}\s+(?:that|whether|how|why|what|if|[“"‘'])
        | (?:called|describe[sd]|dismissed|branded)\s+(?:\S+\s+)+(?:an?|as|[“"‘'])
        )
      | (?:according\sto|in\sthe\s(?:view|opinion|words)\sof)\s(?:whom|who|which|what)\b
      | (?:in\s|by\s)?whose\s(?:words|view|opinion|claim|estimate|count|account)\b
      | (?:by|from)\swhom\b.*\b(?:said|claimed|quoted|described)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SPEAK = (
    r"(?:say|answer|reply|respond|claim|think|believe|argue|joke|warn|write|add|announce|remark|complain|comment"
    r"|tell(?:\s(?:the\s)?[\w'’]+(?:\s[A-Z][\w'’]+)?)?)"
)
_UTTERED = (
    r"(?:words?|reply|answer|comments?|response|view|opinion|verdict|reaction|explanation|remark|message|warning"
    r"|claim|joke)"
)
_MORE = (
    r"(?=\s(?:about|of|to|on|when|after|as|in|at|during|regarding|concerning|with|before|while|outside|for|by|over"
    r"|against|if|once)\b|[\s,]*$)"
)
_ASKS_WHAT = [
    re.compile(_START + pattern, re.IGNORECASE)
    for pattern in (
        (
            r"what\s(?:exactly\s|else\s)?(?:did|does|do|has|have|had)\s(?P<who>.+?)\s(?:have\s)?(?:to\s)?"
            rf"(?:said\b|{_SPEAK}\b){_MORE}"
        ),
        rf"what\s(?:was|were|is|are)\s(?P<who>\S.*?)(?:['’]s?)\s(?:own\s|exact\s)?{_UTTERED}\b",
        rf"what\s(?:was|were|is|are)\sthe\s(?:exact\s)?{_UTTERED}\sof\s(?P<who>.+?){_MORE}",
        r"(?:with\s|in\s)?what\swords\s(?:did|does)\s(?P<who>.+?)\s(?:use|describe|sum|put|tell|greet|reply)\b",
        (
            r"how\s(?:did|does|do|has)\s(?P<who>.+?)\s(?:described?|comment(?:ed)?|respond(?:ed)?|repl(?:y|ied)"
            r"|answer(?:ed)?|put\sit|sum\sup)\b"
        ),
    )
]


def asks_who_said(question: str) -> bool:
    """Whether a question asks who said, thought or claimed something: "Who joked that …?", "According to whom …?"."""
    return _ASKS_WHO.search(" ".join(question[:MAX_QUESTION].split())) is not None


def asks_what_said(question: str) -> str | None:
    """Return the speaker whose words are asked for, as the question names them; None for another question.

    "What did Hal Brack say about plates?" gives Hal Brack, "What does the union say?" the union; "What did she say?"
    gives None.
    """
    asked = _asked(question)
    who = asked["who"].strip(" ,") if asked else ""
    return None if not who or re.fullmatch(rf"{PRONOUN}|you|people|anyone|anybody", who, re.IGNORECASE) else who


def said_topic(question: str) -> str:
    """Return what a question for somebody's words asks them about, "the fee" of "What did she say about the fee?"."""
    asked = _asked(question)
    return re.sub(r"^\W*(?:about|regarding|concerning)\b", "", asked.string[asked.end() :]).strip() if asked else ""


def without_topic(question: str) -> str:
    """Return a question for somebody's words without the thing they are about, which need not be so; others whole.

    "What did she say when she left about the fee?" becomes "What did she say when she left?".
    """
    asked = _asked(question)
    if asked is None:
        return question
    about = re.search(r"\s(?:about|of|on|regarding|concerning)\s", asked.string[asked.end() :])
    return f"{asked.string[: asked.end() + about.start()]}?" if about else question


def _asked(question: str) -> re.Match[str] | None:
    """Return where a question asks for somebody's words, as matched in its text without the question mark."""
    text = " ".join(question[:MAX_QUESTION].split()).rstrip("?!. ")
    return next(filter(None, (pattern.search(text) for pattern in _ASKS_WHAT)), None)


def said_by(
    question: str, reading: Reading, rule: Rule, most: int = MAX_SAID, *, surely: bool = False
) -> tuple[Span, ...]:
    """Return at most `most` things that the speaker named has said, best first: quotations and reported clauses.

    A span lies inside the quotation marks, where there are any, and has at most MAX_WORDS words. Its margin is made for
    the rule, as that of a clause is. None for a question that names no speaker. surely: only of who is called by the
    speaker's name or title.
    """
    wanted = asks_what_said(question)
    if wanted is None:
        return ()
    return ranked(
        _without(question, wanted), reading, partial(_stretches, wanted, NEARBY if surely else 0.0), most, rule
    )


def _stretches(wanted: str, least: float, text: str, read: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Return what the wanted speaker says in a passage, wherever the reader looked; surer of who it is than `least`."""
    del read
    page = page_of(text[:MAX_PASSAGE])
    return sorted(set(_said(page, wanted, least)))


def _without(question: str, wanted: str) -> str:
    """Return a question without its speaker and its asking, so that only what was spoken about is left."""
    rest = re.sub(rf"(?<!\w){re.escape(wanted)}(?!\w)", " ", question)
    asking = rf"\b(?:what|how|said|exact|own|about|regarding|concerning|{_SPEAK}|{_UTTERED})\b|['’]s\b"
    return re.sub(asking, " ", rest, flags=re.IGNORECASE)


def _said(page: Page, wanted: str, least: float) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, strength) of all that the wanted speaker says on a page, surer of who it is than `least`."""
    for first, last in page.quotations:
        speaker = speaker_in(page, first, last)
        strength = _is(page, speaker, wanted) if speaker else 0.0
        if strength > least:
            for start, end in _pieces(page.text, first + 1, last):
                yield start, end, strength * QUOTED
    for number, (first, last) in enumerate(page.sentences):
        for told in told_in(page.blanked, first, last):
            speaker = named(page, told)
            strength = _is(page, speaker, wanted) if speaker else 0.0
            if strength > least:
                for start, end in _reported(page, number, told.until, told.start if told.start > told.at else told.end):
                    yield start, end, strength * REPORTED


def _is(page: Page, speaker: tuple[int, int], wanted: str) -> float:
    """Return how surely a speaker on a page is the one wanted, 0..1."""
    name = re.split(r"\s(?:of|from|at)\s|,", wanted)[0]
    found, sought = words(page.text[slice(*speaker)]), words(name)
    if not found or not sought:
        return 0.0
    if found[-1] == sought[-1] or set(sought) <= set(found):
        return 1.0
    if found[-1] in sought and sought[-1] in words(page.text):  # "the judge" beside "Judge Roscoe"
        return ALIKE
    if _PERSON.fullmatch(name) or name.split()[-1] in speaking(page):  # who speaks by that name; nobody else is meant
        return 0.0
    sentence = next(((a, b) for a, b in page.sentences if a <= speaker[0] < b), speaker)
    beside = set(terms(page.blanked[slice(*sentence)]))
    return NEARBY if set(terms(wanted)) and set(terms(wanted)) <= beside else 0.0


def _pieces(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield what stands in a quotation: the whole, where it is short enough, and each of its sentences."""
    within = text[first:last]
    spans = [(0, len(within)), *sentence_spans(within)]
    for start, end in dict.fromkeys(spans):
        yield from _trimmed(text, first + start, first + end)


def _reported(page: Page, number: int, until: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield the clause that follows a verb of saying, or, where nothing does, the one before it."""
    first, last = page.sentences[number]
    last = min(last, first + MAX_SENTENCE)
    rest = _THAT.match(page.text, max(until, after), last)
    begin = rest.end() if rest else max(until, after)
    clause = _NEXT.search(page.blanked, begin, last)
    following = [*_trimmed(page.text, begin, clause.start() if clause else last), *_trimmed(page.text, begin, last)]
    silent = page.text[max(until, after) : last][:1] in ("", ",", ".", ";") or (
        page.text[until - 4 : until] in ("told", "ells") and (rest is None or len(rest.group()) < 2)
    )
    if following and not silent and len(page.text[begin:last].split()) > 2:
        yield from following
    else:
        before = page.text.rfind(",", first, until)
        yield from _trimmed(page.text, first, before if before > first else first)


_PERSON = re.compile(r"[A-Z][\w'’-]+ [A-Z][\w'’-]+")  # "Ann Poole"; not "Greenpeace", whose spokesman may have a name
_THAT = re.compile(r"\s+(?:(?:[\w'’-]+\s+){0,3}?(?:that|how|why|whether)\s+)?")
_NEXT = re.compile(
    r"[;:–—]\s|,?\s(?:and|but)\s(?:said|that|called|added|will|would|has|had)\b|,\s(?:but|and|while|which|who)\s"
)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch without the marks and blanks at its edges, unless it is too long or empty."""
    told = text[start:end]
    start += len(told) - len(told.lstrip(" \t\n,:;“\"‘'"))
    end = start + len(text[start:end].rstrip(" \t\n,.;:”\"’'"))
    if 1 <= len(text[start:end].split()) <= MAX_WORDS:
        yield start, end
