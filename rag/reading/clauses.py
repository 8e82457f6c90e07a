"""Why and how: answers that are clauses, found by the words that open one and ranked with the reader's own spans.

A reader trained on short answers picks a noun out of "because nobody thinks of a garnish as food". Here every sentence
of the passages read gives candidates: causal clauses, purposes, means, the parts of a sentence, and the reader's own
spans; worth.py ranks them.
What this module does not know: grammar (a clause ends at a mark or before a word that opens another), the model, and
whether the answer is told (the rule decides, by margins that are made comparable to the reader's own).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache, partial

from rag.reading.evidence import asks_yes_no, points
from rag.reading.rule import Rule
from rag.reading.worth import Stretch, ranked
from rag.text import sentence_spans
from rag.types import Reading, Span

MAX_WORDS = 45
MAX_QUESTION = 1000  # characters of a question that are looked at
MAX_SENTENCE = 1500  # characters of a sentence that are looked at
MAX_OPENING = 80  # characters of the next sentence, which may open with "That is why"
MAX_ENDS = 4  # places, besides the end of its sentence, where a clause may end
MAX_CLAUSES = 60  # candidates returned
MAX_STARTS = 40  # places of one sentence where a clause may begin
SURE = 0.8  # strength of a cue that opens a whole clause

_AUX = r"(?:am|is|are|was|were|be|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)(?:n['’]t)?"


class Clause(StrEnum):
    """What kind of clause answers a question."""

    REASON = "reason"
    MANNER = "manner"


_OPENS = r"(?:^|[,:;–—]\s+)(?:\W*)(?:(?:and|but|so|then)\s+)?"
_WHY = re.compile(
    rf"""{_OPENS}(?:
        why\b(?!\s+(?:not\s+)?(?:what|which|who|when|where)\b)
        | how\s+come\b
        | (?:for|on)\s+what\s+(?:reason|reasons|purpose|grounds?)\b
        | what\s+(?:else\s+)?(?:made|makes|caused|causes|led|leads|prompted|drove|persuaded|convinced|forced|triggered
            |sparked|motivated|stopped|prevented|explains|lay\s+behind|lies\s+behind|brought\s+about)\b
        | what\s+(?:has|had|have)\s+(?:made|caused|led|prompted|forced|triggered)\b
        | what\s+(?:is|was|were|are)\s+(?:the|his|her|its|their)\s+(?:\w+\s+)?
            (?:reasons?|causes?|motives?|purpose|aim|explanation)\b
        | what\s+(?:reasons?|explanation|motive)\s+(?:{_AUX}|for)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HOW = re.compile(
    rf"""{_OPENS}(?:
        how\s+(?:(?:exactly|precisely|actually|else|on\s+earth|then)\s+)?(?P<aux>{_AUX})\s+(?P<rest>\S.*)
        | (?:by|through)\s+what\s+(?:means|method|methods|route)\b
        | in\s+what\s+(?:way|manner|fashion)\b
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NOT_MANNER = re.compile(
    r"\b(?:called|named|spel(?:t|led)|pronounced|termed|described|characteri[sz]ed|abbreviated|related|different|differ"
    r"|compares?|vary|feel|look|sound|taste|fare|react|respond|rank|rated)\b|\bdo\W*$"
    r"|\bhow\s(?:is|are|was|were)\b.*\b(?:doing|going)$",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"\b(?:\w+ed|\w+en|\w+wn|\w+ught|to\s+be|being|\w+ing|made|done|put|set|cut|held|kept|told|found|sent|paid|built"
    r"|sold|lost|hurt|led|read|hit|won|shot|spent|struck|shut|dug|hung|laid|run|said|met|fed|bound|wound|sung|sunk"
    r"|split|spread|able|come|become|begun|burnt|left)\b",
    re.IGNORECASE,
)


def asks_for_clause(question: str) -> Clause | None:
    """Return what kind of clause a question asks for; None where it asks for something else.

    "Why …", "What made …", "What is the reason …" ask for a reason; "How did …", "How will … be lifted?" for a manner.
    Not "How many …", "How is it called?", "Who explained why …?" or "Did he say why?".
    """
    text = " ".join(question[:MAX_QUESTION].split()).strip("?!. ")
    if asks_yes_no(text):
        return None
    if _WHY.search(text):
        return Clause.REASON
    asked = _HOW.search(text)
    if asked is None or _NOT_MANNER.search(text):
        return None
    be = (asked["aux"] or "").lower() in {"is", "are", "was", "were"}
    return Clause.MANNER if not be or _PARTICIPLE.search(asked["rest"]) else None


_SUBJECT = (
    r"(?:it|he|she|they|we|you|i|there|this|that|these|those|the|a|an|its|his|her|their|our|my|no|nobody|nothing"
    r"|everybody|everyone|some|many|most|people|(?-i:[A-Z])\w+)"
)
_DUE = r"(?<!is )(?<!are )(?<!was )(?<!were )\bdue\s+to\b|\bdue\s+to\s+(?=(?:the|a|an|his|her|its|their|lack|\w+ing)\b)"
_NO_TIME = (
    r"(?!\s+(?:\d|then\b|last\b|early\b|late\b|mid\b|at\s+least|(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|easter)\b"
    r"|the\s+(?:\d|early|late|start|end|beginning|middle|age|day|year|spring|summer|autumn|winter|last|war)\b))"
)
# A clause begins where the pattern does. Each cue with how strong it is, 0..1, strongest first.
_CUES: Mapping[Clause, Sequence[tuple[re.Pattern[str], float]]] = {
    kind: [(re.compile(pattern, re.IGNORECASE), strength) for pattern, strength in cues]
    for kind, cues in {
        Clause.REASON: (
            (rf"\bbecause\b|{_DUE}|\b(?:owing|thanks)\s+to\b|\bon\s+account\s+of\b|\bas\s+a\s+result\s+of\b", 1.0),
            (
                r"\bfor\s+(?:the\s+sake|fear|lack|want)\s+of\b|\bon\s+the\s+grounds\s+(?:that|of)\b|\bout\s+of\s+fear",
                1.0,
            ),
            (r"\bso\s+that\b|\bin\s+order\s+(?:to|that)\b|\bso\s+as\s+(?:not\s+)?to\b|\blest\b", 1.0),
            (rf"(?:(?<=[,;–—]\s)|^)since\b{_NO_TIME}", 0.8),
            (r"\b(?:given\s+that|in\s+view\s+of|now\s+that|in\s+the\s+hope\s+of|with\s+the\s+aim\s+of)\b", 0.8),
            (rf"(?:(?<=[,;–—]\s)|^)(?:as|for)(?=\s{_SUBJECT}\s)", 0.6),
            (rf"\bsince(?=\s(?:it|they|he|she|we|there|nobody)\b){_NO_TIME}", 0.6),
            (r"\bto\s(?!the\b|an\b|his\b|her\b|its\b|their\b|be\b)(?-i:[a-z]{2,})\b", 0.4),
            (r"\b(?:after|when|once|until|before|while|whenever|if)\b", 0.4),
            (r"\b(?:caused|prompted|triggered|driven|forced|sparked)\s+by\b|\b(?:blamed\s+on|attributed\s+to)\b", 0.8),
        ),
        Clause.MANNER: (
            (r"\bby\s(?:\w+ly\s)?\w+ing\b|\bby\s(?:means|way|use)\s+of\b", 1.0),
            (r"\b(?:using|via)\b", 1.0),
            (r"\b(?:led|helped|guided|aided|driven)\s+by\b", 0.8),
            (r"\b(?:with|through|without)\s|\bby\s(?!\d)", 0.6),
            (r"(?<=[,–—]\s)[a-z]+ing\b", 0.6),
            (r"\b(?:both|all|some|each)\s+of\s+(?:which|whom)\b|\bwho\b|\bwhich\b", 0.4),
            (r"\b(?:in|from|on|under|into|over)\s", 0.3),
        ),
    }.items()
}
_PART = re.compile(  # where a part of a sentence may begin that no cue opens
    r"""[;:–—]\s+ | \s-\s | [“"‘](?=\w) | ,\s+(?:and|but|so|yet)\s+ | ,\s+(?=[\w“"])
    | \b(?:said|says|say|saying|told\s\w+|added|claimed|believes?|thinks?|found|admitted|explained|heard)\s+(?:that\s+)?
    | \bthat\s+ | \b(?:is|was|are|were)\s+(?:that\s+)? | \s(?:and|but|had|has|have)\s+ | \bwh(?:o|ich)\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_END = re.compile(  # where a clause may end: before a mark, or before a word that opens another
    r"""(?P<shut>[,.!?]?["”](?=[\s,.;:)]|$)) | [;:–—](?=\s|$) | \s-\s | ,(?=\s)
    | \s(?=(?:and|but|because|so\sthat|since|when|while|although|though|after|before|until|once|if|unless|which|who
        |where|according|said|says|by|with|to|in|on|at|from|for)\s)""",
    re.IGNORECASE | re.VERBOSE,
)
_ADJOINS = re.compile(r"(?:since|when|after|before|until|once|if|unless|where|by|with|to|in|on|at|from|for)\s", re.I)
_QUOTE = re.compile(r"[“\"](?=\w)")
_THEREFORE = re.compile(r"[,;–—]\s+(?:so(?!\sthat\b)|which\s(?:is|was)\swhy|and\sso|therefore|hence)\b", re.IGNORECASE)
_IS_REASON = re.compile(r"\b(?:is|was)\s+(?:the|one|another)\s+(?:main\s+)?(?:reason|cause)\b", re.IGNORECASE)
_REASON_IS = re.compile(r"\b(?:reasons?|causes?|explanation)\b[^.;]{0,80}?\b(?:is|was|are|were)\s+(?:that\s+)?", re.I)
_THAT_IS_WHY = re.compile(r"^\W*(?:that|this|which)\s+(?:is|was)\s+(?:the\s+reason|why)\b|^\W*(?:so|therefore)\b", re.I)
_OPEN_ENDED = """
a an the of to and or but is are was were be been being has have had do does did will would can could may might must
should that which who whom whose this these its his her their our my as at by for from in into on with
"""
_DANGLING = frozenset(_OPEN_ENDED.split())
_AMOUNT = re.compile(r"(?:(?:about|almost|at|by|for|from|in|nearly|on|over|some|under)\s+){0,2}[£$€]?\d", re.IGNORECASE)
THEREFORE, STATED, AFTER_CLAIM, PART, OWN, BARE = 0.8, 1.0, 0.5, 0.1, 0.0, -0.5


def clauses(question: str, reading: Reading, rule: Rule) -> tuple[Span, ...]:
    """Return clauses that may answer a question for a reason or a manner, best first; none for another question.

    A span begins with its cue word, where one stands, and has at most MAX_WORDS words. Its margin is made so that the
    rule's confidence in it is the share of such answers that are right. Passages that were not read give none.
    """
    kind = asks_for_clause(question)
    if kind is None:
        return ()
    return ranked(question, reading, partial(stretches, kind), MAX_CLAUSES, rule)


def stretches(kind: Clause, text: str, read: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Return the candidates of a passage: what a cue opens, parts of sentences, and the reader's own spans.

    A stretch that several cues open has the strength of the strongest.
    """
    sentences = sentence_spans(text)
    strongest: dict[tuple[int, int], float] = {}
    for number, (start, end) in enumerate(sentences):
        follows = number + 1 < len(sentences) and kind is Clause.REASON
        after = text[slice(*sentences[number + 1])][:MAX_OPENING] if follows else ""
        for first, last, cue in _in_sentence(kind, text[start : min(end, start + MAX_SENTENCE)], after):
            place = (start + first, start + last)
            strength = BARE if cue < STATED and _bare(text[slice(*place)]) else cue
            strongest[place] = max(strength, strongest.get(place, BARE))
    for place in read:
        strongest.setdefault(place, BARE if _bare(text[slice(*place)]) else OWN)
    return [(*place, cue) for place, cue in strongest.items() if not points(text[slice(*place)])]


@lru_cache(maxsize=4096)
def _in_sentence(kind: Clause, sentence: str, after: str) -> tuple[tuple[int, int, float], ...]:
    """Return (start, end, strength) of the clauses of a sentence. after: the next one, which may say "That is why"."""
    starts = _starts(kind, sentence)
    found = [(start, end, cue) for start, cue in starts for end in _ends(sentence, start, cue >= SURE)]
    if kind is Clause.REASON:
        led = AFTER_CLAIM if _THAT_IS_WHY.match(after) else PART
        found += [(0, end, led) for end in _ends(sentence, 0)[-1:]]
        for pattern, strength in ((_THEREFORE, THEREFORE), (_IS_REASON, STATED)):
            match = pattern.search(sentence)
            if match and match.start():
                begun = max((start for start, _ in starts if start < match.start() - 8), default=0)
                found += [(start, _stop(sentence, start, match.start()), strength) for start in {0, begun}]
    return tuple(triple for triple in found if _fits(sentence, *triple[:2]))


def _starts(kind: Clause, sentence: str) -> list[tuple[int, float]]:
    """Return the places where a clause may begin, in order, with the strength of what opens it."""
    starts = {match.end(): PART for match in _PART.finditer(sentence)}
    starts[len(sentence) - len(sentence.lstrip("\"“‘' "))] = PART
    for pattern, strength in reversed(_CUES[kind]):
        starts |= {match.start(): strength for match in pattern.finditer(sentence)}
    if kind is Clause.REASON:
        starts |= {match.end(): STATED for match in _REASON_IS.finditer(sentence)}
    return sorted(starts.items())[:MAX_STARTS]


def _ends(sentence: str, start: int, sure: bool = False) -> list[int]:
    """Return where a clause that begins at start may end: at a few places, or with its sentence.

    sure: a strong cue opens it, so that it is a whole clause, which no preposition cuts off.
    """
    ends: list[int] = []
    opened = _QUOTE.search(sentence, start)
    for match in _END.finditer(sentence, start + 4):
        quoted = opened is not None and opened.start() < match.start()
        if match["shut"] is not None:
            ends.append(_stop(sentence, start, match.end() if quoted else match.start()))
            if not quoted:
                return ends
        elif len(ends) < MAX_ENDS and not (sure and _ADJOINS.match(sentence, match.end())):
            ends.append(_stop(sentence, start, match.start()))
    return [*ends, _stop(sentence, start, len(sentence))]


def _stop(sentence: str, start: int, end: int) -> int:
    """Return the end without white space and closing marks."""
    return start + len(sentence[start:end].rstrip(" \t\n.,;:!?–—-"))


def _fits(sentence: str, start: int, end: int) -> bool:
    words = sentence[start:end].split()
    return 2 <= len(words) <= MAX_WORDS and words[-1].lower() not in _DANGLING


def _bare(text: str) -> bool:
    """Whether a text is a name or a number alone, or begins with an amount, which is no clause."""
    told = (word for word in text.split() if word[:1].islower() and word not in _DANGLING)
    return _AMOUNT.match(text) is not None or next(told, None) is None
