"""What an index says about itself (law 5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import StoreDamaged, StoreMismatch
from rag.store.manifest import FORMAT, FileSum, Manifest, Recipe, check_files

MANIFEST = Manifest(
    recipe=Recipe("minilm", 384, 160, "{title}\n{text}"),
    articles=2,
    passages=5,
    built="2025-02-04T10:00:00+00:00",
    version="0.1.0",
    folders=("news", "más"),
    skipped=(("a.pdf", "no text in it"),),
    files={"texts.bin": FileSum(3, "ab"), "bm25/rows.json": FileSum(1, "cd")},
)
REMEDY = "rebuild with 'python -m rag index'"


def altered(**changes: object) -> str:
    return json.dumps({**json.loads(MANIFEST.to_text()), **changes})


def without(key: str) -> str:
    return json.dumps({name: value for name, value in json.loads(MANIFEST.to_text()).items() if name != key})


def test_a_manifest_survives_the_file() -> None:
    assert Manifest.from_text(MANIFEST.to_text(), "index/x") == MANIFEST


def test_recall_is_kept_where_something_may_be_missed_and_older_manifests_lack_it() -> None:
    assert "recall" not in json.loads(MANIFEST.to_text())
    large = replace(MANIFEST, recall=0.993)
    assert json.loads(large.to_text())["recall"] == 0.993
    assert Manifest.from_text(large.to_text(), "index/x") == large


def test_a_manifest_names_the_format_and_how_it_was_made() -> None:
    raw = json.loads(MANIFEST.to_text())
    assert raw["format"] == FORMAT
    assert raw["recipe"] == {"embedder": "minilm", "dim": 384, "passage_tokens": 160, "template": "{title}\n{text}"}
    assert (raw["articles"], raw["passages"]) == (2, 5)
    assert "más" in MANIFEST.to_text()


@pytest.mark.parametrize("found", [0, 2, 99, "1", None])
def test_another_format_is_a_mismatch_that_names_both(found: object) -> None:
    with pytest.raises(StoreMismatch) as caught:
        Manifest.from_text(altered(format=found), "index/x")
    message = str(caught.value)
    assert f"format version {found}, this program reads version {FORMAT}" in message
    assert "index/x" in message
    assert REMEDY in message


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", "7", '"x"', "{}",
        *(without(key) for key in json.loads(MANIFEST.to_text())),
        altered(recipe=None), altered(recipe={"embedder": "x"}), altered(files=[]), altered(files={"a": 3}),
        altered(skipped=[["one"]]), altered(folders=3), altered(unheard_of=1),
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_damaged(text: str) -> None:
    with pytest.raises(StoreDamaged) as caught:
        Manifest.from_text(text, "index/x")
    assert "index/x" in str(caught.value)
    assert REMEDY in str(caught.value)


def test_a_sum_is_size_and_sha256(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"abc")
    assert FileSum.of(path) == FileSum(3, hashlib.sha256(b"abc").hexdigest())


def three_files(folder: Path) -> dict[str, FileSum]:
    (folder / "sub").mkdir()
    for name in ("one", "sub/two", "three"):
        (folder / name).write_bytes(name.encode() * 10)
    return {name: FileSum.of(folder / name) for name in ("one", "sub/two", "three")}


def test_whole_files_pass(tmp_path: Path) -> None:
    check_files(tmp_path, three_files(tmp_path))


@pytest.mark.parametrize("name", ["one", "sub/two", "three"])
def test_the_file_that_differs_is_named_and_how(tmp_path: Path, name: str) -> None:
    sums = three_files(tmp_path)
    path, whole = tmp_path / name, (tmp_path / name).read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(StoreDamaged, match=f"{name} has {len(whole) - 1} bytes, {len(whole)} were written; {REMEDY}"):
        check_files(tmp_path, sums)
    path.write_bytes(b"X" + whole[1:])
    with pytest.raises(StoreDamaged, match=rf"{name} was altered after it was written \(sha256 differs\); {REMEDY}"):
        check_files(tmp_path, sums)
    path.unlink()
    with pytest.raises(StoreDamaged, match=rf"{name} cannot be read \(No such file or directory\); {REMEDY}"):
        check_files(tmp_path, sums)


def test_the_first_of_several_that_differ_is_named(tmp_path: Path) -> None:
    sums = three_files(tmp_path)
    for name in ("sub/two", "three"):
        (tmp_path / name).write_bytes(b"X" + (tmp_path / name).read_bytes()[1:])
    with pytest.raises(StoreDamaged, match="two was altered"):
        check_files(tmp_path, sums)


def test_no_files_pass(tmp_path: Path) -> None:
    check_files(tmp_path, {})
