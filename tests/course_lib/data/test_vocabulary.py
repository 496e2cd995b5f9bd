import numpy as np

from course_lib.data import Vocabulary


def test_strings_survive_the_way_there_and_back():
    words = Vocabulary(["le chat noir", "la porte"], str.split)
    assert words.decode(words.encode(["le chat", "la porte"], ends=True)) == ["le chat", "la porte"]
    characters = Vocabulary(["2027-03-05", "1970"])
    assert characters.decode(characters.encode(["1970-05", ""])) == ["1970-05", ""]


def test_rare_tokens_become_unknown():
    vocabulary = Vocabulary(["aaabbc"], most=6)
    assert len(vocabulary) == 6
    assert vocabulary.encode(["abc"]).tolist() == [[4, 5, 3]]


def test_the_most_frequent_token_comes_first_and_ties_are_sorted():
    assert Vocabulary(["cab", "b"]).tokens[4:] == ["b", "a", "c"]


def test_long_strings_are_cut_and_short_ones_padded():
    vocabulary = Vocabulary(["ab"])
    numbers = vocabulary.encode(np.array(["abab", "a"]), length=3, ends=True)
    assert numbers.tolist() == [[1, 4, 5], [1, 4, 2]] and numbers.dtype == "int32"
