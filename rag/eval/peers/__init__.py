"""Our indexing and asking beside Haystack's and txtai's: the same passages, questions and weights, on one machine.

    python -m rag.eval.peers --articles FOLDER --questions FILE.jsonl --work FOLDER

Each peer is installed into a virtual environment of its own under --work (3 GB for both; without --work they are thrown
away in the end; the versions stand in venvs.py), and each run is a process of its own. What is held equal:

- the text of each passage: our chunker's, under its article's title and day, for search and for reading alike;
- the weights: the configured embedder and reader, from the same folders, in float32 (--precision, --peer-precision);
- the work: models are loaded and the passages in memory before indexing is timed; every question is asked alone, after
  some that are not timed.

What a peer does with them is as its documentation advises (run_haystack.py, run_txtai.py). Times depend on what else
the machine does, so compare the ratios, each taken within one round. Hit@5: one of the first five passages holds the
question's evidence.

transformers removed its question-answering pipeline in 5.3; neither peer needs it any more. Haystack 3 keeps its reader
in the package transformers-haystack, and txtai has one of its own.
"""
