from __future__ import annotations

import io

from rich.console import Console

from rag.terminal import render_answer
from rag.types import (
    SAID_NOTHING,
    Agreement,
    Alternative,
    Answer,
    Citation,
    Difference,
    Reason,
    Resolved,
    Silence,
    Source,
    Value,
)

SOURCE = Source("bridge", "Bridge [bold]closes[/bold]", "The Herald", "2025-03-04T09:30", "news/bridge.md")
COURIER = Source("again", "Shut [1]", "The Courier", "2025-03-02", "again.md")
QUOTE = "Engineers found [red]17 cracks[/red] in it."


def shown(renderable: object, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def make_answer(**changes: object) -> Answer:
    citation = Citation(1, SOURCE, QUOTE, 10, 10 + len(QUOTE))
    values = {"question": "How many?", "text": "17 cracks", "abstained": False, "reason": None, "confidence": 0.9}
    values |= {"sentence": QUOTE, "citations": (citation,), "seconds": {"total": 0.25}}
    return Answer(**(values | changes))


def test_an_answer_shows_its_words_its_sentence_and_its_source() -> None:
    lines = [line.strip() for line in shown(render_answer(make_answer())).splitlines() if line.strip()]
    assert lines == [
        "17 cracks   very likely (90%)",
        QUOTE,
        "Source",
        "[1] The Herald · Bridge [bold]closes[/bold] · 2025-03-04 09:30 · news/bridge.md",
        f"“{QUOTE}”",
        "0.25 s",
    ]


def test_an_answer_that_is_its_sentence_stands_there_once_before_its_source() -> None:
    other = Alternative("Others say 16.", 0.6, "Others say 16.", ())
    text = shown(render_answer(make_answer(text=QUOTE, alternatives=(other,))))
    before, after = text.split("Source\n")
    assert before.split() == [*QUOTE.split(), "very", "likely", "(90%)"]
    assert after.count(QUOTE) == 1
    assert text.count("Others say 16.") == 1


def test_markup_in_an_article_is_text() -> None:
    assert "[red]17 cracks[/red]" in shown(render_answer(make_answer()))


def test_the_words_of_confidence() -> None:
    for confidence, word in ((0.8, "very likely"), (0.79, "likely"), (0.5, "likely"), (0.49, "uncertain")):
        assert f"   {word} (" in shown(render_answer(make_answer(confidence=confidence)))


def test_silence_shows_the_closest_passage_as_none() -> None:
    text = shown(render_answer(make_answer(text="The articles do not say.", abstained=True, reason="no passage fits")))
    assert text.startswith("The articles do not say.   no passage fits")
    assert "Closest passage, not an answer" in text
    assert QUOTE in text


def test_alternatives_are_listed() -> None:
    other = Alternative("16 cracks", 0.6, "Others say 16 cracks.", ())
    text = shown(render_answer(make_answer(alternatives=(other,))))
    assert "Other answers found" in text
    assert "16 cracks   60%" in text


def lines_of(answer: Answer, width: int = 100) -> list[str]:
    return [line.rstrip() for line in shown(render_answer(answer), width).splitlines()]


def differing(difference: Difference, superseded: bool = False) -> Agreement:
    other = Citation(2, COURIER, "There were [red]16 cracks[/red].", 0, 32)
    held = make_answer().citations
    return Agreement(difference, (Value("17 cracks", held, 2), Value("16 cracks", (other,), 1, superseded)))


def test_values_that_differ_stand_in_a_table_with_the_words_of_those_not_cited() -> None:
    assert lines_of(make_answer(agreement=differing(Difference.CONFLICT)))[4:10] == [
        "The reports differ: 2 sources say 17 cracks, 1 says 16 cracks.",
        "  17 cracks  2 sources  The Herald, 4 March 2025 [1]",
        "  16 cracks  1 source   The Courier, 2 March 2025",
        "                        “There were [red]16 cracks[/red].”",
        "",
        "Source",
    ]


def test_a_value_that_is_no_longer_true_says_so() -> None:
    rows = lines_of(make_answer(agreement=differing(Difference.UPDATE, superseded=True)))[4:7]
    assert rows == [
        "A later report changes it: 17 cracks (4 March) after 16 cracks (2 March).",
        "  17 cracks  newest      2 sources  The Herald, 4 March 2025 [1]",
        "  16 cracks  superseded  1 source   The Courier, 2 March 2025",
    ]


def test_no_table_where_the_sources_agree() -> None:
    assert lines_of(make_answer(agreement=differing(Difference.AGREE))) == lines_of(make_answer())


def test_what_the_table_tells_is_no_other_answer() -> None:
    agreement = differing(Difference.CONFLICT)
    told = Alternative("16 cracks", 0.6, "Told.", agreement.values[1].citations)
    untold = Alternative("15 cracks", 0.3, "Untold.", (Citation(1, COURIER, "Untold.", 90, 97),))
    text = shown(render_answer(make_answer(agreement=agreement, alternatives=(told, untold))))
    assert ("Told." in text.replace("Untold.", ""), "Untold." in text) == (False, True)


def test_a_list_is_a_line_for_each_item_with_its_numbers() -> None:
    second = Citation(2, COURIER, "Bay and Cape.", 5, 18)
    items = (Value("Ash", make_answer().citations, 1), Value("Bay", (*make_answer().citations, second), 2))
    answer = make_answer(text="Ash, Bay", items=items, citations=(*make_answer().citations, second), as_of="2025-03-06")
    assert lines_of(answer)[:3] == ["• Ash [1]", "• Bay [1] [2]", "very likely (90%) · as of 6 March 2025"]


def test_beside_an_answer_stand_its_day_its_speaker_and_what_its_dates_mean() -> None:
    quote = "She said 17 cracks came on Monday."
    cited = (Citation(1, SOURCE, quote, 0, 34), Citation(2, COURIER, "There were 17 cracks last week.", 0, 31))
    dates = (Resolved(1, "on Monday", "2025-03-03", "2025-03-03"), Resolved(2, "last week", "2025-02-24", "2025-03-02"))
    lines = lines_of(
        make_answer(sentence=quote, citations=cited, as_of="2025-03-06", speaker="Joan [b]Petty", dates=dates)
    )
    assert lines[:5] == [
        "17 cracks   very likely (90%) · as of 6 March 2025",
        "according to Joan [b]Petty",
        "",
        f"  {quote}",
        "  “on Monday” = 3 March 2025",
    ]
    assert lines.count("      “last week” = 24 February to 2 March 2025") == 1
    assert sum("on Monday” =" in line for line in lines) == 1


def test_silence_says_why_and_what_would_help() -> None:
    why = Silence(Reason.UNKNOWN_NAME, "“Quill” stands in none of the articles.", "Check the spelling.")
    lines = lines_of(make_answer(text=SAID_NOTHING, abstained=True, reason=str(why.reason), silence=why))
    assert lines[:5] == [
        f"The articles do not say.   {why.reason}",
        "  “Quill” stands in none of the articles.",
        "  What would help: Check the spelling.",
        "",
        "Closest passage, not an answer",
    ]


def test_silence_over_a_conflict_shows_the_table_in_place_of_the_detail() -> None:
    why = Silence(Reason.CONFLICT, "The articles give both.", "Compare them.")
    agreement = differing(Difference.CONFLICT)
    text = shown(render_answer(make_answer(abstained=True, reason=str(why.reason), silence=why, agreement=agreement)))
    assert "The reports differ: 2 sources say 17 cracks, 1 says 16 cracks." in text
    assert "The articles give both." not in text
    assert "What would help: Compare them." in text


def test_a_source_keeps_its_indent_on_a_narrow_screen() -> None:
    lines = lines_of(make_answer(), 40)
    at = next(n for n, line in enumerate(lines) if line.startswith("  [1] The Herald"))
    assert lines[at + 1].startswith("      ")
