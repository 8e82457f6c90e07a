import os
import stat
from pathlib import Path

import pytest

from rag.articles.walking import showable, walk


def walked(*roots):
    skipped = []
    found = [f.shown for f in walk(roots, skipped.append)]
    return found, [(s.path, s.reason) for s in skipped]


def test_files_first_then_folders_both_by_name_and_hidden_never(tmp_path):
    for name in ("b.txt", "a/z.txt", "B.txt", ".h.txt", ".git/x.txt", "a/a/deep.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found, skipped = walked(tmp_path)
    assert [os.path.relpath(f, tmp_path) for f in found] == ["B.txt", "b.txt", "c.txt", "a/z.txt", "a/a/deep.txt"]
    assert skipped == []


def test_links_that_go_round_end(tmp_path):
    (tmp_path / "news" / "sub").mkdir(parents=True)
    (tmp_path / "news" / "a.txt").write_text("x")
    (tmp_path / "news" / "sub" / "up").symlink_to(tmp_path / "news")
    (tmp_path / "news" / "above").symlink_to(tmp_path)
    (tmp_path / "news" / "self.txt").symlink_to("self.txt")
    (tmp_path / "news" / "gone.txt").symlink_to("nowhere")
    found, skipped = walked(tmp_path / "news")
    news = str(tmp_path / "news")
    assert found == [f"{news}/a.txt"]
    assert dict(skipped)[f"{news}/sub/up"] == f"already read as {news}"
    assert dict(skipped)[f"{news}/above"] == "a link back to a folder that holds this one"
    assert dict(skipped)[f"{news}/self.txt"].startswith("a broken link")
    assert dict(skipped)[f"{news}/gone.txt"].startswith("a broken link")
    assert len(skipped) == 4


def test_a_file_is_read_once_though_named_twice(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.txt").symlink_to("a.txt")
    found, skipped = walked(tmp_path, tmp_path)
    assert found == [f"{tmp_path}/a.txt"]
    assert skipped == [(f"{tmp_path}/b.txt", f"already read as {tmp_path}/a.txt")]


def test_a_link_out_of_the_folder_is_followed(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a.txt").write_text("x")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "more").symlink_to(tmp_path / "store")
    assert walked(tmp_path / "news")[0] == [f"{tmp_path}/news/more/a.txt"]


def test_pipes_and_sockets_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    os.mknod(tmp_path / "sock.txt", stat.S_IFSOCK | 0o600)
    found, skipped = walked(tmp_path)
    assert found == []
    assert [reason for _, reason in skipped] == ["not a regular file (a pipe, a socket or a device)"] * 2


def test_odd_names_can_be_shown(tmp_path):
    folder = os.fsencode(tmp_path)
    for name in (
        b"new\nline.txt",
        b"bad\xff.txt",
        "turn\u202e.txt".encode(),
        "ship🚢.txt".encode(),
        b"back\\slash.txt",
    ):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"x")
    found, _ = walked(tmp_path)
    assert sorted(Path(f).name for f in found) == sorted(
        ["new\\x0aline.txt", "bad\\xff.txt", "turn\\u202e.txt", "ship🚢.txt", "back\\slash.txt"]
    )
    for path in found:
        path.encode()


def test_deep_folders_do_not_use_up_pythons_stack(tmp_path):
    path = tmp_path
    for _ in range(300):
        path = path / "d"
    path.mkdir(parents=True)
    (path / "a.txt").write_text("x")
    assert len(walked(tmp_path)[0]) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_that_may_not_be_opened(tmp_path):
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut").chmod(0)
    try:
        found, skipped = walked(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert found == []
    assert skipped == [(f"{tmp_path}/shut", "the folder cannot be opened: Permission denied")]


def test_escapes():
    assert showable("a\udcffb\ud800\x07") == "a\\xffb\\ud800\\x07"
    assert showable("plain café 🚢") == "plain café 🚢"
