from pathlib import Path

import pytest

from rag.articles import no_articles, record, scan
from rag.errors import ArticlesError
from rag.types import Skipped


def write(folder, *names, text="Some words."):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_records_in_a_stable_order_with_their_ids(tmp_path, scanned):
    write(tmp_path, "b.txt", "a/c.md", "a.txt", "a/b.txt")
    records, skipped = scanned()
    assert [r.path for r in records] == [f"{tmp_path}/{n}" for n in ("a.txt", "b.txt", "a/b.txt", "a/c.md")]
    assert [r.article_id for r in records] == ["a", "b", "a/b", "c"]
    assert skipped == []


def test_a_shared_id_goes_to_the_first_and_the_others_take_their_paths(tmp_path, scanned):
    write(tmp_path, "s.txt", "s.md", "x/s.txt", "y/s.txt")
    assert [r.article_id for r in scanned()[0]] == ["s", "s.txt", "x/s", "y/s"]


def test_two_folders_with_the_same_names(tmp_path, scanned):
    write(tmp_path, "one/s.txt", "two/s.txt", "three/s.txt")
    records, _ = scanned(tmp_path / "one", tmp_path / "two", tmp_path / "three")
    assert [r.article_id for r in records] == ["s", "s.txt", f"{tmp_path}/three/s.txt"]


def test_front_matter_names_the_article(tmp_path, scanned):
    write(tmp_path, "a.md", text="---\nid: tolls-7\n---\nWords.")
    write(tmp_path, "b.md", text="---\nid: tolls-7\n---\nWords.")
    assert [r.article_id for r in scanned()[0]] == ["tolls-7", "b"]


def test_a_digest_changes_with_the_file_and_only_then(tmp_path, scanned):
    write(tmp_path, "a.txt", "b.txt")
    before = [r.digest for r in scanned()[0]]
    assert [r.digest for r in scanned()[0]] == before
    write(tmp_path, "b.txt", text="Other words.")
    after = [r.digest for r in scanned()[0]]
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)


def test_what_is_not_read_is_reported_once(tmp_path, scanned):
    write(tmp_path, "a.txt", "b.xyz", "README", "c.gz")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "empty.jsonl").touch()
    _, skipped = scanned()
    assert {(Path(s.path).name, s.reason) for s in skipped} == {
        ("README", "a name without an ending"),
        ("b.xyz", "ending .xyz is not read"),
        ("c.gz", "ending .gz is not read"),
        ("empty.txt", "the file is empty"),
        ("empty.jsonl", "the file is empty"),
    }


def test_a_large_file_is_not_even_opened_for_reading(tmp_path, scanned):
    write(tmp_path, "a.txt")
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(60 * 2**20)
    _, (skip,) = scanned()
    assert skip == Skipped(f"{tmp_path}/big.txt", "60.0 MiB in one file; at most 32 MiB")


def test_a_file_that_may_not_be_read(tmp_path, scanned, monkeypatch):
    write(tmp_path, "a.txt", "b.txt")
    opened = type(tmp_path).open

    def refuse(path, *args, **kwargs):
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    records, skipped = scanned()
    assert [r.article_id for r in records] == ["a"]
    assert skipped == [Skipped(f"{tmp_path}/b.txt", "cannot be read: Permission denied")]


def test_a_file_may_be_named_instead_of_a_folder(tmp_path, scanned):
    write(tmp_path, "a.txt", "b.txt")
    assert [r.article_id for r in scanned(tmp_path / "b.txt")[0]] == ["b"]


def test_scanning_reads_one_article_at_a_time(tmp_path):
    write(tmp_path, "a.txt", "b.txt")
    records = scan([tmp_path], lambda skip: None)
    assert next(records).article_id == "a"
    (tmp_path / "b.txt").write_text("Changed before its turn.")
    assert next(records).data == b"Changed before its turn."


WANTED = ".txt, .md, .html, .htm, .pdf, .docx, .jsonl or .jsonl.gz"


def message(*folders) -> str:
    with pytest.raises(ArticlesError) as error:
        list(scan(folders, lambda skip: None))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_no_such_folder(tmp_path):
    text = message(tmp_path / "nope")
    assert text == f"There is no folder '{tmp_path}/nope'; wanted a folder (or a file) of articles, ending in {WANTED}."
    with pytest.raises(ArticlesError):
        scan([tmp_path / "nope"], lambda skip: None)  # at once, before the first record is asked for
    message("x\0y")
    message("x" * 5000)


def test_an_empty_folder(tmp_path):
    (tmp_path / ".hidden.txt").write_text("x")
    assert message(tmp_path) == f"Nothing to read in '{tmp_path}': it is empty; wanted articles ending in {WANTED}."


def test_a_folder_with_nothing_readable(tmp_path):
    write(tmp_path, "a.xyz", "b.xyz", "c")
    assert message(tmp_path) == (
        f"Nothing to read in '{tmp_path}': found 3 things, none an article (2 × ending .xyz is not read; "
        f"1 × a name without an ending); wanted articles ending in {WANTED}."
    )


def test_no_folder_at_all():
    assert message() == f"No folder of articles was named; give at least one, with files ending in {WANTED}."


def test_the_same_error_for_records_that_could_not_be_parsed():
    error = no_articles(["news"], [Skipped("news/a.pdf", "no text layer (a scan?)")])
    assert "found 1 thing, none an article (1 × no text layer (a scan?))" in str(error)


def test_importing_is_cheap():
    import subprocess
    import sys

    heavy = "trafilatura pypdf docx ftfy lxml charset_normalizer dateutil yaml"
    code = f"import sys, rag.articles; print([m for m in {heavy.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_in_the_table_of_contents():
    import rag.articles

    assert rag.articles.VERSION == record.VERSION
    assert all(hasattr(rag.articles, name) for name in rag.articles.__all__)
