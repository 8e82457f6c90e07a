"""How the page looks: system fonts, one column, light and dark from the reader's own setting. No font is fetched."""

from __future__ import annotations

import gradio as gr

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")

# Colours: text on its ground at least 7:1, quiet text at least 4.5:1, in both modes.
CSS = """
:root { --rag-quiet: #5a6069; --rag-line: #dedcd6; --rag-mark: #ffe7a3; --rag-ink: #1f2226; --rag-card: #ffffff;
  --rag-warn: #7a4a00; --rag-link: #1f4e8c; }
.dark { --rag-quiet: #a6abb2; --rag-line: #3b3e43; --rag-mark: #66500f; --rag-ink: #e9e8e5; --rag-card: #222427;
  --rag-warn: #f0c27a; --rag-link: #9cc3f5; }
.gradio-container { max-width: 46rem !important; width: 100% !important; margin: 0 auto !important; }
.gradio-container > .main { padding: 0 !important; }
.gradio-container main.contain { padding: 1.25rem 1rem 0.75rem !important; width: 100%; }
.gradio-container main.contain > .column { gap: 0.75rem; }
footer { display: none !important; }

#rag-head .html-container { padding: 0; }
#rag-head h1 { font-size: 1.3rem; font-weight: 600; margin: 0; color: var(--rag-ink); }
#rag-head p { margin: 0.1rem 0 0; color: var(--rag-quiet); font-size: 0.9rem; line-height: 1.4; }

#rag-chat { border: 0; background: none; box-shadow: none; }
/* Gradio's own clear button would leave the turns behind; its scroll button covers the text. */
#rag-chat .icon-button-wrapper, #rag-chat .scroll-down-button-container { display: none; }
#rag-chat .bubble-wrap { padding: 0; background: none; }
#rag-chat .message-wrap { padding: 0; }
#rag-chat .message-row, #rag-chat .flex-wrap, #rag-chat .flex-wrap > div, #rag-chat .message {
  width: 100%; max-width: 100%; margin: 0; padding: 0; border: 0; background: none; box-shadow: none; }
#rag-chat .user-row { border-top: 1px solid var(--rag-line); padding-top: 1rem; }
#rag-chat .user-row:first-child { border-top: 0; padding-top: 0.25rem; }
#rag-chat .message-content, #rag-chat .md { font-size: 1rem; line-height: 1.5; color: var(--rag-ink); }
#rag-chat p { margin: 0; }
#rag-chat .rag-question { color: var(--rag-quiet); overflow-wrap: anywhere; white-space: pre-line; }
#rag-chat .rag-notice, #rag-chat .rag-context { color: var(--rag-quiet); font-style: italic; overflow-wrap: anywhere; }
#rag-chat .rag-notice { padding: 0.4rem 0 1.25rem; }
#rag-chat .rag-context { font-size: 0.85rem; }

#rag-chat .rag-answer { padding: 0.35rem 0 1.25rem; overflow-wrap: anywhere; white-space: normal; }
#rag-chat .rag-short { font-size: 1.5rem; line-height: 1.3; font-weight: 600; }
#rag-chat .rag-silent { color: var(--rag-warn); font-size: 1.25rem; }
#rag-chat .rag-confidence { color: var(--rag-quiet); font-size: 0.9rem; font-weight: 400; }
#rag-chat .rag-seconds { color: var(--rag-quiet); font-size: 0.8rem; margin-top: 0.75rem; }
#rag-chat .rag-quote { margin: 0.75rem 0; padding: 0; padding-inline-start: 0.9rem; border: 0; font-style: normal;
  border-inline-start: 3px solid var(--rag-line); color: var(--rag-ink); white-space: pre-line; }
#rag-chat mark { background: var(--rag-mark); color: inherit; border-radius: 0.15em; padding: 0.05em 0.15em; }
#rag-chat .rag-heading { margin: 1.1rem 0 0.4rem; font-size: 0.9rem; font-weight: 600; color: var(--rag-quiet); }
#rag-chat ol.rag-sources, #rag-chat ul.rag-others { list-style: none; margin: 0; padding: 0; display: grid;
  gap: 0.5rem; grid-template-columns: minmax(0, 1fr); }
#rag-chat .rag-source, #rag-chat .rag-other { margin: 0; padding: 0.6rem 0.8rem; background: var(--rag-card);
  border: 1px solid var(--rag-line); border-radius: 0.5rem; font-size: 0.92rem; line-height: 1.45; }
#rag-chat .rag-closest .rag-source { border-style: dashed; background: none; }
#rag-chat .rag-source .rag-quote, #rag-chat .rag-other .rag-quote { margin: 0.5rem 0; }
#rag-chat summary { cursor: pointer; }
#rag-chat summary:focus-visible { outline: 2px solid var(--rag-link); outline-offset: 3px; border-radius: 0.2rem; }
#rag-chat .rag-number { display: inline-block; min-width: 1.5em; text-align: center; border-radius: 0.35em;
  border: 1px solid var(--rag-line); font-size: 0.85em; color: var(--rag-quiet); }
#rag-chat .rag-publisher, #rag-chat .rag-else bdi { font-weight: 600; }
#rag-chat .rag-date, #rag-chat .rag-place, #rag-chat .rag-other .rag-from { color: var(--rag-quiet); }
#rag-chat .rag-date { white-space: nowrap; }
#rag-chat .rag-place, #rag-chat .rag-other .rag-from { font-size: 0.85rem; }
#rag-chat a { color: var(--rag-link); text-decoration: underline; }

#rag-box { border: 1px solid var(--rag-line); border-radius: 0.6rem; background: var(--rag-card); }
#rag-box:focus-within { border-color: var(--rag-link); }
#rag-box .input-container { align-items: center; padding: 0.15rem 0.3rem; border: 0; background: none;
  box-shadow: none; }
#rag-box textarea { font-size: 1rem; color: var(--rag-ink); background: none; border: 0; box-shadow: none; }
#rag-box textarea::placeholder { color: var(--rag-quiet); opacity: 1; }
#rag-box button { background: var(--rag-link); color: var(--rag-card); border-radius: 0.45rem; font-weight: 600;
  padding: 0.35rem 0.9rem; }
#rag-again { align-self: center; width: auto; min-width: 0; padding: 0.1rem; background: none; border: 0;
  box-shadow: none; color: var(--rag-quiet); font-size: 0.85rem; text-decoration: underline; }
"""


def theme() -> gr.themes.Base:
    """Return a plain theme, warm grey in both modes, whose fonts are those of the reader's machine."""
    plain = gr.themes.Base(primary_hue="stone", secondary_hue="stone", neutral_hue="stone", font=FONT, font_mono=MONO)
    return plain.set(body_background_fill="#faf9f6", body_background_fill_dark="#18191b")
