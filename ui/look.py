"""How the page looks: system fonts, light and dark from the reader's own setting. No font is fetched."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
CSS = Path(__file__).with_name("page.css").read_text("utf-8")


def theme() -> gr.themes.Base:
    """Return a plain theme, warm grey in both modes, whose fonts are those of the reader's machine."""
    plain = gr.themes.Base(primary_hue="stone", secondary_hue="stone", neutral_hue="stone", font=FONT, font_mono=MONO)
    return plain.set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#18191b",
        block_label_text_color="#4d535b",
        block_label_text_color_dark="#b4b9c0",
        block_title_text_color="#4d535b",
        block_title_text_color_dark="#b4b9c0",
        input_placeholder_color="#5a6069",
        input_placeholder_color_dark="#a6abb2",
    )
