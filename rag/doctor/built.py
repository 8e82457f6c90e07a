"""Whether the index is there, whole, made as is configured, and answers; what else lies in its folder.

What this module does not know: what is configured, and whether the models load; it takes them from the desk.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.doctor.desk import Desk, Finding, fault, fine, told, warning
from rag.errors import RagError, StoreBusy, StoreDamaged, StoreFull

if TYPE_CHECKING:
    from rag.store import Manifest, Recipe, Snapshot

ATTEMPTS = 5  # at an index of which newer builds are published meanwhile
ANY_QUESTION = "What happened?"


def index(desk: Desk) -> Iterator[Finding]:
    """Open the live build and compare every file with its checksum."""
    if desk.place is None:
        return
    from rag.store import FORMAT, live_build, live_stamp

    for _ in range(ATTEMPTS):
        stamp = live_stamp(desk.place)
        try:
            build, made = live_build(desk.place)
        except RagError as error:
            yield replace(told(error), remedy=desk.index_command())
            return
        damaged = _damaged(build, made)
        if not damaged or live_stamp(desk.place) == stamp:
            break
    desk.manifest, files = made, len(made.files)
    if damaged:
        more = f" (and {len(damaged) - 1} more of its {files} files)" if len(damaged) > 1 else ""
        yield fault(f"The index is damaged: {damaged[0]}{more}", desk.index_command())
        return
    desk.usable = True
    yield fine(
        f"{desk.place} holds {made.articles:,} articles in {made.passages:,} passages, built {made.built} by version "
        f"{made.version} in format {FORMAT}; all {files} files have their checksums"
    )


def _damaged(build: Path, manifest: Manifest) -> list[str]:
    """Return what is wrong with each damaged file of a build."""
    from rag.store import check_files

    found: list[str] = []
    try:
        check_files(build, manifest.files)  # all at once is faster
    except StoreDamaged:
        pass
    else:
        return found
    for name, wanted in manifest.files.items():
        try:
            check_files(build, {name: wanted})
        except StoreDamaged as error:
            found.append(told(error).found)
    return found


def recipe(desk: Desk) -> Iterator[Finding]:
    """Compare how the index was built with how it would be built now."""
    wanted = _recipe(desk)
    if desk.manifest is None or wanted is None:
        return
    made = desk.manifest.recipe
    if (made.embedder, made.dim) != (wanted.embedder, wanted.dim):
        desk.usable = False
        yield fault(
            f"The index was built with the embedder {made.embedder!r} ({made.dim} dimensions), configured is "
            f"{wanted.embedder!r} ({wanted.dim} dimensions)",
            f"{desk.index_command()}   or name the former under embedding.model in config.yaml",
        )
    elif made != wanted:
        yield warning(
            f"The index answers, but its passages were made otherwise than now (of at most {made.passage_tokens} "
            f"tokens, now {wanted.passage_tokens}), so the next build embeds everything anew",
            desk.index_command(),
        )
    else:
        yield fine(
            f"The index was built as is configured: by {made.embedder!r}, passages of {made.passage_tokens} tokens"
        )


def _recipe(desk: Desk) -> Recipe | None:
    """Return the Recipe of a build that would begin now, None when no embedder could be loaded."""
    from rag.embedding import passage_tokens
    from rag.ingest import recipe_of

    if desk.settings is None or desk.embedder is None:
        return None
    tokens = passage_tokens(desk.settings.chunking.tokens, desk.embedder.max_tokens)
    return recipe_of(desk.embedder, tokens)


def folders(desk: Desk) -> Iterator[Finding]:
    """Look for the folders that the index was built from."""
    if desk.manifest is None:
        return
    named = desk.folders()
    gone = [str(folder) for folder in named if not os.path.exists(folder)]  # noqa: PTH110 - pathlib raises without rights
    if gone:
        yield warning(
            f"The index answers, but cannot be refreshed from what is not there any more: {', '.join(gone)}",
            f"put it back, or name what takes its place: {desk.index_command('FOLDER')}",
        )
    else:
        yield fine(f"What the index was built from is there: {', '.join(map(str, named)) or 'what the page added'}")


def skipped(desk: Desk) -> Iterator[Finding]:
    """Tell what the last build did not index, and why."""
    if desk.manifest is None:
        return
    from rag.ingest import LEFT_OUT

    reasons = Counter(reason for _, reason in desk.manifest.skipped if reason != LEFT_OUT)
    left_out = len(desk.manifest.skipped) - reasons.total()
    also = f" ({left_out:,} left out on the page)" if left_out else ""
    if reasons:
        most = "; ".join(f"{count:,} × {reason}" for reason, count in reasons.most_common(3))
        more = f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else ""
        yield warning(
            f"The last build skipped {reasons.total():,}{also}: {most}{more}",
            f"mend or move these files, which {desk.index_command()} lists",
        )
    else:
        yield fine(f"The last build skipped nothing{also}")


def lock(desk: Desk) -> Iterator[Finding]:
    """Tell whether another process builds this index."""
    if desk.place is None or not desk.place.is_dir():
        return
    from rag.store import writer_lock

    try:
        if (desk.place / "lock").exists():  # else it would be made
            with writer_lock(desk.place):
                pass
        yield fine("No other process is building this index")
    except StoreBusy:
        desk.building = True
        yield warning("Another process is building this index now, so a second build would be refused", "let it end")
    except StoreFull as error:
        found = "The index cannot be refreshed, for it cannot be written"
        yield warning(
            f"{found} ({error.__cause__})", "give yourself the right to write there, or build another --index"
        )


def leftovers(desk: Desk) -> Iterator[Finding]:
    """Tell what builds that were stopped have left, and what becomes of it."""
    if desk.place is None or desk.building or not desk.place.is_dir():
        return
    from rag.store import leftovers as builds
    from rag.store import unfinished

    left = builds(desk.place)
    kept = unfinished(desk.place)
    said = []
    if left:
        size = sum(path.stat().st_size for build in left for path in build.rglob("*") if path.is_file())
        said.append(f"{len(left)} folders of builds ({_size(size)}), which the next build removes")
    if kept:
        wanted = _recipe(desk)  # None where the embedder cannot be loaded
        fate = "takes over" if kept[0] == wanted else "throws away, for they were made otherwise than is configured now"
        said.append(f"vectors of {kept[1]:,} passages{f', which the next build {fate}' if wanted else ''}")
    if said:
        yield warning(f"Builds that were stopped have left {' and '.join(said)}", desk.index_command())
    else:
        yield fine("No build was left unfinished")


def disk(desk: Desk) -> Iterator[Finding]:
    """Compare the free room with what a rebuild takes beside the live build: a new one, and its vectors once more."""
    if desk.place is None:
        return
    there = next(path for path in (desk.place.resolve(), *desk.place.resolve().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if desk.manifest is None:
        yield fine(f"{_size(free)} are free at {there}")
        return
    built = sum(one.bytes for one in desk.manifest.files.values())
    need = built + desk.manifest.passages * 4 * desk.manifest.recipe.dim
    found = (
        f"{_size(free)} are free at {there}, building this index anew takes up to {_size(need)} more than it has now"
    )
    if free < need:
        yield warning(found, "make room there, or build another --index on another disk")
    else:
        yield fine(found)


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 10**9 else f"{count / 1e6:,.1f} MB"


def question(desk: Desk) -> Iterator[Finding]:
    """Ask one question as a user does, and compare every quote of the answer with its article."""
    if not desk.usable or desk.settings is None or not (desk.embedder and desk.reader and desk.rule and desk.place):
        yield warning("No question was asked, for the index or a model cannot be used", "mend the faults above first")
        return
    from rag.store import Snapshot
    from rag.verify import verify
    from rag.wiring import Parts, make_assistant

    snapshot = Snapshot.open(desk.place)
    assistant = make_assistant(desk.settings, Parts(snapshot, desk.embedder, desk.reader, desk.rule))
    asked = _question(snapshot, desk.settings.asking.max_question)
    began = time.perf_counter()
    answer = assistant.answer(asked)
    seconds = time.perf_counter() - began
    quotes = verify(answer, snapshot, {snapshot.digest(number) for number in range(len(snapshot.sources))})
    wrong = [one.sentence() for one in quotes if one.fault]
    how = "met with silence" if answer.abstained else "answered"
    found = f"“{asked}” was {how} in {seconds:.2f} s"
    if wrong:
        remedy = f"please report it; {desk.index_command()} makes the index anew"
        yield fault(f"{found}, but {len(wrong)} of {len(quotes)} quotes are not verbatim: {wrong[0]}", remedy)
    else:
        yield fine(f"{found}; every quote ({len(quotes)}) stands in its article word for word")


def _question(snapshot: Snapshot, most: int) -> str:
    """Return a question that this build is known to answer, else an article's title."""
    from rag.starters import load_starters

    known = load_starters(snapshot.index, snapshot.folder.name) or []
    titles = (source.title[:most] for source in snapshot.sources)
    return next((text for text in (*known, *titles) if any(c.isalnum() for c in text)), ANY_QUESTION)
