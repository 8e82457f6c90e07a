from __future__ import annotations

import json
import re

import pytest
from markdown_it import MarkdownIt

from rag.types import SAID_NOTHING, Alternative, Citation, Source
from tests.ui.page import INJECTIONS, Page, make_answer
from ui.export import to_json, to_markdown
from ui.turns import Context, Filters, Seen, Turn

SPECIAL = set("\\`*_{}[]<>#|~$&@")
BARE = Source("again", "Shut", None, None, "again.txt")
OTHER = Alternative("16", 0.6, "Others counted 16.", (Citation(1, BARE, "Others counted 16.", 0, 18),))
SILENT = {"text": SAID_NOTHING, "abstained": True, "reason": "no passage fits", "confidence": 0.1}
FOUND = Turn(
    "How many?",
    make_answer(alternatives=(OTHER,)),
    searched="Bridge? How many?",
    filters=Filters(("The Herald",), "2025-03-01"),
    contexts=(Context("Before. ", "", "Joan Petty"),),
    seen=(Seen("bridge", "T", 0, 9, (), "17", 1.0, 0.5, "cited as [1]"),),
    verdict="good",
)


def escaped(text: str) -> str:
    line = "".join(f"\\{character}" if character in SPECIAL else character for character in " ".join(text.split()))
    line = line.replace("://", "\\://").replace("www.", "www\\.")
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", f"\\{line}" if line.startswith(("-", "+", "=", ":")) else line)


def hostile(text: str) -> list[Turn]:
    citation = Citation(1, Source(text, text, text, text, text), text, 0, len(text))
    answer = make_answer(
        text=text, sentence=text, citations=(citation,), alternatives=(Alternative(text, 0.6, text, (citation,)),)
    )
    silent = make_answer(**SILENT | {"reason": text}, citations=(citation,))
    filters = Filters((text,), text, text)
    return [Turn(text, answer, searched=text, filters=filters), Turn(text, silent), Turn(text, notice=text)]


def test_a_conversation_is_this_very_markdown() -> None:
    silent = Turn("Who governs?", make_answer(**SILENT))
    assert to_markdown([FOUND, silent, Turn("why " * 9, notice="Shorten it.")]) == (
        "# Questions to the newsroom\n\n"
        "## How many?\n\n"
        "Searched for: Bridge? How many?\n\n"
        "Only The Herald from 1 March 2025\n\n"
        "**17** (very likely (93%))\n\n"
        "> “Engineers found 17 cracks in it.”\n>\n"
        "> The Herald, Bridge closes, 4 March 2025, 09:30, news/bridge.md\n\n"
        "The articles also say: **16** (likely (60%))\n\n"
        "> “Others counted 16.”\n>\n"
        "> Shut, again.txt\n\n"
        "## Who governs?\n\n"
        "**The articles do not say.** (no passage fits)\n\n"
        "Closest passage, not an answer:\n\n"
        "> “Engineers found 17 cracks in it.”\n>\n"
        "> The Herald, Bridge closes, 4 March 2025, 09:30, news/bridge.md\n\n"
        "## why why why why why why why why why\n\n"
        "Shorten it.\n"
    )


@pytest.mark.parametrize("text", INJECTIONS)
def test_in_markdown_every_special_character_is_escaped_and_a_line_break_is_a_blank(text: str) -> None:
    written = to_markdown(hostile(text))
    assert written.count(escaped(text)) >= 12
    ours = re.sub(r"\\.", "", written)
    assert not set("`_{}[]<#|~$&@") & set(re.sub(r"^(?:#|##|>) |^>$", "", ours, flags=re.M))
    assert "\t" not in written
    assert {line for line in written.splitlines() if line.startswith((" ", "    "))} == set()


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_reads_markdown_finds_our_headings_and_quotes_and_the_text_to_the_letter(text: str) -> None:
    html = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(to_markdown(hostile(text)))
    )
    page = Page(html)
    assert {tag for tag, _ in page.tags} == {"h1", "h2", "p", "strong", "blockquote"}
    assert [attributes for _, attributes in page.tags if attributes] == []
    assert page.within("h2") == [" ".join(text.split())] * 3
    assert page.within("strong") == [*[" ".join(text.split())] * 2, SAID_NOTHING]


def test_direction_and_control_characters_are_shown_in_markdown() -> None:
    written = to_markdown(hostile("a\u202eb\x00c\ud800d"))
    assert written.count("a\ufffdb\ufffdc\ufffdd") >= 12
    assert written.encode("utf-8")


def test_nothing_asked_is_a_heading_alone() -> None:
    assert to_markdown([]) == "# Questions to the newsroom\n"
    assert to_json([]) == "[]\n"


def test_the_json_holds_the_contracts_answers() -> None:
    found, failed = json.loads(to_json([FOUND, Turn("Wie viele Störche?", notice="Shorten it.")]))
    assert found == {
        "question": "How many?",
        "searched": "Bridge? How many?",
        "notice": "",
        "verdict": "good",
        "answer": FOUND.answer.to_json(),
    }
    assert failed["answer"] is None
    assert failed["notice"] == "Shorten it."
    assert "Wie viele Störche?" in to_json([Turn("Wie viele Störche?")])


@pytest.mark.parametrize("text", INJECTIONS)
def test_the_json_is_the_text_to_the_letter(text: str) -> None:
    turns = hostile(text)
    assert [one["answer"] for one in json.loads(to_json(turns))] == [
        turn.answer.to_json() if turn.answer else None for turn in turns
    ]
