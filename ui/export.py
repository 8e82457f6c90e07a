"""A conversation → a file to keep: Markdown for people, JSON for programs. Pure.

In the Markdown whatever an article or a reader wrote is text: every character that Markdown or HTML could take as
markup where it stands is escaped, and a line break becomes a blank.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from rag.terminal.words import place, tell_agreement, tell_dates, untold
from rag.types import Answer, Citation, Difference, Value
from rag.wording import count, tell_day
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
        return _silence(answer)
    day = f", as of {_plain(tell_day(answer.as_of))}" if answer.as_of else ""
    sure = f"{describe_confidence(answer.confidence)}{day}"
    parts = [_items(answer), f"({sure})"] if answer.items else [f"**{_plain(answer.text)}** ({sure})"]
    parts += [f"According to {_plain(answer.speaker)}"] if answer.speaker else []
    parts += _agreement(answer)
    parts += [_cited(one, answer) for one in answer.citations]
    for other in untold(answer):
        said = f"The articles also say: **{_plain(other.text)}** ({describe_confidence(other.confidence)})"
        parts += [said, *map(_cited, other.citations)]
    return parts


def _silence(answer: Answer) -> list[str]:
    why = answer.silence
    table = _agreement(answer)  # says what the detail of a conflict does, and more
    return [
        f"**{_plain(answer.text)}**{f' ({_plain(answer.reason)})' if answer.reason else ''}",
        *(table or ([_plain(why.detail)] if why and why.detail else [])),
        *([f"What would help: {_plain(why.help)}"] if why and why.help else []),
        *(f"Closest passage, not an answer:\n\n{_cited(one)}" for one in answer.citations[:1]),
    ]


def _items(answer: Answer) -> str:
    """Return the items of a list, each with the numbers of its citations."""
    numbers = {place(one): one.number for one in answer.citations}
    return "\n".join(
        f"- **{_plain(item.text)}**"
        + "".join(f" \\[{numbers[place(one)]}\\]" for one in item.citations if place(one) in numbers)
        for item in answer.items
    )


def _agreement(answer: Answer) -> list[str]:
    """Return how the values differ: a sentence, and for each value who tells it, with the words of one not cited."""
    agreement = answer.agreement
    told = tell_agreement(agreement, _plain) if agreement else ""
    if agreement is None or not told:
        return []
    cited = set(map(place, answer.citations))
    update = agreement.difference is Difference.UPDATE
    return [told, "\n".join(_row(value, update, cited) for value in agreement.values)]


def _row(value: Value, update: bool, cited: Collection[tuple[str, int, int]]) -> str:
    state = f", {'superseded' if value.superseded else 'newest'}" if update else ""
    papers = "; ".join(
        ", ".join(
            _plain(part)
            for part in (one.source.publisher or one.source.title, tell_day(one.source.published or ""))
            if part
        )
        for one in value.citations
    )
    known = not value.citations or any(place(one) in cited for one in value.citations)
    quote = "" if known else f": “{_plain(value.citations[0].quote)}”"
    return f"- **{_plain(value.text)}**{state}, {count(value.sources, 'source')}: {papers}{quote}"


def _cited(citation: Citation, answer: Answer | None = None) -> str:
    """Return a quote and where it stands; of an answer with its number in a list, and with what its dates mean."""
    source = citation.source
    about = [source.publisher, source.title, describe_day(source.published) if source.published else None]
    line = ", ".join(_plain(part) for part in (*about, source.path_or_url) if part)
    number = f"\\[{citation.number}\\] " if answer and answer.items else ""
    dates = (
        [f"“{_plain(words)}” = {_plain(days)}" for words, days in tell_dates(answer, citation.number)] if answer else []
    )
    return "\n>\n".join(
        f"> {part}" for part in (f"{number}“{_plain(citation.quote)}”", line, " · ".join(dates)) if part
    )


def _plain(text: str) -> str:
    line = " ".join(printable(text).split())
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))
