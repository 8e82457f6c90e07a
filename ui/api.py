"""The page's one endpoint for programs, and the one tool of its MCP server: `answer`.

Gradio's MCP server calls it without the queue (with one, it would ask the page over again and lack a password), so it
counts its calls itself. The models take questions by turns anyhow (rag.engine).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr

from rag.errors import RagError
from ui.conversation import Room

MAX_AT_ONCE = 16  # calls; a further one is told to come back
FULL = "Too many questions are being answered just now; ask again in a moment."


def answer_endpoint(room: Room) -> Callable[..., dict[str, Any]]:
    """Return the function that programs call. Its docstring is what they are told of it."""
    places = threading.BoundedSemaphore(MAX_AT_ONCE)

    def answer(
        question: str,
        publishers: list[str] | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the indexed news articles, in their own words, or say that they do not say.

        The result has `text` (the short answer), `abstained` (true when the articles do not say; then `text` is no
        answer and `reason` tells why), `confidence` (0 to 1), `sentence` (the verbatim sentence the answer stands in)
        and `citations` (each with article_id, title, publisher, published, path_or_url and the verbatim `quote` at
        characters start..end of the article). Quote the citations as they are; do not answer beyond them.

        Args:
            question: A question in English, of at most 1,000 characters, that stands on its own.
            publishers: Only articles of these publishers; all when left out.
            published_from: Only articles published on this ISO day or later, such as 2025-02-04.
            published_to: Only articles published on this ISO day or earlier.

        """
        if not places.acquire(blocking=False):
            raise gr.Error(FULL, print_exception=False)
        try:
            found = room.assistant.answer(
                question,
                publishers=publishers or None,
                published_from=published_from or None,
                published_to=published_to or None,
            )
            return found.to_json()
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error
        finally:
            places.release()

    return answer
