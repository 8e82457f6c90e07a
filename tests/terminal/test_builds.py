from __future__ import annotations

import io

from rich.console import Console

from rag.terminal import progress_bars, render_report
from rag.types import IndexReport, Skipped
from tests.terminal.test_answer import shown


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
