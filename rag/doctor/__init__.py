"""What is well with an installation and its index, and what is not: `python -m rag doctor`. Nothing is changed.

A check is a function in CHECKS; its name is what the finding is about. Each fails on its own, and what it needs is
imported when it runs, so that a missing package hides no other finding: desk (what checks share), installation (this
machine, config.yaml and the models), built (the index). What this module does not know: how a finding is shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.doctor import built, installation
from rag.doctor.desk import Check, Desk, Finding, State, fault, told
from rag.errors import RagError, in_a_line

__all__ = ["CHECKS", "Finding", "State", "examine"]

CHECKS: tuple[Check, ...] = (
    installation.python,
    installation.packages,
    installation.configuration,
    installation.engine,
    installation.embedder,
    installation.reader,
    built.index,
    built.recipe,
    built.folders,
    built.skipped,
    built.lock,
    built.leftovers,
    built.disk,
    built.question,
)


def examine(config: str | None = None, index: str | None = None, checks: Sequence[Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks and yield what they find, in order. config, index: as for the other commands; None: the default.

    A check that fails is itself a finding; with RAG_TRACEBACK set, one that is our fault raises.
    """
    desk = Desk(config, index)
    for check in checks:
        try:
            for finding in check(desk):
                yield _shown(finding, check)
        except RagError as error:
            yield _shown(told(error), check)
        except ImportError as error:
            found = f"It could not be checked, for a package cannot be loaded ({error})"
            yield _shown(fault(found, installation.INSTALL), check)
        except Exception as error:
            if os.environ.get("RAG_TRACEBACK"):
                raise
            yield _shown(
                fault(f"It could not be checked ({in_a_line(error)})", "RAG_TRACEBACK=1 shows where; report it"), check
            )


def _shown(finding: Finding, check: Check) -> Finding:
    """Put a finding on one line without the characters that file names and titles should not bring to a screen."""
    found, remedy = (
        "".join(c if c.isprintable() else "?" for c in " ".join(text.split())).rstrip(".")
        for text in (finding.found, finding.remedy)
    )
    return replace(finding, found=f"{found}.", remedy=remedy, about=check.__name__)
