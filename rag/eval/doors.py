"""Where a measurement of retrieval comes from: questions with evidence about articles, or a folder in BEIR's form.

A door is opened in two steps. First everything is read and checked, labels included, which takes seconds; then the
index is built, which can take hours. What this module does not know: how rankings are judged (retrieval.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rag.config import Config
from rag.errors import QuestionError, StoreFull, StoreMismatch, StoreMissing
from rag.eval.beir import Beir, Grades, read_beir, write_articles
from rag.eval.labels import check, read_texts
from rag.eval.questions import QuestionRow, read_asked
from rag.ingest import Progress, no_progress
from rag.store import Snapshot
from rag.types import IndexReport, Passage
from rag.wiring import Parts, make_index, open_parts


@dataclass(frozen=True, slots=True)
class Door:
    """Questions with what is relevant to each, and the index to ask.

    place: what people call it. rows: by split, the one that counts last. articles: what the index is built or
    refreshed from; None: nothing, it is only opened. index: None for the configured one. grades: of whole articles, by
    question; None: evidence tells. notes: what is left out, a sentence each.
    """

    place: str
    rows: Mapping[str, Sequence[QuestionRow]]
    articles: tuple[str, ...] | None
    index: str | None
    grades: Grades | None = None
    notes: tuple[str, ...] = ()

    @property
    def split(self) -> str:
        """The split that counts."""
        return list(self.rows)[-1]

    @property
    def evidence(self) -> set[str]:
        """The ids of the articles that hold evidence."""
        return {each.article_id for rows in self.rows.values() for row in rows for each in row.evidence}

    def build(self, settings: Config, progress: Progress = no_progress) -> IndexReport | None:
        """Build or refresh the index; None where it is only opened. Raises as `make_index` does."""
        if self.articles is None:
            return None
        return make_index(settings, articles=self.articles, index=self.index, progress=progress)

    def labels(self, snapshot: Snapshot) -> tuple[dict[str, str], dict[str, list[Passage]]]:
        """Return the text and the passages of each article with evidence. Raises QuestionError as `check` does."""
        texts, passages = {}, {}
        wanted = self.evidence
        for number, source in enumerate(snapshot.sources):
            if source.article_id in wanted:
                texts[source.article_id] = snapshot.article(number).text
                passages[source.article_id] = [snapshot.passage(row) for row in range(*snapshot.rows(number))]
        if self.grades is None:
            for rows in self.rows.values():
                check(rows, texts, self.place)
        return texts, passages

    def unindexed(self, texts: Mapping[str, str]) -> list[str]:
        """Return the articles with evidence that the index lacks. No stage can find them, and each counts as missed."""
        return sorted(self.evidence - texts.keys())


@contextmanager
def questions_door(
    settings: Config, questions: str, *, split: str | None, articles: Sequence[str] | None, index: str | None
) -> Iterator[Door]:
    """Give those questions of a file that have evidence, every label of theirs proven.

    articles, index: as the command takes them; without both, the configured ones. Raises QuestionError, ArticlesError,
    or StoreMismatch for an index of other articles.
    """
    asked = read_asked(questions, split)
    rows = {name: [row for row in asked.of(name) if row.evidence] for name in (*asked.apart, asked.split)}
    rows = {name: proven for name, proven in rows.items() if proven}
    if asked.split not in rows:
        raise QuestionError(f"{questions} has no question with evidence, so no ranking can be judged.")
    with _proven(settings, Door(questions, rows, tuple(articles) if articles else None, index)) as door:
        yield door


@contextmanager
def opened(
    settings: Config,
    rows: Sequence[QuestionRow],
    place: str,
    *,
    articles: Sequence[str] | None = None,
    index: str | None = None,
) -> Iterator[Parts]:
    """Prove the labels of rows that came from `place`; then build the index and open it, and its models.

    articles, index: see `questions_door`. Raises as it does, and as building and opening do.
    """
    with _proven(settings, Door(place, {"": rows}, tuple(articles) if articles else None, index)) as door:
        door.build(settings)
        yield open_parts(settings, index=door.index)


@contextmanager
def _proven(settings: Config, door: Door) -> Iterator[Door]:
    """Prove every label, and give the door with what is to be built, and where: nothing of an index that is named."""
    articles, index = door.articles, door.index
    if articles is None and index is None:
        door = replace(door, articles=tuple(str(settings.resolve(folder)) for folder in settings.articles))
    if door.articles is None:
        door.labels(Snapshot.open(Path(index or settings.index)))
    else:
        texts = read_texts(door.articles, door.evidence)
        for rows in door.rows.values():
            check(rows, texts, door.place)
    if articles and index:
        _of_these(Path(index), articles)
    with ExitStack() as stack:
        if articles and index is None:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="rag-eval-"))
            door = replace(door, index=place)
        yield door


@contextmanager
def beir_door(folder: str, *, split: str, index: str | None) -> Iterator[Door]:
    """Give the judged queries of a folder in BEIR's form.

    index: built when missing, refreshed when it is of this corpus; None: one that is thrown away. Beside its builds lie
    the documents as rows of articles, under a name that tells the corpus. Raises ArticlesError, QuestionError, or
    StoreMismatch for an index of something else.
    """
    beir = read_beir(folder, split)
    name = f"beir-{beir.corpus_sha256[:16]}.jsonl"
    with ExitStack() as stack:
        place = Path(index or stack.enter_context(tempfile.TemporaryDirectory(prefix="rag-eval-")))
        built = _built_from(place)
        if built is not None and [Path(each).name for each in built] != [name]:
            raise _other(place, built, f"this state of {beir.folder}")
        _write(beir, place / name)
        yield Door(folder, {split: beir.rows}, (str(place / name),), str(place), beir.grades, _notes(beir))


def _write(beir: Beir, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_articles(beir, path)
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreFull(f"{path} could not be written ({why}); choose another place with --index.") from error


def _notes(beir: Beir) -> tuple[str, ...]:
    found = []
    if beir.without:
        found.append(f"{beir.without} judged queries have no relevant document and are left out.")
    if beir.blank:
        found.append(f"{beir.blank} of {beir.documents} documents are blank and cannot be indexed.")
    return tuple(found)


def _of_these(index: Path, articles: Sequence[str]) -> None:
    """Raise StoreMismatch where an index of other articles lies, which building would throw away."""
    built = _built_from(index)
    if built is not None and [Path(each).resolve() for each in articles] != [Path(each).resolve() for each in built]:
        raise _other(index, built, " and ".join(articles))


def _built_from(index: Path) -> tuple[str, ...] | None:
    """Return the folders that an index was built from; None where there is none. Raises StoreDamaged."""
    try:
        return Snapshot.open(index).manifest.folders
    except StoreMissing:
        return None


def _other(index: Path, built: Sequence[str], wanted: str) -> StoreMismatch:
    return StoreMismatch(
        f"The index at {index} was built from {' and '.join(built)}, not from {wanted}; give another --index, "
        "or delete that one."
    )
