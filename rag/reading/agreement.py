"""Which spans say the same. Pure; no model, no score but the margin that orders the spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text import answer_key
from rag.types import Span

# A further source is cited when its span is at most this many logits below the group's best: e^-6 is 1 in 400.
SUPPORT_WITHIN = 6.0
# Words that turn a meaning when they are added to an answer: denial, amount, direction, another office or time.
_TURNING = """
no not never none nobody nor neither non without un anti ex former formerly vice deputy acting interim assistant
hundred thousand million billion trillion dozen half quarter third percent per cent pence pounds dollars euros
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety least most more fewer less over under than only
north south east west northern southern eastern western central upper lower new old before after until since
"""
TURNING = frozenset(_TURNING.split())
_SIGN = re.compile(r"[£$€¥%]|(?<![\w-])[-−](?=\d)|\bper ?cent\b", re.IGNORECASE)


def group(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Put spans that say the same together; spans and groups stay in order of margin.

    The best span of a group stands for it. A passage gives a group only its best span, and no span joins a group
    that is much likelier than itself.
    """
    groups: list[list[Span]] = []
    said: list[_Said] = []  # what each group says
    for span in spans:
        says = _Said.of(span.text)
        home = next((members for members, other in zip(groups, said, strict=True) if says.same(other)), None)
        if home is None:
            groups.append([span])
            said.append(says)
        elif home[0].margin - span.margin <= SUPPORT_WITHIN and all(
            span.hit.passage.passage_id != member.hit.passage.passage_id for member in home
        ):
            home.append(span)
    return [tuple(members) for members in groups]


def same_answer(one: str, other: str) -> bool:
    """Whether two answers say the same: equal words, or the shorter within the longer and at least half of it.

    Numbers and the signs of money, share and minus must agree, and what the longer adds must not turn the meaning:
    "43" and "43 migrants" are one, and "Rubio" and "Marco Rubio"; not "guilty" and "not guilty", "£40" and "$40",
    "2" and "2 million", "Korea" and "North Korea".
    """
    return _Said.of(one).same(_Said.of(other))


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer taken apart once, since every span is compared with every group."""

    words: list[str]
    numbers: list[str]
    signs: frozenset[str]

    @classmethod
    def of(cls, answer: str) -> _Said:
        words = answer_key(answer).split()
        signs = frozenset(sign.lower() for sign in _SIGN.findall(answer))
        return cls(words, [word for word in words if word[0].isdigit()], signs)

    def same(self, other: _Said) -> bool:
        if self.numbers != other.numbers or self.signs != other.signs:
            return False
        short, long = sorted((self.words, other.words), key=len)
        if short == long:
            return bool(short)
        width = len(short)
        if 2 * width < len(long) or not any(long[i : i + width] == short for i in range(len(long) - width + 1)):
            return False
        return not (Counter(long) - Counter(short)).keys() & TURNING
