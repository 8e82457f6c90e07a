"""The page on 127.0.0.1 unless asked. Who may see it: see shield."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from rag.articles import MAX_BYTES
from ui.look import CSS, theme
from ui.shield import HOST, NAMES, Shield, check_reachable


def serve(
    app: gr.Blocks,
    *,
    host: str = HOST,
    port: int | None = None,
    users: Mapping[str, str] | None = None,
    mcp: bool = False,
) -> str:
    """Start serving the page and return its address. Without a port the first free one from 7860 is taken.

    users: name → password; another host than this machine's own is refused without. mcp: serve the MCP tool, too.
    Raises ConfigError for another host without users, OSError when the port is taken.
    """
    check_reachable(host, users)
    # Gradio asks its own server whether it is up; a proxy must not come between.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), *NAMES, host)))
    with redirect_stdout(StringIO()):  # gradio tells of its MCP server in spite of quiet; ui/__main__ does, too
        _, address, _ = app.launch(
            server_name=host,
            server_port=port,
            inbrowser=False,
            share=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=mcp,
            enable_monitoring=False,
            show_error=False,
            quiet=True,
            prevent_thread_lock=True,
            strict_cors=True,
            max_file_size=MAX_BYTES,
            footer_links=[],
            state_session_capacity=200,
            app_kwargs={
                "middleware": [Middleware(Shield, users=users or {})],
                "docs_url": None,
                "redoc_url": None,
                "openapi_url": None,
            },
            theme=theme(),
            css=CSS,
        )
    if mcp:
        _tell_json(app)
    return address


def _tell_json(app: gr.Blocks) -> None:
    """Let the MCP server give results as JSON; gradio's own gives them as Python prints them."""
    server: Any = app.mcp_server_obj
    server.postprocess_output_data = lambda results, _: [
        server.types.TextContent(type="text", text=json.dumps(result, ensure_ascii=False)) for result in results
    ]
