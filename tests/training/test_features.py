"""Examples → windows → batches. Where an answer's tokens stand is compared with what their characters say."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rag.reading.windows import MAX_QUESTION_TOKENS
from rag.training.features import POOL, TOGETHER, Window, batches, padded, windows
from rag.training.mixture import Example
from rag.training.recipe import Recipe
from tests.training.toys import plain

QUESTION = "how many were there?"
SMALL = {"max_tokens": 96, "stride": 16}
CLS, SEP = 101, 102


def made(example: Example, tokenizer: Any, seed: int = 0, **changes: object) -> list[Window]:
    return list(windows([example], tokenizer, plain(**{**SMALL, **changes}), random.Random(seed)))


def places(context: str, tokenizer: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the ids of the whole context, and the half-open characters that each token stands for."""
    encoded = tokenizer(context, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    return encoded["input_ids"], encoded["offset_mapping"]


def told(window: Window) -> list[int]:
    """The context's token ids in a window."""
    return window.ids[window.context : -1].tolist()


def test_a_short_example_by_hand(tokenizer: Any) -> None:
    (window,) = made(Example("Who won?", "A baker won.", (2, 7)), tokenizer)
    assert tokenizer.convert_ids_to_tokens(window.ids.tolist()) == [
        "[CLS]", "who", "won", "?", "[SEP]", "a", "baker", "won", ".", "[SEP]",
    ]  # fmt: skip
    assert (window.context, window.start, window.end) == (5, 6, 6)
    assert window.ids.dtype == np.int32


def test_a_span_of_parts_of_words_by_hand(tokenizer: Any) -> None:
    context = "It was (El Salvador)."
    (window,) = made(Example("Where?", context, (8, 19)), tokenizer)
    tokens = tokenizer.convert_ids_to_tokens(window.ids.tolist())
    assert tokens[window.start : window.end + 1] == ["el", "salvador"]
    (inside,) = made(Example("Where?", context, (12, 15)), tokenizer)  # "alv": the token that holds it
    assert (inside.start, inside.end) == (window.end, window.end)


def test_an_unanswerable_example_gives_one_window_that_does_not_say(tokenizer: Any) -> None:
    (short,) = made(Example("Who won?", "A baker won.", None), tokenizer)
    assert (short.context, short.start, short.end) == (5, 0, 0)
    long = Example("Who won?", " ".join(str(n) for n in range(400)), None)
    drawn = [made(long, tokenizer, seed) for seed in range(60)]
    assert {len(found) for found in drawn} == {1}
    assert {(found[0].start, found[0].end) for found in drawn} == {(0, 0)}
    assert len({tuple(found[0].ids) for found in drawn}) > 4  # any of its windows


# Hard characters: several bytes each, several characters to one glyph, none of their own width, right to left.
HARD = [
    "43", "$1,340", "don't", "naïve", "cafe\u0301", "Ünïted", "日本語", "日", "🚀", "👨\u200d👩\u200d👧", "❤\ufe0f",
    "–", "“quoted”", "\u200b", "\u0301", "ﬁn", "Straße", "İzmir", "नमस्ते", "مرحبا", "\n\n", "\u2028", "x" * 120,
    "e\u0301lan",
]  # fmt: skip
WORDS = st.one_of(st.sampled_from(HARD), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6))


@st.composite
def hard_examples(draw: st.DrawFn) -> Example:
    """A context of 1 to 400 hard words, and a span of any characters of it."""
    few = draw(st.lists(WORDS, min_size=1, max_size=12))
    context = draw(st.sampled_from([" ", "", ", "])).join(few * draw(st.sampled_from([1, 1, 3, 30])))
    start = draw(st.integers(0, len(context) - 1))
    return Example(QUESTION, context, (start, draw(st.integers(start + 1, min(len(context), start + 40)))))


@settings(max_examples=150, deadline=None)
@given(hard_examples())
def test_the_marked_tokens_stand_for_exactly_the_characters_of_the_span(tokenizer: Any, example: Example) -> None:
    assert example.span is not None
    start, end = example.span
    ids, offsets = places(example.context, tokenizer)
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
    assume(inside)
    first, last = inside[0], inside[-1]
    start, end = max(start, offsets[first][0]), min(end, offsets[last][1])  # what has no token is left out
    for window in made(example, tokenizer, missed=1.0):
        found = told(window)
        if not window.start:
            assert window.end == 0
            continue
        assert window.context <= window.start <= window.end < len(window.ids) - 1
        # the window holds a run of the context's tokens, in which the marked ones are those that touch the span
        begin = first - (window.start - window.context)
        assert begin >= 0
        assert ids[begin : begin + len(found)] == found
        marked = offsets[begin + window.start - window.context], offsets[begin + window.end - window.context]
        assert marked[0][0] <= start < marked[0][1]
        assert marked[1][0] < end <= marked[1][1]
        if offsets[last] != offsets[last - 1] or last == 0:  # no two tokens for one character
            assert window.end - window.start == last - first


@settings(max_examples=60, deadline=None)
@given(hard_examples(), st.integers(0, 1000))
def test_a_window_is_question_and_a_whole_run_of_tokens_within_its_size(
    tokenizer: Any, example: Example, seed: int
) -> None:
    asked = tokenizer(QUESTION, add_special_tokens=False)["input_ids"]
    ids, offsets = places(example.context, tokenizer)
    assert all(0 <= a < b <= len(example.context) for a, b in offsets)  # whole characters, never parts of them
    for window in made(example, tokenizer, seed, missed=0.5):
        assert len(window.ids) <= 96
        assert window.ids.tolist() == [CLS, *asked, SEP, *told(window), SEP]
        assert window.context == len(asked) + 2
        runs = [i for i in range(len(ids) - len(told(window)) + 1) if ids[i : i + len(told(window))] == told(window)]
        assert runs


@pytest.mark.parametrize(
    ("context", "span"),
    [
        ("at the cafe\u0301 now", (3, 12)),
        ("we ❤\ufe0f it", (3, 5)),
        ("at the cafe now", (6, 11)),  # with the space before it
        ("at the cafe\u200b now", (3, 12)),
    ],
)
def test_an_answer_that_begins_or_ends_with_a_character_without_a_token_is_found(
    tokenizer: Any, context: str, span: tuple[int, int]
) -> None:
    found = made(Example("where?", context, span), tokenizer, missed=1.0)
    assert [window.start > 0 for window in found] == [True]


# Long contexts: which windows are kept.


def numbers(count: int) -> str:
    return " ".join(f"{n % 90 + 10}" for n in range(count))  # one token each: the vocabulary knows 10 to 99


def test_of_the_windows_that_hold_the_answer_the_one_with_most_context_around_it_is_kept(tokenizer: Any) -> None:
    context = numbers(300)
    ids, _ = places(context, tokenizer)
    assert len(ids) == 300
    asked = len(tokenizer(QUESTION, add_special_tokens=False)["input_ids"])
    room = 96 - asked - 3
    for place in range(0, 300, 7):
        (window,) = made(Example(QUESTION, context, (3 * place, 3 * place + 2)), tokenizer)
        starts = [*range(0, 300 - room, room - 16), max(range(0, 300 - room, room - 16)) + room - 16]
        runs = [(start, min(start + room, 300)) for start in starts]  # all windows, by hand: 16 tokens shared by two
        best = max(min(place - a, b - place - 1) for a, b in runs if a <= place < b)
        before, after = window.start - window.context, len(window.ids) - 2 - window.end
        assert best - 2 <= min(before, after) <= best  # the code counts [SEP], and one more, as context after it
        assert ids[place - before : place + after + 1] == told(window)


def test_missed_is_the_share_of_long_contexts_that_give_an_unanswerable_window_too(tokenizer: Any) -> None:
    long = [Example(QUESTION, numbers(200), (30, 32))] * 400
    given = [*long, *[Example(QUESTION, numbers(20), (30, 32))] * 100]

    def kinds(missed: float) -> Counter[bool]:
        recipe = plain(**SMALL, missed=missed)
        return Counter(window.start > 0 for window in windows(given, tokenizer, recipe, random.Random(0)))

    assert kinds(0.0) == {True: 500}
    assert kinds(1.0) == {True: 500, False: 400}  # a short context has but one window
    share = kinds(0.3)
    assert share[True] == 500
    assert 84 <= share[False] <= 156  # 120 ± 4 * sqrt(400 * 0.3 * 0.7)


def test_an_unanswerable_window_of_an_answerable_row_lacks_a_part_of_the_answer(tokenizer: Any) -> None:
    context = " ".join(str(year) for year in range(1870, 1990))
    ids, _ = places(context, tokenizer)
    assert len(ids) == len(set(ids)) == 120
    for place in range(0, 117, 5):
        span = 5 * place, 5 * place + 14  # three years
        found = made(Example(QUESTION, context, span), tokenizer, missed=1.0)
        wanted = ids[place : place + 3]
        for window in found:
            runs = [told(window)[i : i + 3] == wanted for i in range(len(told(window)))]
            assert any(runs) == (window.start > 0)


def test_an_answer_longer_than_any_window_teaches_only_by_the_share_missed(tokenizer: Any) -> None:
    endless = Example(QUESTION, numbers(300), (0, 3 * 290))
    assert made(endless, tokenizer) == []
    assert [(w.start, w.end) for w in made(endless, tokenizer, missed=1.0)] == [(0, 0)]


def test_a_recipe_stride_is_cut_so_that_a_long_question_leaves_windows_room(tokenizer: Any) -> None:
    question = "why " * 200
    found = made(Example(question, numbers(300), (600, 602)), tokenizer, stride=48)
    assert [len(window.ids) for window in found] == [96]
    assert found[0].context == MAX_QUESTION_TOKENS + 2


def test_a_question_is_cut_to_its_last_tokens(tokenizer: Any) -> None:
    words = [str(n) for n in range(10, 90)]  # 80 tokens
    ids = tokenizer(" ".join(words), add_special_tokens=False)["input_ids"]
    assert len(ids) == 80
    for count in (63, 64, 65, 80):
        (window,) = made(Example(" ".join(words[:count]), "A baker won.", (2, 7)), tokenizer)
        expected = ids[:count][-MAX_QUESTION_TOKENS:]
        assert window.ids[1 : window.context - 1].tolist() == expected
        assert tokenizer.decode(told(window)[1:2]) == "baker"
        assert window.start == window.end == len(expected) + 3


def test_a_question_of_64_characters_is_cut_too(tokenizer: Any) -> None:
    question = "한 " * 32
    assert len(question) == MAX_QUESTION_TOKENS
    assert len(tokenizer(question, add_special_tokens=False)["input_ids"]) == 96
    (window,) = made(Example(question, "A baker won.", (2, 7)), tokenizer)
    assert window.context <= MAX_QUESTION_TOKENS + 2 + 2  # a character of several tokens is not cut


def test_examples_come_in_order_over_many_calls_of_the_tokenizer(tokenizer: Any) -> None:
    given = [Example("who?", f"It was {n}.", (7, 7 + len(str(n)))) for n in range(TOGETHER + 9)]
    found = list(windows(given, tokenizer, Recipe(), random.Random(0)))
    assert [tokenizer.decode(w.ids[w.start : w.end + 1]) for w in found] == [str(n) for n in range(TOGETHER + 9)]


# Batches.


def window(tokens: int, name: int) -> Window:
    """A window of so many tokens whose ids tell its name; the answer is the token after the context's first."""
    return Window(np.full(tokens, name, np.int32), 3, 4, 5)


def sized(count: int, seed: int = 0) -> list[Window]:
    rng = random.Random(seed)
    return [window(rng.randrange(8, 97), n + 1) for n in range(count)]


@pytest.mark.parametrize("batch_tokens", [96, 100, 500, 100_000])
def test_batches_hold_every_window_once_and_no_more_than_so_many_tokens(batch_tokens: int) -> None:
    given = sized(POOL * 5 + 3)
    found = batches(given, plain(**SMALL, batch_tokens=batch_tokens), random.Random(0))
    assert all(batch.ids.size <= batch_tokens for batch in found)
    names = Counter(int(row[0]) for batch in found for row in batch.ids)
    assert names == dict.fromkeys(range(1, len(given) + 1), 1)
    lengths = Counter((int(row[0]), int(row.astype(bool).sum())) for batch in found for row in batch.ids)
    assert lengths == Counter((int(w.ids[0]), len(w.ids)) for w in given)
    assert (len(found) == 1) == (batch_tokens == 100_000)


def test_batches_are_of_like_length_in_random_order_and_full() -> None:
    given = sized(500)
    found = batches(given, plain(**SMALL, batch_tokens=960), random.Random(0))
    padding = 1 - sum(batch.mask.sum() for batch in found) / sum(batch.mask.size for batch in found)
    assert padding < 0.05  # without sorting about 0.4
    widths = [batch.ids.shape[1] for batch in found]
    assert widths != sorted(widths)
    assert widths != sorted(widths, reverse=True)
    # a batch ends only where the next window of its pool would not fit: few are small
    assert len(found) <= 1.15 * sum(len(w.ids) for w in given) / 960 + 1


def test_batches_depend_on_the_draw_only() -> None:
    recipe = plain(**SMALL, batch_tokens=300)
    one, again, other = (batches(sized(50), recipe, random.Random(seed)) for seed in (3, 3, 4))
    assert [batch.ids.tolist() for batch in one] == [batch.ids.tolist() for batch in again]
    assert [batch.ids.tolist() for batch in one] != [batch.ids.tolist() for batch in other]


def test_no_windows_give_no_batches() -> None:
    assert batches([], plain(), random.Random(0)) == []


def test_padding_by_hand() -> None:
    #                      CLS  q SEP c1 c2 SEP
    long = Window(np.array([101, 7, 102, 8, 9, 102], np.int32), 3, 4, 4)
    short = Window(np.array([101, 7, 102, 102], np.int32), 3, 0, 0)  # an empty context
    batch = padded([long, short])
    assert batch.ids.tolist() == [[101, 7, 102, 8, 9, 102], [101, 7, 102, 102, 0, 0]]
    assert batch.types.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 0, 0]]
    assert batch.mask.tolist() == [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
    # an answer may be in the context, the null on the first token; not in the question, on a mark or in padding
    assert batch.allowed.tolist() == [[True, False, False, True, True, False], [True] + [False] * 5]
    assert batch.starts.tolist() == batch.ends.tolist() == [4, 0]
    kinds = {name: str(getattr(batch, name).dtype) for name in ("ids", "types", "mask", "starts", "ends", "allowed")}
    assert kinds == {**dict.fromkeys(("ids", "types", "mask", "starts", "ends"), "int64"), "allowed": "bool"}


@settings(max_examples=40, deadline=None)
@given(st.lists(hard_examples(), min_size=1, max_size=4), st.integers(0, 9))
def test_in_a_batch_the_marked_tokens_are_allowed_and_types_are_the_tokenizers(
    tokenizer: Any, examples: list[Example], seed: int
) -> None:
    recipe = plain(**SMALL, missed=0.5, batch_tokens=200)
    found = list(windows(examples, tokenizer, recipe, random.Random(seed)))
    for batch in batches(found, recipe, random.Random(seed)):
        row = np.arange(len(batch.ids))
        assert batch.allowed[row, batch.starts].all()
        assert batch.allowed[row, batch.ends].all()
        assert not batch.allowed[batch.mask == 0].any()
        assert not batch.allowed[batch.ids == SEP].any()
        assert (batch.types[:, 1:] >= batch.allowed[:, 1:]).all()
        assert (batch.mask == (batch.ids != tokenizer.pad_token_id)).all()


def test_types_and_mask_are_those_of_the_tokenizer(tokenizer: Any) -> None:
    pairs = [("who won?", "A baker won the national bread prize."), ("who?", "A baker.")]
    encoded = tokenizer(*map(list, zip(*pairs, strict=True)), padding=True)
    batch = padded([made(Example(q, c, None), tokenizer)[0] for q, c in pairs])
    assert batch.ids.tolist() == encoded["input_ids"]
    assert batch.types.tolist() == encoded["token_type_ids"]
    assert batch.mask.tolist() == encoded["attention_mask"]


def grouped(sizes: dict[str, int], tokens: int = 60) -> list[Window]:
    """Return windows of so many tokens each, in turn one of each group ("": of none)."""
    ids = np.zeros(tokens, np.int32)
    turns = [(i, name) for name, size in sizes.items() for i in range(size)]
    return [Window(ids, 3, 0, 0, name) for _, name in sorted(turns)]


def test_windows_of_one_group_come_in_one_batch() -> None:
    found = grouped({f"question {i}": 1 + i % 5 for i in range(300)} | {"": 200})
    made = batches(found, plain(max_tokens=96, stride=16, batch_tokens=600), random.Random(3))
    sizes = Counter(len(group) for batch in made for group in batch.groups)
    assert sizes == dict.fromkeys(range(1, 6), 60)
    assert sum(len(batch.ids) for batch in made) == len(found)
    assert max(batch.ids.size for batch in made) <= 600
    lone = sum(len(batch.ids) - sum(map(len, batch.groups)) for batch in made)
    assert lone == 200


def test_a_group_that_no_batch_can_hold_is_cut() -> None:
    made = batches(grouped({"long": 14}), plain(max_tokens=96, stride=16, batch_tokens=600), random.Random(0))
    assert sum(len(group) for batch in made for group in batch.groups) == 14
    assert len(made) == 2
    assert max(batch.ids.size for batch in made) <= 600


def test_a_batch_tells_the_rows_of_each_group() -> None:
    ids = np.zeros(8, np.int32)
    batch = padded([Window(ids, 3, 0, 0, name) for name in ("a", "", "b", "a")])
    assert batch.groups == ((0, 3), (2,))


def test_windows_carry_their_example_s_group(tokenizer: Any) -> None:
    long = "A baker won. " * 60
    found = made(Example("Who won?", long, (2, 7), "q"), tokenizer, missed=1.0)
    assert [window.group for window in found] == ["q", "q"]
