"""Who may see the page, and what a browser may do with it. It does not know gradio.

Walls beside the escaping: on 127.0.0.1 a request must name this machine (against DNS rebinding, where a stranger's page
calls its own name but reaches us); with users given, every request must carry a name and password (HTTP Basic: pages,
files, the endpoint and MCP alike), without which no other address is served; and a Content-Security-Policy lets the
page fetch from its own address only, be framed by nobody, and run no event handler written in HTML.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from rag.errors import ConfigError

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
STARTED = "/gradio_api/startup-events"  # gradio calls it on itself, without a password; it tells nothing
MIN_PASSWORD = 8  # characters
WRONG_PASSWORD = 0.5  # s that a wrong one waits for its answer
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
    """An ASGI layer that refuses requests for another host or without a password, and adds the headers above.

    users: name → password; none: everybody who names this machine may come in.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], users: Mapping[str, str]) -> None:
        self._app, self._users = app, users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 (ASGI's own signature)
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        if self._users and not self._known(scope):
            if _header(scope, b"authorization"):
                await asyncio.sleep(WRONG_PASSWORD)
            return await _refuse(send, 401, "Name and password, please.", (b"www-authenticate", b'Basic realm="news"'))
        if not self._users and not _names_this_machine(scope):
            return await _refuse(send, 421, "This page answers to 127.0.0.1 only.")

        if (origin := _header(scope, b"origin")) and origin.partition("://")[2] != _header(scope, b"host"):
            return await _refuse(send, 403, "Pages of other addresses may not ask here.")

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        return await self._app(scope, receive, send_with_headers)

    def _known(self, scope: Scope) -> bool:
        if scope["path"] == STARTED:
            return True
        kind, _, given = _header(scope, b"authorization").partition(" ")
        try:
            name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:  # not base64, not UTF-8
            return False
        wanted = self._users.get(name)
        same = hmac.compare_digest(password.encode(), (wanted or password[::-1] + "x").encode())
        return kind.casefold() == "basic" and wanted is not None and same


def read_users(path: str | Path) -> dict[str, str]:
    """Return name → password from a file of "name:password" lines; a line that opens with # is a remark.

    Raises ConfigError for a file that cannot be read, holds nobody, or has a line without both.
    """
    try:
        lines = Path(path).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(
            f"{path} cannot be read ({why}); give --auth a file of lines like anna:her password."
        ) from None
    users = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, password = line.partition(":")
        if not name or len(password) < MIN_PASSWORD:
            raise ConfigError(
                f"{path}:{number} has no name or fewer than {MIN_PASSWORD} characters of password; "
                "write it as anna:her password."
            )
        users[name] = password
    if not users:
        raise ConfigError(f"{path} names nobody; write a line like anna:her password.")
    return users


def check_reachable(host: str, users: Mapping[str, str] | None) -> None:
    """Raise ConfigError when others could reach the page without a password."""
    if host not in NAMES and not users:
        raise ConfigError(
            f"On {host} others can reach the page, so it needs names and passwords; give a file of them with --auth."
        )


def _names_this_machine(scope: Scope) -> bool:
    return _header(scope, b"host").rsplit(":", 1)[0] in NAMES


def _header(scope: Scope, name: bytes) -> str:
    """Return a header's value; "" when it is missing or given twice."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return values[0] if len(values) == 1 else ""


async def _refuse(send: Send, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), *headers]}
    )
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
