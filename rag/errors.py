"""What can go wrong, drawn as one tree.

::

    RagError                    every error that is the caller's to mend; the command line exits 2
    ├── QuestionError           the question is blank or too long
    ├── ArticlesError           no such folder, or nothing in it that can be read
    ├── ConfigError             an unknown key, a wrong type, a value out of range
    ├── ModelError              an embedder or reader that cannot be loaded
    └── StoreError              the built index
        ├── StoreMissing        there is none
        ├── StoreDamaged        a file is missing, cut short or altered
        ├── StoreMismatch       it was built another way: format version, embedder
        ├── StoreBusy           another process is building it
        └── StoreFull           it could not be written: no room, no permission

Each message is one sentence or two: what was found, what was wanted, and what to do about it.
Anything else that is raised is our fault; the command line exits 1.
"""


class RagError(Exception):
    """An error that the caller can mend; its text says how."""


class QuestionError(RagError):
    """The question cannot be asked."""


class ArticlesError(RagError):
    """There are no articles to read."""


class ConfigError(RagError):
    """The configuration cannot be used."""


class ModelError(RagError):
    """A model cannot be loaded."""


class StoreError(RagError):
    """The built index cannot be used."""


class StoreMissing(StoreError):
    """There is no built index at that place."""


class StoreDamaged(StoreError):
    """A file of the index is missing, cut short or altered."""


class StoreMismatch(StoreError):
    """The index was built in another way than it is being opened."""


class StoreBusy(StoreError):
    """Another process is building this index."""


class StoreFull(StoreError):
    """The index could not be written."""


def in_a_line(error: BaseException) -> str:
    """Return what an error says in one line: a RagError its sentence, any other its kind and at most 300 characters."""
    if isinstance(error, RagError):
        return str(error)
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
