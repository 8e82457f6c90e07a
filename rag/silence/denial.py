"""The sentences of a passage with what they deny: "nobody was hurt", "found no plastic", "did not resign".

Words and their order, no grammar: a cue denies the few words that follow it in its clause. A cue behind "if" or "may"
denies nothing. What this module does not know: any question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text import sentence_spans, terms

AUXILIARIES = frozenset(
    "did does do was were is are has have had will would can could should must may might be been being to".split()  # noqa: SIM905
)
NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|none|neither|nor|without|nothing|cannot)\b|n['’]t\b|\bruled out\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:–—()]|\s-\s|\b(?:but|although|though|while|because|since|so that)\b", re.IGNORECASE)
_UNREAL = re.compile(r"\b(?:if|unless|whether|in case|may|might|could|should|would)\b", re.IGNORECASE)
_HALF = r"(?! (?:only|just|yet known|sure|clear|all|every|everyone|so|as|merely|necessarily)\b)"
_WHAT = r"(?:signs?|evidence|trace|indication|suggestion|proof|plans?|intention)"
_DENIAL = re.compile(
    r"\b(?:(?P<nobody>(?:nobody|no one|no-one|none of (?:them|those|these|the \w+)|none|neither(?: of them)?)"
    r"(?! (?:else|other|but|except)\b))"
    rf"|(?P<nosign>no {_WHAT}(?: (?:for now|at present))? (?:of|that|to))"
    r"|(?P<no>no(?! (?:longer|more|less|fewer|later|sooner|other|one|matter|doubt|wonder)\b))"
    r"|(?P<ruled>(?:has|have|had|was|were|been|is|are) (?:been )?ruled out)"
    rf"|(?P<not>not{_HALF}|never|cannot|instead of|rather than|(?:refus|declin)(?:es|ed) to|fail(?:s|ed) to|\w+n['’]t)"
    r")(?!\w)",
    re.IGNORECASE,
)
_REACH = {"nobody": 5, "nosign": 9, "no": 2, "not": 5, "ruled": 6}  # words
OPENING = 4  # words of a sentence among which its subject stands
MAX_CHARACTERS = 4_000  # of a passage; a longer one is a table or a list


@dataclass(frozen=True, slots=True)
class Denial:
    """What a sentence denies.

    kind: the cue; "not" denies something of one alone, "nosign" that there is any sign of it, the others deny it of
    all. left: the clause before the cue. scope: the stems of the words that are denied.
    """

    kind: str
    left: str
    scope: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, characters start..end of it. plain: it neither denies nor supposes anything."""

    start: int
    end: int
    text: str
    stems: frozenset[str]
    plain: bool
    denials: tuple[Denial, ...]

    @property
    def opening(self) -> str:
        """The first words."""
        return " ".join(self.text.split(maxsplit=OPENING)[:OPENING])


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a passage's first `MAX_CHARACTERS`, in order."""
    text = text[:MAX_CHARACTERS]
    for start, end in sentence_spans(text):
        told = text[start:end]
        plain = not NEGATION.search(told) and not _UNREAL.search(told)
        yield Sentence(start, end, told, frozenset(terms(told)), plain, tuple(_denials(told)))


def _denials(sentence: str) -> Iterator[Denial]:
    for match in _DENIAL.finditer(sentence):
        kind = match.lastgroup or "not"
        left = before(sentence, match.start())
        if _UNREAL.search(left) and kind != "no":
            continue
        cut = _CLAUSE.search(sentence, match.end())
        right = sentence[match.end() : cut.start() if cut else len(sentence)].split()
        told = [word for word in right if word.lower() not in AUXILIARIES]
        scope = left.split()[-_REACH[kind] :] if kind == "ruled" else told[: _REACH[kind]]
        yield Denial(kind, left, frozenset(terms(" ".join(scope))))


def before(sentence: str, end: int) -> str:
    """Return the clause before a place; after an insertion ("The driver, who is 58, was") all that stands before it."""
    first = max((cut.end() for cut in _CLAUSE.finditer(sentence, 0, end)), default=0)
    left = sentence[first:end]
    bare = all(word.lower() in AUXILIARIES for word in left.split())
    return sentence[:end] if bare and sentence[:first].rstrip().endswith(",") else left
