"""The page's parts and how they are wired. What it does not know: how an answer is found (newsroom) or drawn (render).

Messages are our own escaped HTML; the chat is told to take nothing as Markdown or LaTeX, and gradio's sanitiser, which
drops scripts and event handlers, stays on as a second wall. (A gr.HTML in a message would not be sanitised.) The
conversation is kept in the reader's browser and handed in with every event; the server keeps none of it.
"""

from __future__ import annotations

import hashlib
import html
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when imported

import gradio as gr

from rag.errors import RagError
from rag.types import Answer
from ui import conversation
from ui.api import answer_endpoint
from ui.articles import articles_panel
from ui.events import IMMEDIATE, QUIET
from ui.export import to_json, to_markdown
from ui.newsroom import Newsroom
from ui.panels import render_article, render_starters, render_status
from ui.turns import Filters, Turn, load_turns, save_turns
from ui.verdicts import keep_verdict

AT_ONCE = 4  # questions under way at the same time; the models take them by turns (rag.engine)
MAX_WAITING = 64  # questions in the queue; a further one is told to come back
NOWHERE = -1  # no turn is being changed
TITLE = "Ask the newsroom"
LEAD = "Answers are the articles’ own words. If the articles do not say, you are told so."
HEAD = f'<h1>{TITLE}</h1><p>{LEAD}</p><p id="rag-said" role="status"></p>'
EDITING = "<p>You are changing an earlier question: when you ask it, what came after it goes.</p>"
CHANGED = "The article has changed since it was quoted, so the words are not marked."
GONE = "The answer is not in the conversation any more, so the note was not kept."
THANKS = "Thank you; the note was kept."
SCRIPT = Path(__file__).with_name("page.js")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is on the page and in its memory, for the events to name."""

    kept: gr.BrowserState  # the turns, in the browser
    chat: gr.Chatbot
    starters: gr.HTML
    editing: gr.Row
    stay: gr.Button
    note: gr.Textbox
    box: gr.Textbox
    publishers: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    bridge: gr.HTML  # ui/page.js
    asked: gr.JSON  # what begin took from the box: [question, which turn it replaces]
    at: gr.Number  # which turn is being changed
    judged: gr.Number  # which turn was judged last


def build_app(room: Newsroom) -> gr.Blocks:
    """Return the page for one newsroom. Nothing is served before `ui.serve.serve`."""
    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, delete_cache=(3600, 3600))
    with app:
        with gr.Row(elem_id="rag-top"):
            gr.HTML(HEAD, elem_id="rag-head", js_on_load=None)
            shelf = gr.Button("Articles", size="sm", elem_classes="rag-plain", elem_id="rag-shelf-button")
            theme = gr.Button("Light or dark", size="sm", elem_classes="rag-plain")
        shelf.click(None, js="() => rag.articles()", **QUIET)
        theme.click(None, js="() => rag.theme()", **QUIET)
        parts = _parts(room)
        _wire_asking(room, parts)
        _wire_verdicts(room, parts)
        _wire_keeping(parts)
        articles_panel(app, room, parts.bridge, parts.publishers, parts.starters)
        shown = app.load(lambda kept: conversation.messages(load_turns(kept)), parts.kept, parts.chat, **IMMEDIATE)
        shown.then(None, js="() => rag.showLast()", **IMMEDIATE)
        app.load(lambda: render_starters(room.starters()), None, parts.starters, **QUIET)
        gr.api(answer_endpoint(room), api_name="answer", queue=False)  # type: ignore[attr-defined]
    app.queue(max_size=MAX_WAITING, default_concurrency_limit=AT_ONCE)
    return app


def _parts(room: Newsroom) -> Parts:
    """Put the conversation on the page, from top to bottom."""
    chat = _chat()
    starters = gr.HTML("", elem_id="rag-starters", js_on_load=None)
    with gr.Row(visible=False, elem_id="rag-editing") as editing:
        gr.HTML(EDITING, js_on_load=None)
        stay = gr.Button("Leave it as it was", size="sm", elem_classes="rag-plain")
    note = gr.Textbox(
        visible=False, elem_id="rag-note", max_lines=2, submit_btn="Keep the note",
        label="What is the right answer, or what was wrong? (optional; kept with the index)",
    )  # fmt: skip
    box = gr.Textbox(
        elem_id="rag-box", label="Your question", show_label=False, container=False, autofocus=True, max_lines=4,
        placeholder="Ask about the articles", submit_btn="Ask",
    )  # fmt: skip
    with gr.Accordion("Only some articles", open=False, elem_id="rag-filters"), gr.Row():
        names = room.shelf().publishers
        publishers = gr.Dropdown(names, multiselect=True, allow_custom_value=True, label="Publishers")
        since, until = (
            gr.Textbox(label=label, placeholder=day, max_lines=1, max_length=10)
            for label, day in (("From day", "2025-02-04"), ("To day", "2025-02-28"))
        )
    script = SCRIPT.read_text("utf-8")
    bridge = gr.HTML("", js_on_load=script, server_functions=[_reading(room)], visible="hidden")
    at, judged = (gr.Number(NOWHERE, precision=0, visible=False) for _ in range(2))
    asked = gr.JSON([], visible=False)
    return Parts(
        _kept(room), chat, starters, editing, stay, note, box, publishers, since, until, bridge, asked, at, judged
    )


def _wire_asking(room: Newsroom, on: Parts) -> None:
    begun = on.box.submit(
        None,
        [on.box, on.chat, on.at],
        [on.asked, on.box, on.chat, on.at],
        js="(...given) => rag.begin(...given)",
        **IMMEDIATE,
    )
    begun.then(None, js="() => rag.showLast()", **IMMEDIATE)
    told = begun.then(
        _asking(room),
        [on.asked, on.kept, on.publishers, on.since, on.until],
        [on.chat, on.kept],
        trigger_mode="multiple",  # else a question put before the last event has wholly ended would be dropped unsaid
        **QUIET,
    )
    told.failure(
        None, [on.chat, on.asked], [on.chat, on.box, on.at], js="(...given) => rag.failed(...given)", **IMMEDIATE
    )
    on.bridge.edit(_edit, on.kept, [on.box, on.at], **IMMEDIATE)
    on.at.change(lambda now: gr.update(visible=now >= 0), on.at, on.editing, **IMMEDIATE)
    on.stay.click(None, None, [on.box, on.at], js="() => rag.stay()", **IMMEDIATE)
    begun.then(lambda asked: gr.update(visible=False) if asked else gr.skip(), on.asked, on.note, **IMMEDIATE)


def _wire_verdicts(room: Newsroom, on: Parts) -> None:
    on.bridge.judge(_judging(room), on.kept, [on.chat, on.kept, on.note, on.judged], **IMMEDIATE)
    on.note.submit(_noting(room), [on.note, on.judged, on.kept], on.note, **IMMEDIATE)


def _wire_keeping(on: Parts) -> None:
    """Put the buttons below the box: begin anew, undo, save."""
    with gr.Row(elem_id="rag-foot"):
        new, undo, markdown, as_json = (
            gr.Button(name, size="sm", elem_classes="rag-plain")
            for name in ("New conversation", "Undo", "Save as Markdown", "Save as JSON")
        )
    changed = [on.chat, on.kept, on.at, on.note]
    hidden = gr.update(visible=False)
    new.click(lambda: _shown([], NOWHERE, hidden), None, changed, **IMMEDIATE)
    undo.click(
        # Instead of `at` the script tells whether the last question is one that got no answer: nothing to undo.
        lambda saved, lost: _shown(load_turns(saved)[: None if lost >= 0 else -1], NOWHERE, hidden),
        [on.kept, on.at],
        changed,
        js="(saved) => [saved, rag.lost() ? 0 : -1]",
        **IMMEDIATE,
    )
    file = gr.Textbox("", visible=False)
    for button, ending, write in ((markdown, "md", to_markdown), (as_json, "json", to_json)):
        written = button.click(lambda saved, write=write: write(load_turns(saved)), on.kept, file, **IMMEDIATE)
        written.success(None, file, None, js=f"(text) => rag.save('conversation.{ending}', text)", **IMMEDIATE)


def _kept(room: Newsroom) -> gr.BrowserState:
    """Return what the browser keeps: the turns. Each index has a conversation of its own."""
    digest = hashlib.sha256(str(room.folder.resolve()).encode()).hexdigest()[:12]
    # The secret guards nothing: what a browser hands back is checked by load_turns.
    return gr.BrowserState([], storage_key=f"rag-{digest}", secret="rag")  # noqa: S106


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="rag-chat",
        label="Conversation",
        show_label=False,
        scale=1,
        layout="bubble",
        render_markdown=False,
        sanitize_html=True,
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        buttons=[],
        autoscroll=False,
        allow_file_downloads=False,
        group_consecutive_messages=False,
    )


def _reading(room: Newsroom) -> Callable[[object], str]:
    """Return what the page's script calls to show an article."""

    def article(wanted: object) -> str:
        match wanted:
            case [str(article_id), int(start), int(end), str(opening)] if found := room.article(article_id):
                if found.text[max(0, start) : max(0, end)].startswith(opening):
                    return render_article(found, start, end)
                return render_status(CHANGED) + render_article(found, 0, 0)
        return render_status("That article is not in the index any more.")

    return article


def _asking(room: Newsroom) -> Callable[..., Iterator[tuple[Any, ...]]]:
    def ask(
        asked: object, saved: object, publishers: list[str] | None, since: str | None, until: str | None
    ) -> Iterator[tuple[Any, ...]]:
        match asked:
            case [str(question), int(at)]:
                pass
            case _:  # nothing was asked; a generator that yields nothing would empty the page
                yield gr.skip(), gr.skip()
                return
        turns = load_turns(saved)
        turns = turns[:at] if at >= 0 else turns
        filters = Filters(tuple(publishers or ()), (since or "").strip(), (until or "").strip())
        for come in conversation.ask(room, question, turns, filters):
            if isinstance(come, Turn):
                yield _shown(conversation.add(turns, come))
            elif come.hits is not None and come.reading is None:
                # The page itself says that it searches, and deciding takes less time than to tell of it.
                yield conversation.messages(turns, question, come), gr.skip()

    return ask


def _shown(turns: list[Turn], *more: Any) -> tuple[Any, ...]:
    return conversation.messages(turns), save_turns(turns), *more


def _edit(saved: object, event: gr.EventData) -> tuple[Any, ...]:
    turns, number = load_turns(saved), _number(event)
    return (turns[number].question, number) if 0 <= number < len(turns) else (gr.skip(), gr.skip())


def _judging(room: Newsroom) -> Callable[..., tuple[Any, ...]]:
    def judge(saved: object, event: gr.EventData) -> tuple[Any, ...]:
        number, verdict = _number(event), (event._data or {}).get("verdict")
        turns, answer = conversation.judge(load_turns(saved), number, "good" if verdict == "good" else "bad")
        if answer is not None:
            _keep(room, answer, good=verdict == "good")
        return _shown(turns, gr.update(visible=answer is not None, value=""), number)

    return judge


def _noting(room: Newsroom) -> Callable[..., Any]:
    def keep(note: str, number: float, saved: object) -> Any:
        turns = load_turns(saved)
        turn = turns[int(number)] if 0 <= number < len(turns) else None
        if turn and turn.answer and note.strip():
            _keep(room, turn.answer, good=turn.verdict == "good", note=note)
        elif note.strip():
            gr.Warning(GONE)
        return gr.update(visible=False, value="")

    return keep


def _keep(room: Newsroom, answer: Answer, *, good: bool, note: str = "") -> None:
    try:
        keep_verdict(room.additions, answer, good=good, note=note)
        if note:
            gr.Info(THANKS, duration=3)
    except RagError as error:
        gr.Warning(html.escape(str(error)))  # a toast is HTML


def _number(event: gr.EventData) -> int:
    number = (event._data or {}).get("number")
    return number if isinstance(number, int) else NOWHERE
