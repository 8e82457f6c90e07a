"""What the checks share: a finding, and the desk on which each part lies once it was opened.

What this module does not know: what is looked at.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import RagError

if TYPE_CHECKING:
    from rag.config import Config
    from rag.reading.rule import Rule
    from rag.store import Manifest


class State(StrEnum):
    """fault: something does not work now. warning: it works, and should be looked at."""

    FINE = "fine"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in a sentence. remedy: a command or a thing to do, "" when fine. about: the check's name."""

    state: State
    found: str
    remedy: str = ""
    about: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return asdict(self)


def fine(found: str) -> Finding:
    """Say what is well."""
    return Finding(State.FINE, found)


def warning(found: str, remedy: str) -> Finding:
    """Say what works but should be looked at."""
    return Finding(State.WARNING, found, remedy)


def fault(found: str, remedy: str) -> Finding:
    """Say what does not work."""
    return Finding(State.FAULT, found, remedy)


def told(error: RagError, remedy: str = "mend that and run the doctor again") -> Finding:
    """Return an error as a finding: what stands behind its last semicolon is the remedy, where there is one."""
    found, mark, own = str(error).rpartition("; ")
    return fault(found, own) if mark else fault(own, remedy)


@dataclass(slots=True)
class Desk:
    """What is looked at. A part is None until its own check has opened it, so none is loaded twice.

    usable: whether the index can be asked with the configured embedder. building: whether another process builds it.
    """

    config: str | None
    index: str | None
    settings: Config | None = None
    place: Path | None = None
    embedder: Any = None  # which classes these are is known to wiring alone
    reader: Any = None
    rule: Rule | None = None
    manifest: Manifest | None = None
    usable: bool = False
    building: bool = False

    def folders(self) -> list[Path]:
        """Return what the live build was made from, without what the page keeps itself; none when it is not known."""
        from rag.additions import Additions
        from rag.config import near

        if self.place is None or self.manifest is None:
            return []
        own = Additions(self.place).added
        return [near(folder) for folder in self.manifest.folders if Path(folder) != own]

    def index_command(self, *articles: str) -> str:
        """Return the command that builds the index of these articles; without any, of what it was built from before."""
        named = [*articles] or self._named()
        command = ["python", "-m", "rag", "index", *(["--articles", *named] if named else [])]
        for option, value in (("--index", self.index), ("--config", self.config)):
            command += [option, value] if value else []
        return shlex.join(command)

    def _named(self) -> list[str]:
        """Return the articles that the command must name: none where they are those of the configuration."""
        if self.manifest is None:
            return ["FOLDER"] if self.index else []
        configured = [self.settings.resolve(folder) for folder in self.settings.articles] if self.settings else []
        return [] if self.folders() == configured else [str(folder) for folder in self.folders()]


class Check(Protocol):
    """A function that looks at one thing; its name tells at what."""

    __name__: str

    def __call__(self, desk: Desk, /) -> Iterator[Finding]:
        """Yield what is found; nothing when what it needs could not be opened, for which there is a finding already."""
        ...
