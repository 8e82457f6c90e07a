"""Keep a library's warnings and log lines out of the newsroom's terminal while it reads one file.

What matters in them comes back as an exception anyway, and becomes the reason of a Skipped.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_SILENT = logging.CRITICAL + 1


@contextmanager
def quiet(*loggers: str) -> Iterator[None]:
    """Silence warnings and the named loggers inside the block, then put their levels back."""
    levels = [(logging.getLogger(name), logging.getLogger(name).level) for name in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for logger, _ in levels:
                logger.setLevel(_SILENT)
            yield
        finally:
            for logger, level in levels:
                logger.setLevel(level)
