"""How a command ends: 0 done; 1 our fault; 2 the caller's mistake, in one line; 3 a check did not pass; 130 stopped.

The one place where an exception becomes an exit status. What this module does not know: what a command does.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable

from rag.errors import RagError, in_a_line

DONE, OUR_FAULT, MISTAKE, FAILED, STOPPED = 0, 1, 2, 3, 130


def exit_status(
    program: str, command: Callable[[], int | None], *, stopped: str = "stopped.", after: int = STOPPED
) -> int:
    """Run a command and return its exit status; never a traceback, unless RAG_TRACEBACK is set.

    A command returns None when it is done, or a status of its own, FAILED where a check did not pass.
    stopped: what is said after Ctrl-C, and after: the status then.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a screen that knows no "“" shows \\u201c instead of failing
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = command()
        sys.stdout.flush()  # a closed pipe is met here, not when the interpreter ends
    except RagError as error:
        return _say(program, str(error), MISTAKE)
    except KeyboardInterrupt:
        return _say(program, stopped, after)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nothing more to say
        return DONE
    except Exception as error:
        if os.environ.get("RAG_TRACEBACK"):
            raise
        return _say(
            program, f"internal error ({in_a_line(error)}); RAG_TRACEBACK=1 shows where. Please report it.", OUR_FAULT
        )
    return DONE if status is None else status


def stoppable() -> Callable[[], None]:
    """Let SIGTERM end a long command as Ctrl-C does; return what a loop calls so that no stop is lost.

    It raises KeyboardInterrupt if one was asked for, since Python drops what a signal raises inside a destructor.
    """
    asked = threading.Event()

    def stop(*_: object) -> None:
        asked.set()
        raise KeyboardInterrupt

    def check() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return check


def _say(program: str, text: str, status: int) -> int:
    sys.stderr.write(f"{program}: {text}\n")
    return status
