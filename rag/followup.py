"""What is searched for and read when a question stands in a conversation. A rule of English words, not meaning; pure.

The method: a question whose wording points back is searched for behind the turn before it and, while that one's
question points back as well, behind those before, to the first question that stands alone. It is read as it stands, for
a reader that sees an earlier question, too, answers that one again (rag/reading/model/README.md). Taking every question
together with the last turn is unsafe: "What is the capital of Australia?" after a by-election was answered with the
winning party. `python -m rag.eval followups` measures it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OPENING = re.compile(r"\W*(?:and|but|what about|how about)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_PERSONS = frozenset({"he", "him", "his", "she", "her", "hers", "they", "them", "their", "theirs", "these", "those"})
_THINGS = frozenset({"it", "its"})
_LAST = frozenset({"that", "this", "so", "else", "then", "there"})
ALWAYS_BARE = 2  # words: "Why?", "How many?"; only where words are told apart by blanks


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is searched for, and what the reader is asked."""

    search: str
    read: str


def resolve(question: str, history: Sequence[tuple[str, str]]) -> Resolved:
    """Return how to search and read a question after earlier (question, answer) turns, oldest first."""
    if not history or not follows_up(question):
        return Resolved(question, question)
    first = len(history) - 1
    while first and follows_up(history[first][0]):
        first -= 1
    told = " ".join(f"{before} {said}" for before, said in history[first:])
    return Resolved(" ".join(f"{told} {question}".split()), question)


def follows_up(question: str) -> bool:
    """Return whether a question points back to the last turn.

    It does when it opens with "And" or the like, says no more than "Why?", or has a pronoun with nothing in the
    question to stand for: no name before "he" or "them", no name at all beside "it", no word after "that".
    """
    if _OPENING.match(question):
        return True
    words = _WORD.findall(question)
    names = [place for place, word in enumerate(words) if place and _is_name(word)]
    first_name = names[0] if names else len(words)
    if not names and 0 < len(words) <= ALWAYS_BARE and question.isascii():
        return True
    folded = [word.casefold() for word in words]
    if any(word in _PERSONS for word in folded[:first_name]):
        return True
    return bool(words) and not names and (folded[-1] in _LAST or not _THINGS.isdisjoint(folded))


def _is_name(word: str) -> bool:
    return word != "I" and (word[0].isupper() or word[0].isdigit())
