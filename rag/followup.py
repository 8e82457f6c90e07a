"""What is searched for and read when a question stands in a conversation. A rule of English words, not meaning; pure.

The method: where the wording points back, the last question, what was said to it and the new question are searched for
together; the new question is read as it stands, for a reader that sees the last one, too, answers that one again
(rag/reading/model/README.md). Taking every question together with the last turn is unsafe: "What is the capital of
Australia?" after a by-election was answered with the winning party. `python -m rag.eval followups` measures it.
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
    before, said = history[-1]
    return Resolved(" ".join(f"{before} {said} {question}".split()), question)


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
