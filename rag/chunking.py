"""Article → passages with exact offsets.

Paragraphs are kept whole where they fit, sentences where a paragraph does not, words where a sentence does not, and
characters where a word does not; langchain-text-splitters packs these pieces into passages of at most so many tokens.
The pieces tile the text, so offsets are sums of lengths, computed here and asserted: a splitter's own start index is a
search and can be wrong. What this module does not know: which model counts the tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from rag.text import paragraph_spans, sentence_spans
from rag.types import Article, Passage

# English runs at 4 to 5 characters a token. The cap binds only on text that a tokenizer folds into one unknown token,
# such as a line of a million letters, and keeps such a passage readable.
MAX_CHARACTERS_PER_TOKEN = 12


class PassageChunker:
    """Packs whole paragraphs and sentences into passages of at most `tokens` tokens.

    count_tokens must be additive over words separated by white space, or an upper bound when summed over them;
    WordPiece is additive. The count of every word is remembered.
    """

    def __init__(self, tokens: int, count_tokens: Callable[[str], int]) -> None:
        self.tokens = tokens
        word_tokens = lru_cache(maxsize=500_000)(count_tokens)

        def length(text: str) -> int:
            by_characters = -(-len(text) // MAX_CHARACTERS_PER_TOKEN)
            if by_characters > tokens:
                return by_characters
            return max(sum(word_tokens(word) for word in text.split()), by_characters)

        self._splitter = _TilingSplitter(tokens, length)

    def chunk(self, article: Article) -> list[Passage]:
        """Return passages in order; together they hold every character but white space."""
        passages = []
        offset = 0
        for piece in self._splitter.split_text(article.text):
            start = offset + len(piece) - len(piece.lstrip())
            end = offset + len(piece.rstrip())
            offset += len(piece)
            if start >= end:
                continue
            text = article.text[start:end]
            assert text == piece.strip(), f"the pieces of {article.source.article_id} do not tile its text"
            passages.append(Passage(f"{article.source.article_id}#{start}", article.source, text, start, end))
        assert offset == len(article.text), f"the pieces of {article.source.article_id} end at {offset}"
        return passages


class _TilingSplitter(TextSplitter):
    """Splits a text into pieces whose concatenation is the text."""

    def __init__(self, tokens: int, length: Callable[[str], int]) -> None:
        super().__init__(chunk_size=tokens, chunk_overlap=0, length_function=length, strip_whitespace=False)
        self._tokens, self._length = tokens, length
        self._words = RecursiveCharacterTextSplitter(
            separators=[" "],
            keep_separator="end",
            chunk_size=tokens,
            chunk_overlap=0,
            length_function=length,
            strip_whitespace=False,
        )

    def split_text(self, text: str) -> list[str]:
        """Return the pieces, each of at most `tokens` tokens."""
        return self._merge_splits(self._atoms(text), "")

    def _atoms(self, text: str) -> Iterator[str]:
        for paragraph in _tiles(text, paragraph_spans(text)):
            if self._length(paragraph) <= self._tokens:
                yield paragraph
                continue
            for sentence in _tiles(paragraph, sentence_spans(paragraph)):
                if self._length(sentence) <= self._tokens:
                    yield sentence
                else:
                    yield from self._split_sentence(sentence)

    def _split_sentence(self, sentence: str) -> Iterator[str]:
        for piece in self._words.split_text(sentence):
            if self._length(piece) <= self._tokens:
                yield piece
            else:  # one endless word; nearly every character is at most one token
                for i in range(0, len(piece), self._tokens):
                    yield from self._halve(piece[i : i + self._tokens])

    def _halve(self, word: str) -> Iterator[str]:
        if len(word) == 1 or self._length(word) <= self._tokens:
            yield word
        else:
            yield from self._halve(word[: len(word) // 2])
            yield from self._halve(word[len(word) // 2 :])


def _tiles(text: str, spans: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> Iterator[str]:
    """Yield the text cut where each span but the first begins, so that nothing is lost between spans."""
    cuts = [0, *(start for start, _ in spans[1:]), len(text)]
    for start, end in pairwise(cuts):
        if start < end:
            yield text[start:end]
