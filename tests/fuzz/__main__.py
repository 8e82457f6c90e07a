"""Coverage-guided fuzzing of one law: `python -m tests.fuzz LAW FOLDER [SECONDS]`.

Needs `pip install atheris`, which the tests do not. FOLDER keeps the inputs that reach new code, for the next run, and
each broken law once, as FOLDER/found/NAME and what it said in NAME.txt. What takes over three seconds counts as broken.
LAW is a name in tests/fuzz/laws.py, or `tokens`: chunking by the packaged embedder's own tokenizer.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTRUMENTED = {
    "html": ["trafilatura", "htmldate"],
    "pdf": ["pypdf"],
    "docx": ["docx"],
    "markdown": ["yaml"],
    "config": ["yaml"],
    "chunking": ["nupunkt", "langchain_text_splitters"],
    "tokens": ["nupunkt", "langchain_text_splitters"],
}
SLOW = 3.0
LONGEST = {"html": 16_384, "pdf": 32_768, "docx": 16_384}


def seeds(law: str) -> list[bytes]:
    """Return inputs to begin with: the sample newsroom's files, and one by hand of what it lacks."""
    from tests.fuzz import samples

    articles = sorted((ROOT / "eval" / "articles").iterdir())
    ending = {"text": ".txt", "markdown": ".md", "html": ".html", "pdf": ".pdf", "docx": ".docx"}.get(law)
    files = [path.read_bytes() for path in articles if path.suffix == ending or (law in ("text", "chunking", "tokens"))]
    return [*files, *samples.SAMPLES.get(law, ())]


def main(law: str, folder: Path, seconds: int) -> None:
    """Fuzz, and never return: libFuzzer ends the process."""
    try:
        import atheris
    except ImportError:
        sys.exit("Fuzzing needs atheris: pip install atheris")
    libraries = INSTRUMENTED.get(law, [])
    with atheris.instrument_imports(include=["rag", *libraries], enable_loader_override=False):
        from tests.fuzz import laws

        for name in libraries:  # rag imports them when first needed, which would be too late
            importlib.import_module(name)
    check = functools.partial(laws.chunking, count=tokenizer()) if law == "tokens" else laws.LAWS[law]
    for place in (folder / "corpus", folder / "found"):
        place.mkdir(parents=True, exist_ok=True)
    for seed in seeds(law):
        (folder / "corpus" / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    with contextlib.suppress(Exception):
        check(seeds(law)[0])  # what a first call imports takes seconds

    def one(data: bytes) -> None:
        began = time.process_time()
        try:
            check(data)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            said = str(error)[:30] if isinstance(error, AssertionError) else ""
            keep(folder / "found", f"{type(error).__name__} {place.filename}:{place.name} {said}", data, error)
        if (taken := time.process_time() - began) > SLOW:
            keep(folder / "found", "slow", data, f"{taken:.1f} s for {len(data)} bytes")

    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST.get(law, 4096)}", "-timeout=60", "-rss_limit_mb=3000"]
    options += [f"-artifact_prefix={folder}/found/hang-", "-print_final_stats=1", "-reload=0"]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], one)
    atheris.Fuzz()


def keep(found: Path, kind: str, data: bytes, said: Exception | str) -> None:
    """Keep the first input that breaks a law in one way."""
    name = hashlib.sha256(kind.encode()).hexdigest()[:12]
    if (found / name).exists():
        return
    told = said if isinstance(said, str) else "".join(traceback.format_exception(said, limit=-8))
    (found / name).write_bytes(data)
    (found / f"{name}.txt").write_text(told, "utf-8", "backslashreplace")
    print(f"FOUND {name}: {told.strip().splitlines()[-1]}", flush=True)


def tokenizer():
    from rag.embedding import SentenceEmbedder

    return SentenceEmbedder().count_tokens


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 60)
