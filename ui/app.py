"""The page's parts and events. What it does not know: how an answer is found (assistant) or drawn (render).

Messages are our own escaped HTML; the chat is told to take nothing as Markdown or LaTeX, and gradio's sanitiser, which
drops scripts and event handlers, stays on as a second wall. (A gr.HTML in a message would not be sanitised.)
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when imported

import gradio as gr

from rag.assistant import Assistant
from rag.errors import RagError
from rag.followup import follows_up
from ui.render import render_answer, render_context, render_notice, render_question

AT_ONCE = 2  # questions answered at the same time, on a machine of two cores
MAX_WAITING = 32  # questions in the queue; a further one is told to come back
MAX_TURNS = 50  # turns kept on a page
TITLE = "Ask the newsroom"
HEAD = f"<h1>{TITLE}</h1><p>Answers are the articles’ own words. If the articles do not say, you are told so.</p>"
SEARCHING = "Searching and reading the articles …"
FAILED = "Something went wrong on our side and was written to the log; please ask again."
# The question goes to the top, so that its answer is read from the beginning.
SHOW_LAST = """() => setTimeout(() => {
  const rows = document.querySelectorAll('#rag-chat .user-row');
  if (rows.length) rows[rows.length - 1].scrollIntoView({block: 'start'});
}, 60)"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as shown and asked, and what came of it. said is None when nothing came, as after an error."""

    question: str
    said: str | None
    shown: str


def build_app(assistant: Assistant) -> gr.Blocks:
    """Return the page for one opened assistant. Nothing is served before `ui.serve.serve`."""

    def ask(question: str, turns: list[Turn]) -> Iterator[tuple[Any, ...]]:
        yield from converse(assistant, question, turns)

    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True)
    with app:
        gr.HTML(HEAD, elem_id="rag-head", js_on_load=None)
        chat = gr.Chatbot(
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
        turns = gr.State([])
        box = gr.Textbox(
            elem_id="rag-box",
            label="Your question",
            show_label=False,
            placeholder="Ask about the articles",
            container=False,
            autofocus=True,
            submit_btn="Ask",
            max_lines=4,
        )
        again = gr.Button("New conversation", size="sm", variant="secondary", elem_id="rag-again")
        box.submit(ask, [box, turns], [chat, turns, box], api_name="ask", show_progress="hidden", trigger_mode="once")
        chat.change(None, js=SHOW_LAST, queue=False, api_visibility="private")
        again.click(lambda: ([], [], ""), None, [chat, turns, box], queue=False, api_visibility="private")
    app.queue(max_size=MAX_WAITING, default_concurrency_limit=AT_ONCE)
    return app


def converse(assistant: Assistant, question: str, turns: list[Turn]) -> Iterator[tuple[Any, ...]]:
    """Yield (messages, turns, text box): at once with the question and a status, then with the answer.

    A blank question changes nothing. Whatever goes wrong is one sentence on the page.
    """
    if not question.strip():
        yield gr.skip(), gr.skip(), gr.skip()
        return
    kept = turns[-(MAX_TURNS - 1) :]
    yield messages([*kept, Turn(question, None, render_notice(SEARCHING))]), gr.skip(), ""
    turns = [*kept, answer_turn(assistant, question, kept)]
    yield messages(turns), turns, gr.skip()


def answer_turn(assistant: Assistant, question: str, earlier: list[Turn]) -> Turn:
    """Ask, with the earlier turns as history if the question points back to them, and then say so.

    An abstention adds its question to the history, but no words; an error adds nothing.
    """
    history = [(turn.question, turn.said) for turn in earlier if turn.said is not None] if follows_up(question) else []
    try:
        answer = assistant.answer(question, history=history)
        context = render_context(history[-1][0]) if history else ""
        return Turn(answer.question, "" if answer.abstained else answer.text, context + render_answer(answer))
    except RagError as error:
        return Turn(question, None, render_notice(str(error)))
    except Exception:
        logger.exception("a question could not be answered")
        return Turn(question, None, render_notice(FAILED))


def messages(turns: list[Turn]) -> list[dict[str, str]]:
    """Return the turns as the chat takes them."""
    return [
        {"role": role, "content": content}
        for turn in turns
        for role, content in (("user", render_question(turn.question)), ("assistant", turn.shown))
    ]
