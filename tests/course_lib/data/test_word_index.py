import hashlib
import json

import pytest

from course_lib.data import load, word_index


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_the_stand_ins_words_cover_its_numbers(name):
    (x, _), (x_test, _) = load(name, "offline", "quick")
    ranks = word_index(name)
    assert sorted(ranks.values()) == list(range(1, len(ranks) + 1))
    assert max(max(s) for s in [*x, *x_test]) <= len(ranks) + 3


def test_texts_alone_have_words():
    with pytest.raises(ValueError, match='write "imdb" or "reuters"'):
        word_index("mnist")


def test_the_real_words_come_from_keras_cache(in_new_process):
    in_new_process.datasets.mkdir()
    path = in_new_process.datasets / "imdb_word_index.json"
    path.write_text(json.dumps({"the": 1}))
    code = """
from dataclasses import replace
from importlib import import_module
module = import_module("course_lib.data.word_index")
module.FILES["imdb"] = replace(module.FILES["imdb"], digest="{}")
print(module.word_index("imdb"))
"""
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    assert in_new_process(code.format(digest)).stdout == "{'the': 1}\n"
    refused = in_new_process(code.format("0" * 32))
    assert "is not the file that Keras expects" in refused.stderr and "md5" in refused.stderr
    assert path.exists()
