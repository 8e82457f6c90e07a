"""How the page's events run: with no spinner, not offered to programs, and some past the queue of questions."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
IMMEDIATE: dict[str, Any] = {**QUIET, "queue": False}  # without waiting behind questions
