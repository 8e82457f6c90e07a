"""The panel of articles: what is indexed, adding by drag and drop, removing, rebuilding. It wires; newsroom does it.

Changes wait for each other; asking goes on over the index as it was until the new one is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from ui.events import IMMEDIATE, QUIET
from ui.newsroom import Newsroom
from ui.panels import render_list, render_shelf, render_starters, render_status

BUILDING: dict[str, Any] = {**QUIET, "concurrency_limit": 1, "concurrency_id": "build"}
WAITING = "Starting …"


def articles_panel(app: gr.Blocks, room: Newsroom, bridge: gr.HTML, publishers: gr.Dropdown, starters: gr.HTML) -> None:
    """Put the panel on the page. publishers, starters: what else a change of the index changes."""
    with gr.Sidebar(open=False, position="left", label="Articles", width=340):
        gr.HTML("<h2>Articles</h2>", js_on_load=None)
        shelf = gr.HTML("", js_on_load=None)
        status = gr.HTML("", elem_id="rag-status", js_on_load=None)
        files = gr.File(label="Add articles", file_count="multiple", elem_id="rag-files", height=120)
        words = gr.Textbox(label="Find an article", max_lines=1, placeholder="title, publisher, day")
        listing = gr.HTML("", elem_id="rag-listing", js_on_load=None)
        with gr.Row():
            rebuild = gr.Button("Read the folders again", size="sm")
            put_back = gr.Button("Put back what was left out", size="sm")

    def holdings(words: str) -> tuple[Any, ...]:
        held = room.shelf()
        return render_shelf(held), render_list(held, words, room.added()), gr.update(choices=held.publishers)

    def change(steps: Iterator[str], words: str) -> Iterator[tuple[Any, ...]]:
        told = WAITING
        for told in steps:
            yield render_status(told), gr.skip(), gr.skip(), gr.skip()
        yield render_status(told), *holdings(words)

    def add(given: list[str] | None, words: str) -> Iterator[tuple[Any, ...]]:
        paths = [Path(name) for name in given or ()]
        yield from change(room.add([(path.name, path) for path in paths]), words)

    def remove(words: str, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        yield from change(room.remove(str((event._data or {}).get("article"))), words)

    def again(words: str) -> Iterator[tuple[Any, ...]]:
        yield from change(room.rebuild(), words)

    def restore(words: str) -> Iterator[tuple[Any, ...]]:
        yield from change(room.put_back(), words)

    changed = [status, shelf, listing, publishers]
    for trigger, work, inputs in (
        (files.upload, add, [files, words]),
        (bridge.remove, remove, [words]),
        (rebuild.click, again, [words]),
        (put_back.click, restore, [words]),
    ):
        trigger(lambda: render_status(WAITING), None, status, **IMMEDIATE)
        done = trigger(work, inputs, changed, **BUILDING)
        done.then(lambda: render_starters(room.starters()), None, starters, **QUIET)
    files.upload(lambda: None, None, files, **IMMEDIATE)
    words.change(
        lambda words: render_list(room.shelf(), words, room.added()), words, listing,
        trigger_mode="always_last", **IMMEDIATE,
    )  # fmt: skip
    app.load(holdings, words, [shelf, listing, publishers], **IMMEDIATE)
