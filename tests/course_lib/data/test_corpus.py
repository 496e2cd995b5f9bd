"""Corpora."""

from __future__ import annotations

import pytest

from course_lib import data
from course_lib.data import DataError


def test_held_out_text_is_not_in_the_training_text():
    train, held_out = data.corpus("python_help")
    paragraphs = [p for p in held_out.split("\n\n")[1:] if len(p) > 80]
    assert len(train) > 200_000 and len(paragraphs) > 30
    assert not [p for p in paragraphs if p in train]


@pytest.mark.parametrize("place", ["tinyshakespeare.txt", "text/tinyshakespeare.txt"])
def test_prepared_text_is_read(place, tmp_path, monkeypatch, capsys):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("First Citizen:\n" * 20, encoding="utf-8")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    train, held_out = data.corpus("shakespeare")
    assert (len(train), len(held_out)) == (270, 30)
    assert "shakespeare is prepared data" in capsys.readouterr().out


@pytest.mark.parametrize(("content", "problem"), [(b"", "is empty"), (b"\xff\xfe\xfd", "read")])
def test_damaged_prepared_text_is_an_error(content, problem, tmp_path, monkeypatch):
    (tmp_path / "tinyshakespeare.txt").write_bytes(content)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=problem):
        data.corpus("shakespeare", source="real")


def test_the_stand_in_is_announced(capsys):
    assert data.corpus("shakespeare", source="offline") == data.corpus("python_help")
    assert "shakespeare is a STAND-IN" in capsys.readouterr().out


def test_without_a_network_the_error_says_what_to_do(in_new_process):
    done = in_new_process(
        "from course_lib import data\n"
        "try: data.corpus('shakespeare', source='real')\n"
        "except data.DataError as error: print(error)"
    )
    assert "tinyshakespeare.txt: COURSE_DATA=DIR" in done.stdout, done.stdout + done.stderr
    assert 'corpus("shakespeare", source="offline")' in done.stdout


def test_real_shakespeare_has_its_length(real_data, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(real_data))
    assert sum(map(len, data.corpus("shakespeare"))) == 1_115_394


def test_unknown_names_are_explained():
    with pytest.raises(ValueError, match="There is no corpus 'bible'. There are: python_help"):
        data.corpus("bible")
