"""One built index on disk.

::

    index/mine/
      current.json            which build is live, and its manifest's sha256; replaced atomically
      lock                    held by the one process that builds
      builds/<id>/
        manifest.json         how it was made, counts, sha256 of every other file; written last
        sources.jsonl         one line an article: its Source, digest and what cleaning dropped
        texts.bin, texts.npy  the articles' texts in UTF-8, and where each begins
        passages.npy          (passages, 3) int64: article, start, end
        vectors.faiss         one unit vector a passage
        bm25/                 word statistics, as bm25s saves them

manifest.py says what a build is, snapshot.py opens and checks one, publish.py writes one. Readers never lock.
"""

from rag.store.manifest import CURRENT, FORMAT, Manifest, Recipe
from rag.store.publish import Build, IndexedArticle, disk_errors, publish, replace_file, writer_lock
from rag.store.snapshot import Snapshot

__all__ = [
    "CURRENT",
    "FORMAT",
    "Build",
    "IndexedArticle",
    "Manifest",
    "Recipe",
    "Snapshot",
    "disk_errors",
    "publish",
    "replace_file",
    "writer_lock",
]
