"""Saved answers are checked against the index and the files, through the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rag
from rag.__main__ import main
from tests.newsroom import write_newsroom


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    answer = rag.answer("How many cracks did engineers find?", index=str(tmp_path / "index"))
    assert len(answer.citations) == 2
    (tmp_path / "answer.json").write_text(json.dumps(answer.to_json()), "utf-8")
    return tmp_path


def verify(desk: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    status = main(["verify", str(desk / "answer.json"), "--index", str(desk / "index"), *options])
    told = capsys.readouterr()
    return status, told.out, told.err


def change(desk: Path, **changes: object) -> None:
    saved = json.loads((desk / "answer.json").read_text("utf-8"))
    place = saved["citations"][1] if "citation" in changes else saved
    place.update(changes.pop("citation", {}))
    saved.update({"agreement": None} | changes)  # it has the citations once more
    (desk / "answer.json").write_text(json.dumps(saved), "utf-8")


def test_what_was_just_answered_holds(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(desk, capsys) == (0, "Quotes that hold: 2 of 2; answers read: 1.\n", "")
    line = (desk / "answer.json").read_text("utf-8")
    (desk / "answer.json").write_text(f"{line}\n\n{line}\n", "utf-8")
    assert verify(desk, capsys)[:2] == (0, "Quotes that hold: 4 of 4; answers read: 2.\n")
    status, out, _ = verify(desk, capsys, "--json")
    assert (status, json.loads(out)) == (0, {"answers": 2, "quotes": 4, "faults": []})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"citation": {"start": 1}}, "there stands '"),
        ({"citation": {"start": 10**6, "end": 10**6 + 5}}, "the article has no such place"),
        ({"citation": {"start": -5}}, "the article has no such place"),
        ({"citation": {"quote": "Engineers found 18 cracks."}}, "there stands '"),
        ({"citation": {"article_id": "nobody"}}, "no article of that id is in the index"),
        ({"text": "18"}, "the answer '18' does not stand in its sentence"),
        ({"sentence": "Engineers found 18 cracks."}, "the sentence shown is another than the one quoted"),
        ({"speaker": "Ada Nobody"}, "its article names no 'Ada Nobody', who is said to speak"),
        (
            {"dates": [{"number": 2, "words": "last Monday", "first": "2025-05-12", "last": "2025-05-12"}]},
            "'last Monday' does not stand in its sentence",
        ),
    ],
)
def test_one_altered_character_or_place_is_found(
    desk: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object], said: str
) -> None:
    change(desk, **changes)
    status, out, _ = verify(desk, capsys)
    assert status == 3
    assert said in out
    assert out.endswith("Quotes that hold: 1 of 2; answers read: 1.\n")
    status, out, _ = verify(desk, capsys, "--json")
    [fault] = json.loads(out)["faults"]
    assert (status, said in fault["fault"]) == (3, True)


def test_a_list_is_the_list_of_its_items(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = json.loads((desk / "answer.json").read_text("utf-8"))
    item = {"text": saved["text"], "sources": 1, "superseded": False, "citations": saved["citations"][:1]}
    change(desk, items=[item])
    assert verify(desk, capsys)[0] == 0
    change(desk, items=[item, item])
    status, out, _ = verify(desk, capsys)
    assert (status, f"the answer {saved['text']!r} is not the list of its items" in out) == (3, True)


def test_the_day_of_an_answer_is_that_of_its_newest_article(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(desk, as_of="2031-01-01")
    status, out, _ = verify(desk, capsys)
    assert (status, out.count("2031-01-01 is not the day of its newest article")) == (3, 2)


def test_a_citation_of_the_table_alone_is_looked_at_too(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = json.loads((desk / "answer.json").read_text("utf-8"))
    saved["agreement"]["values"][0]["citations"][1]["start"] += 1
    saved["agreement"]["values"][0]["text"] = "18"
    (desk / "answer.json").write_text(json.dumps(saved), "utf-8")
    status, out, _ = verify(desk, capsys)
    assert (status, "there stands" in out, "'18' does not stand in its sentence" in out) == (3, True, True)
    assert out.endswith("Quotes that hold: 2 of 4; answers read: 1.\n")


def test_a_file_that_changed_or_went_is_found(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk / "news" / "bridge.md"
    path.write_text(path.read_text("utf-8") + "\nCorrected.\n", "utf-8")
    status, out, _ = verify(desk, capsys)
    assert (status, "the file has changed or gone since it was read" in out, "1 of 2" in out) == (3, True, True)
    (desk / "news").rename(desk / "elsewhere")
    assert "Quotes that hold: 0 of 2" in verify(desk, capsys)[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no answer; give a file of answers"),
        ("[1]\n", ":1 is no answer"),
        ('{"question": "Who?"}', ":1 is no answer (not a saved answer: it has no 'text')"),
        ("\x00", ":1 is no answer"),
    ],
)
def test_what_is_no_answer_is_one_sentence(
    desk: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (desk / "answer.json").write_text(text, "utf-8")
    status, out, err = verify(desk, capsys)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_a_file_that_is_not_there_is_one_sentence(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "answer.json").unlink()
    assert "cannot be read" in verify(desk, capsys)[2]
