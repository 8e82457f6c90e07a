import hashlib

from rag.articles import record
from rag.articles.record import digest_of, make_record, size_reason


def test_a_digest_covers_version_path_id_and_bytes(monkeypatch):
    base = digest_of("a.txt", "a", b"x")
    assert base == digest_of("a.txt", "a", b"x")
    assert len({base, digest_of("b.txt", "a", b"x"), digest_of("a.txt", "b", b"x"), digest_of("a.txt", "a", b"y")}) == 4
    monkeypatch.setattr(record, "VERSION", record.VERSION + 1)
    assert digest_of("a.txt", "a", b"x") != base


def test_parts_cannot_run_into_each_other():
    assert digest_of("ab", "c", b"") != digest_of("a", "bc", b"")
    assert digest_of("a", "b", b"c") != digest_of("a", "bc", b"")


def test_a_digest_is_sha256_in_hex():
    assert len(make_record("a", "a", ".txt", b"x").digest) == len(hashlib.sha256().hexdigest())


def test_a_record_shows_no_bytes():
    assert "secret" not in repr(make_record("a", "a", ".txt", b"secret"))


def test_a_size_is_told_in_mebibytes():
    assert size_reason(60 * 2**20) == "60.0 MiB in one file; at most 32 MiB"
