from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from rag.types import (
    SAID_NOTHING,
    Agreement,
    Alternative,
    Citation,
    Difference,
    Reason,
    Resolved,
    Silence,
    Source,
    Value,
)
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


def cited(number: int = 2) -> Citation:
    return Citation(number, Source("c", "Shut", "The Courier", "2025-03-02", "c.md"), "There were 16.", 0, 14)


def test_what_stands_beside_an_answer_is_this_very_markdown() -> None:
    values = (Value("17", make_answer().citations, 2), Value("16", (cited(),), 1, superseded=True))
    dates = (Resolved(1, "Monday", "2025-03-03", "2025-03-03"),)
    answer = make_answer(
        agreement=Agreement(Difference.UPDATE, values), as_of="2025-03-04", speaker="Joan_Petty", dates=dates
    )
    assert to_markdown([Turn("How many?", answer)]).split("\n\n", 2)[2] == (
        "**17** (very likely (93%), as of 4 March 2025)\n\n"
        "According to Joan\\_Petty\n\n"
        "A later report changes it: 17 (4 March) after 16 (2 March).\n\n"
        "- **17**, newest, 2 sources: The Herald, 4 March 2025\n"
        "- **16**, superseded, 1 source: The Courier, 2 March 2025: “There were 16.”\n\n"
        "> “Engineers found 17 cracks in it.”\n>\n"
        "> The Herald, Bridge closes, 4 March 2025, 09:30, news/bridge.md\n>\n"
        "> “Monday” = 3 March 2025\n"
    )


def test_a_list_is_a_list_in_markdown_with_its_quotes_numbered() -> None:
    items = (Value("Ash", make_answer().citations, 1), Value("Bay", (*make_answer().citations, cited()), 2))
    written = to_markdown([Turn("Which?", make_answer(items=items, citations=(*make_answer().citations, cited())))])
    assert "- **Ash** \\[1\\]\n- **Bay** \\[1\\] \\[2\\]\n\n(very likely (93%))\n" in written
    assert "> \\[1\\] “Engineers" in written
    assert "> \\[2\\] “There were 16.”" in written


def test_silence_says_in_markdown_why_and_what_would_help() -> None:
    why = Silence(Reason.UNKNOWN_NAME, "“Quill” stands in none.", "Check it.")
    written = to_markdown([Turn("Who?", make_answer(**SILENT, silence=why))])
    assert "(no passage fits)\n\n“Quill” stands in none.\n\nWhat would help: Check it.\n\nClosest" in written
    table = Agreement(Difference.CONFLICT, (Value("17", make_answer().citations, 1), Value("16", (cited(),), 1)))
    written = to_markdown([Turn("Who?", make_answer(**SILENT, silence=why, agreement=table))])
    assert "“Quill” stands" not in written
    assert "The reports differ: 1 source says 17, 1 says 16.\n\n- **17**, 1 source" in written


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_stands_beside_an_answer_is_text_in_markdown(text: str) -> None:
    citation = Citation(1, Source(text, text, text, text, text), text, 0, len(text))
    values = (Value(text, (citation,), 1), Value(text, (replace(citation, start=-1),), 1, superseded=True))
    beside = {"as_of": text, "speaker": text, "dates": (Resolved(1, text, text, text),), "citations": (citation,)}
    table = make_answer(agreement=Agreement(Difference.UPDATE, values), **beside)
    turns = [Turn("?", table), Turn("?", make_answer(items=values, **beside))]
    turns.append(Turn("?", make_answer(**SILENT, silence=Silence(Reason.PREMISE, text, text))))
    page = Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(to_markdown(turns)))
    assert {tag for tag, _ in page.tags} == {"h1", "h2", "p", "strong", "blockquote", "ul", "li"}
    assert [attributes for _, attributes in page.tags if attributes] == []
    assert page.text.count(" ".join(text.split())) >= 15


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
