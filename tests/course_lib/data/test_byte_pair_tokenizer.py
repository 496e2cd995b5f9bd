"""The byte-pair tokenizer."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from course_lib.data import BytePairTokenizer
from course_lib.data.byte_pair_tokenizer import join_pair

TEXT = "the lower the slower, the lowest of the low: low, lower, lowest\n\n  naïve 🙂🙂\n"


def learn_slowly(word: str, count: int) -> list[tuple[int, int]]:
    tokens, merges = list(word.encode()), []
    for token in range(256, 256 + count):
        pairs = Counter(zip(tokens, tokens[1:], strict=False))
        merges.append(min(pairs, key=lambda pair: (-pairs[pair], pair)))
        if pairs[merges[-1]] < 2:
            return merges[:-1]
        join_pair(tokens, merges[-1], token)
    return merges


@pytest.mark.parametrize("seed", range(20))
def test_merges_of_one_word_are_those_of_counting_anew(seed):
    word = "".join(random.Random(seed).choices("abc", k=60))
    assert BytePairTokenizer(word, 268).merges == learn_slowly(word, 12)


@pytest.mark.parametrize("seed", range(20))
def test_every_string_comes_back(seed):
    tokenizer = BytePairTokenizer(TEXT, 300)
    draw = random.Random(seed)
    kinds = ["abc low", " \t\r\n\u2028", "äé߷Ж漢", "🙂👩‍👧\u0301\u200d", "\ud800\udfff\x00\x7f"]
    text = "".join(draw.choice(draw.choice(kinds)) for _ in range(60))
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_lengths_are_those_of_the_training_text():
    tokenizer = BytePairTokenizer(TEXT, 262)
    assert len(tokenizer) == 262 and len(tokenizer.lengths) == 7
    assert tokenizer.lengths[0] == len(TEXT.encode())
    assert tokenizer.lengths[-1] == len(tokenizer.encode(TEXT))
    assert BytePairTokenizer(TEXT, 256).encode(TEXT) == list(TEXT.encode())


def test_no_token_reaches_over_a_border_of_words():
    tokenizer = BytePairTokenizer("of the of the of the of the", 400)
    assert not any(" " in token.strip() for token in tokenizer.token_strings())


def test_ends_of_the_vocabulary():
    assert len(BytePairTokenizer("abc", 1000)) == 256
    assert BytePairTokenizer("", 300).encode("") == []
    with pytest.raises(ValueError, match="size is 255"):
        BytePairTokenizer("abc", 255)


def test_bytes_that_are_not_a_character_are_replaced():
    assert BytePairTokenizer("", 256).decode([0xF0, 0x9F, 65]) == "\ufffdA"
