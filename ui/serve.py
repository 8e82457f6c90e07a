"""The page on 127.0.0.1 and nowhere else, and what a browser may do with it.

Two walls beside the escaping: a request must name this machine (against DNS rebinding, where a stranger's page calls
its own name but reaches us), and a Content-Security-Policy lets the page fetch from its own address only, be framed by
nobody, and run no event handler written in HTML.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from ui.look import CSS, theme

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
# Gradio writes scripts into its page and compiles templates, hence inline and eval; attributes need neither.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Shield:
    """An ASGI layer that refuses requests for another host and adds the headers above to every reply."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 (ASGI's own signature)
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http" or not _names_this_machine(scope):
            return await _refuse(scope, send)

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        return await self._app(scope, receive, send_with_headers)


def serve(app: gr.Blocks, *, port: int | None = None) -> str:
    """Start serving the page and return its address. Without a port the first free one from 7860 is taken.

    Raises OSError when the port is taken.
    """
    # Gradio asks its own server whether it is up; a proxy must not come between.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), *NAMES)))
    _, address, _ = app.launch(
        server_name=HOST,
        server_port=port,
        inbrowser=False,
        share=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        quiet=True,
        prevent_thread_lock=True,
        strict_cors=True,
        max_file_size=1,  # nothing is uploaded
        footer_links=[],
        state_session_capacity=200,
        app_kwargs={"middleware": [Middleware(Shield)], "docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=theme(),
        css=CSS,
    )
    return address


def _names_this_machine(scope: Scope) -> bool:
    hosts = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
    return len(hosts) == 1 and hosts[0].rsplit(":", 1)[0] in NAMES


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"This page answers to 127.0.0.1 only.\n"})
