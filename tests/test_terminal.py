from __future__ import annotations

import io

from rich.console import Console

from rag.terminal import progress_bars, render_answer, render_report
from rag.types import Alternative, Answer, Citation, IndexReport, Skipped, Source

SOURCE = Source("bridge", "Bridge [bold]closes[/bold]", "The Herald", "2025-03-04T09:30", "news/bridge.md")
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


def test_a_report_lists_skips_and_drops() -> None:
    skipped = tuple(Skipped(f"file{i}.bin", "ending .bin is not read") for i in range(25))
    text = shown(render_report(IndexReport("index/x", 1200, 3400, 7, 2, skipped, (("repeated caption", 3),), 12.5)))
    assert "1,200 articles, 3,400 passages in index/x (7 articles unchanged, 2 removed, 12.5 s)" in text
    assert "Lines left out: 3 × repeated caption" in text
    assert "25 skipped:" in text
    assert "file19.bin: ending .bin is not read" in text
    assert "file20.bin" not in text
    assert "and 5 more" in text


def test_progress_is_quiet_when_piped_and_drawn_on_a_screen() -> None:
    for terminal in (False, True):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
        with progress_bars(console) as progress:
            progress("embed", 0, 10)
            progress("embed", 10, 10)
        assert isinstance(console.file, io.StringIO)
        assert ("10/10" in console.file.getvalue()) == terminal
