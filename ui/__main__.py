"""The chat page from the command line: `python -m ui`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence

from rag.errors import ConfigError
from rag.exits import DONE, exit_status


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the index, serve the page until Ctrl-C, and return the exit status."""
    parsed = _parser().parse_args(arguments)
    return exit_status("ui", lambda: _serve(parsed), after=DONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m ui", description="Ask the articles in a browser. Works offline.")
    parser.add_argument("--index", metavar="DIR", help="where the index lives (default: from config.yaml)")
    parser.add_argument("--config", metavar="FILE", help="the config.yaml to use (default: the nearest)")
    parser.add_argument("--port", type=_port, metavar="N", help="on 127.0.0.1 (default: the first free one from 7860)")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a whole number from 1 to 65535")
    return int(text)


def _serve(parsed: argparse.Namespace) -> None:
    from rag.wiring import open_assistant

    if sys.stderr.isatty():
        print("Opening the index and loading the models (a few seconds) …", file=sys.stderr)
    assistant = open_assistant(parsed.config, index=parsed.index)

    from ui.app import build_app
    from ui.serve import serve

    app = build_app(assistant)
    try:
        address = serve(app, port=parsed.port)
    except OSError:
        raise ConfigError(f"Port {parsed.port or '7860'} is taken or not allowed; give another with --port.") from None
    print(f"The page is at {address} (Ctrl-C stops it).", flush=True)
    try:
        threading.Event().wait()
    finally:
        app.close(verbose=False)


if __name__ == "__main__":
    sys.exit(main())
