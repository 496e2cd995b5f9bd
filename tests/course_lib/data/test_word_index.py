import hashlib
import json

import pytest

from course_lib.data import load, word_index


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_words_of_the_stand_in_cover_its_numbers(name):
    (x, _), (x_test, _) = load(name, "offline", "quick")
    ranks = word_index(name)
    assert sorted(ranks.values()) == list(range(1, len(ranks) + 1))
    assert max(max(s) for s in [*x, *x_test]) <= len(ranks) + 3


def test_only_texts_have_words():
    with pytest.raises(ValueError, match='write "imdb" or "reuters"'):
        word_index("mnist")


def test_words_of_the_real_set_come_from_keras_cache(in_new_process):
    in_new_process.datasets.mkdir()
    path = in_new_process.datasets / "imdb_word_index.json"
    path.write_text(json.dumps({"the": 1}))
    code = """
from dataclasses import replace
from course_lib.data import imdb, word_index
file = replace(imdb.DATASET.word_file, digest="{}")
imdb.DATASET = replace(imdb.DATASET, word_file=file)
print(word_index("imdb"))
"""
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    assert in_new_process(code.format(digest)).stdout == "{'the': 1}\n"
    rejected = in_new_process(code.format("0" * 32))
    assert "is not the file that Keras expects" in rejected.stderr and "md5" in rejected.stderr
    assert path.exists()
