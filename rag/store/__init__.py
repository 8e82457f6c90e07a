"""One built index on disk.

::

    index/mine/
      current.json            which build is live, and its manifest's sha256; replaced atomically
      lock                    held by the one process that builds
      unfinished.vectors      what a build that was stopped has embedded already; goes when the next one is done
      builds/<id>/
        manifest.json         how it was made, counts, sha256 of every other file; written last
        sources.jsonl         one line an article: its Source, digest and what cleaning dropped
        texts.bin, texts.npy  the articles' texts in UTF-8, and where each begins
        passages.npy          (passages, 3) int64: article, start, end
        vectors.faiss         one unit vector a passage
        vectors.lists         of a large archive: which of them may lie near a question
        bm25/                 word statistics, as bm25s saves them

manifest.py says what a build is, snapshot.py opens and checks one, publish.py writes one. Readers never lock.
"""

from rag.store.archive import IndexArchive
from rag.store.journal import VectorJournal, forget, unfinished
from rag.store.manifest import COPIES, CURRENT, FORMAT, Manifest, Recipe, Stamp, check_files, live_stamp
from rag.store.publish import Draft, IndexedArticle, disk_errors, drafting, leftovers, replace_file, writer_lock
from rag.store.snapshot import Snapshot, live_build

__all__ = [
    "COPIES",
    "CURRENT",
    "FORMAT",
    "Draft",
    "IndexArchive",
    "IndexedArticle",
    "Manifest",
    "Recipe",
    "Snapshot",
    "Stamp",
    "VectorJournal",
    "check_files",
    "disk_errors",
    "drafting",
    "forget",
    "leftovers",
    "live_build",
    "live_stamp",
    "replace_file",
    "unfinished",
    "writer_lock",
]
