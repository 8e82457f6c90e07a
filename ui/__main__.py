"""The chat page from the command line: `python -m ui`."""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from rag.errors import ConfigError
from rag.exits import DONE, exit_status

M_ARENA_MAX = -8  # in malloc.h


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the index, serve the page until Ctrl-C, and return the exit status."""
    parsed = _parser().parse_args(arguments)
    return exit_status("ui", lambda: _serve(parsed), after=DONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m ui", description="Ask the articles in a browser. Works offline.")
    parser.add_argument("--index", metavar="DIR", help="where the index lives (default: from config.yaml)")
    parser.add_argument("--config", metavar="FILE", help="the config.yaml to use (default: the nearest)")
    parser.add_argument("--port", type=_port, metavar="N", help="default: the first free one from 7860")
    parser.add_argument("--host", metavar="ADDRESS", help="for others to reach, such as 0.0.0.0 (default: 127.0.0.1)")
    parser.add_argument("--auth", metavar="FILE", help="who may come in: lines of name:password; needed with --host")
    parser.add_argument("--mcp", action="store_true", help="serve the tool `answer` over MCP, too")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a whole number from 1 to 65535")
    return int(text)


def _serve(parsed: argparse.Namespace) -> None:
    from rag.config import load_config
    from ui.shield import HOST, check_reachable, read_users

    host = parsed.host or HOST
    users = read_users(parsed.auth) if parsed.auth is not None else None
    check_reachable(host, users)
    if parsed.mcp and importlib.util.find_spec("mcp") is None:
        raise ConfigError("--mcp needs a package more: pip install 'newsroom-rag[mcp]'.")
    _share_memory()
    if sys.stderr.isatty():
        print("Opening the index and loading the models (a few seconds) …", file=sys.stderr)

    from ui.app import build_app
    from ui.newsroom import Newsroom
    from ui.serve import serve

    app = build_app(Newsroom(load_config(parsed.config), parsed.index))
    try:
        address = serve(app, host=host, port=parsed.port, users=users, mcp=parsed.mcp)
    except OSError:
        raise ConfigError(
            f"Port {parsed.port or '7860'} on {host} is taken or not allowed; give another with --port."
        ) from None
    print(f"The page is at {address} (Ctrl-C stops it).", flush=True)
    if parsed.mcp:
        print(f"The MCP server is at {address}gradio_api/mcp/", flush=True)
    try:
        threading.Event().wait()
    finally:
        app.close(verbose=False)


def _share_memory() -> None:
    """Let all threads take memory from one place. With glibc's one for each, 20 readers took 1.86 GB, not 1.43."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # a thread that is inside a model when Python tidies up would abort the process
