"""Whether this machine, config.yaml and the models are as the project needs them.

What this module does not know: the index.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.doctor.desk import Desk, Finding, fault, fine, told, warning
from rag.errors import ConfigError

PROJECT = "newsroom-rag"
FOLDER = Path(__file__).resolve().parents[2]
SYSTEMS = ("linux", "darwin")
INSTALL = "python -m pip install --editable ."


def python(_: Desk) -> Iterator[Finding]:
    """Tell which Python runs on which system."""
    from packaging.specifiers import SpecifierSet

    version, wanted = platform.python_version(), _project()[0]
    found = f"Python {version} on {platform.platform()}, {os.cpu_count()} cores"
    if not SpecifierSet(wanted).contains(version, prereleases=True):
        yield fault(f"{found}; wanted is Python {wanted}", f"install Python {wanted}, then {INSTALL}")
    elif sys.platform not in SYSTEMS:
        yield warning(f"{found}; it was never tried on this system", "use Linux or macOS")
    else:
        yield fine(found)


def packages(_: Desk) -> Iterator[Finding]:
    """Compare the packages that the project depends on with what it wants; none is imported for it."""
    yield from versions(_project()[1])


def versions(wanted: Sequence[str]) -> Iterator[Finding]:
    """Compare the installed packages with requirements such as "numpy>=2.0"; extras are left out."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import Requirement

    right = []
    for line in wanted:
        one = Requirement(line)
        if one.marker and not one.marker.evaluate({"extra": ""}):
            continue
        mend = f"python -m pip install '{one.name}{one.specifier}'"
        try:
            found = version(one.name)
        except PackageNotFoundError:
            yield fault(f"The package {one.name} is not installed, wanted is {one.specifier or 'any version'}", mend)
            continue
        if one.specifier.contains(found, prereleases=True):
            right.append(f"{one.name} {found}")
        else:
            yield warning(f"The package {one.name} has version {found}, wanted is {one.specifier}", mend)
    if right:
        yield fine(f"{len(right)} packages are there as wanted: {', '.join(right)}")


def _project() -> tuple[str, list[str]]:
    """Return the Python and the packages wanted: by the clone's pyproject.toml, else by the installed project."""
    import tomllib
    from importlib.metadata import metadata, requires

    try:
        project: dict[str, Any] = tomllib.loads((FOLDER / "pyproject.toml").read_text("utf-8"))["project"]
        if project["name"] == PROJECT:
            return project["requires-python"], project["dependencies"]
    except (OSError, ValueError, KeyError):
        pass
    return metadata(PROJECT)["Requires-Python"], requires(PROJECT) or []


def configuration(desk: Desk) -> Iterator[Finding]:
    """Read config.yaml; when it cannot be used, the checks that follow go on with the defaults."""
    from rag.config import CONFIG_FILE, Config, load_config, near
    from rag.wiring import index_path

    try:
        desk.settings = load_config(desk.config)
        file = Path(desk.config) if desk.config else desk.settings.folder / CONFIG_FILE
        yield fine(
            f"{near(file)} can be used" if file.is_file() else "There is no config.yaml, so the defaults are used"
        )
    except ConfigError as error:
        finding = told(error, "correct that line" if desk.config is None else "correct the file, or leave --config out")
        desk.settings, desk.config = Config(), None  # no remedy may name it
        yield replace(finding, found=f"{finding.found.rstrip('.')}; what follows goes on with the defaults")
    desk.place = index_path(desk.settings, desk.index)


def engine(desk: Desk) -> Iterator[Finding]:
    """Tell how models run on this CPU."""
    if desk.settings is None:
        return
    import torch

    from rag.engine import is_native, number_format, set_threads

    how = desk.settings.engine
    set_threads(how.threads)
    chosen, best = number_format(how.precision), number_format("auto")
    found = f"Models run in {chosen} on {torch.get_num_threads()} threads of torch {torch.__version__}"
    if is_native(chosen):
        yield fine(found if chosen == best else f"{found}; {best} would be faster here")
    else:
        slow = f"{found}, which this CPU does not multiply natively: {best} is faster"
        yield warning(slow, "set engine.precision to auto in config.yaml")


def embedder(desk: Desk) -> Iterator[Finding]:
    """Load the embedding model and embed a text."""
    if desk.settings is None:
        return
    import numpy as np

    from rag.wiring import make_embedder

    loaded = make_embedder(desk.settings)
    if not np.isfinite(loaded.embed_query("A bridge was closed.")).all():
        yield fault(f"The embedder {loaded.name!r} gives vectors that are no numbers", "install or fetch it anew")
        return
    desk.embedder = loaded
    size = f"{loaded.dim} dimensions, at most {loaded.max_tokens} tokens"
    yield fine(f"The embedder {loaded.name!r} loads and embeds ({size}, {_way(loaded.packed)})")


def reader(desk: Desk) -> Iterator[Finding]:
    """Load the reader, and the rule that lies beside its weights."""
    if desk.settings is None:
        return
    from rag.wiring import make_reader

    desk.reader, desk.rule = make_reader(desk.settings)
    least = f"answers below {desk.rule.threshold:.0%} are withheld"
    yield fine(f"The reader {desk.settings.reading.model!r} loads ({_way(desk.reader.packed)}); {least}")


def _way(packed: bool) -> str:
    return "runs packed, by torch alone" if packed else "runs by its own library"
