"""A conversation → a file to keep: Markdown for people, JSON for programs. Pure.

In the Markdown whatever an article or a reader wrote is text: every character that Markdown or HTML could take as
markup where it stands is escaped, and a line break becomes a blank.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rag.types import Answer, Citation
from ui.markup import describe_confidence, describe_day, describe_filters, printable
from ui.turns import Turn

# Marks anywhere; what opens a list or a heading only at the start; what makes an address a link only in one.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&@]|^[-+=:]|(?<=www)\.|:(?=//))")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def to_markdown(turns: Sequence[Turn]) -> str:
    """Return the conversation as Markdown: each question, its answer, and the quotes it stands on."""
    return "\n\n".join(["# Questions to the newsroom", *map(_turn, turns)]) + "\n"


def to_json(turns: Sequence[Turn]) -> str:
    """Return the conversation as JSON: a list of {question, searched, notice, verdict, answer (the contract's)}."""
    plain = [
        {
            "question": turn.question,
            "searched": turn.searched,
            "notice": turn.notice,
            "verdict": turn.verdict,
            "answer": turn.answer.to_json() if turn.answer else None,
        }
        for turn in turns
    ]
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _turn(turn: Turn) -> str:
    parts = [f"## {_plain(turn.question)}"]
    parts += [f"Searched for: {_plain(turn.searched)}"] if turn.searched else []
    parts += [f"Only {_plain(describe_filters(turn.filters))}"] if turn.filters else []
    parts += _answer(turn.answer) if turn.answer else [_plain(turn.notice)]
    return "\n\n".join(parts)


def _answer(answer: Answer) -> list[str]:
    if answer.abstained:
        why = f" ({_plain(answer.reason)})" if answer.reason else ""
        closest = [f"Closest passage, not an answer:\n\n{_cited(one)}" for one in answer.citations[:1]]
        return [f"**{_plain(answer.text)}**{why}", *closest]
    parts = [f"**{_plain(answer.text)}** ({describe_confidence(answer.confidence)})", *map(_cited, answer.citations)]
    for other in answer.alternatives:
        said = f"The articles also say: **{_plain(other.text)}** ({describe_confidence(other.confidence)})"
        parts += [said, *map(_cited, other.citations)]
    return parts


def _cited(citation: Citation) -> str:
    source = citation.source
    about = [source.publisher, source.title, describe_day(source.published) if source.published else None]
    line = ", ".join(_plain(part) for part in (*about, source.path_or_url) if part)
    return f"> “{_plain(citation.quote)}”\n>\n> {line}"


def _plain(text: str) -> str:
    line = " ".join(printable(text).split())
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))
