import numpy as np
import pytest

from course_lib.data import DataError, load
from course_lib.data.sets.sentence_pairs import DATASET, NOUNS, read_pairs


def test_french_agrees_with_the_gender_of_the_noun():
    (x, y), _ = DATASET.stand_in(500, 1)
    feminine = {french for _, french, gender in NOUNS if gender == "f"}
    for english, french in zip(x, y, strict=True):
        words = french.rstrip(".").lower().split()
        assert english[-1] == french[-1] == "."
        for article, noun in zip(words, words[1:], strict=False):
            if article in ("la", "une") and noun in {n for _, n, _ in NOUNS}:
                assert noun in feminine, french


def test_a_prepared_file_is_split_by_english_sentence(tmp_path, monkeypatch):
    folder = tmp_path / "fra_eng"
    folder.mkdir()
    lines = [f"Sentence {n}.\tPhrase\u202f{n} !\tCC-BY" for n in range(300)]
    lines += [f"Sentence {n}.\tUne autre phrase {n}." for n in range(300)]
    (folder / "fra.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    (x_train, y_train), (x_test, _) = load("sentence_pairs", source="real")
    assert len(x_train) + len(x_test) == 600
    assert not set(x_train) & set(x_test)
    assert "Phrase 3 !" in {*y_train, *load("sentence_pairs")[1][1]}


@pytest.mark.parametrize(
    ("text", "message"),
    [("Go.\tVa !\nRun!", "line 2 has no tab"), ("Go.\tVa !", "not enough pairs")],
    ids=["no tab", "too few"],
)
def test_a_damaged_file_is_explained(tmp_path, monkeypatch, text, message):
    (tmp_path / "fra_eng").mkdir()
    file = tmp_path / "fra_eng" / "fra.txt"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=message):
        load("sentence_pairs")


def test_without_a_prepared_file_the_real_set_is_refused(monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    with pytest.raises(DataError, match=r"no prepared file fra_eng/fra\.txt"):
        load("sentence_pairs", source="real")


def test_read_pairs_keeps_strings(tmp_path):
    file = tmp_path / "pairs.txt"
    file.write_text("\n".join(f"A {n}.\tUn {n}." for n in range(99)), encoding="utf-8")
    (x, y), _ = read_pairs(file)
    assert x.dtype == y.dtype == object and isinstance(np.asarray(x)[0], str)
