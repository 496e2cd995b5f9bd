import pytest

from course_lib.testing import hidden_seed


def test_seed_of_the_grading_is_used_and_printed(monkeypatch, capfd):
    monkeypatch.setenv("AUTOGRADER_SEED", "41")
    assert hidden_seed() == 41
    assert capfd.readouterr() == ("hidden seed: 41\n", "")


def test_default_is_a_new_seed_for_each_call(monkeypatch, capsys):
    monkeypatch.delenv("AUTOGRADER_SEED", raising=False)
    seeds = {hidden_seed() for _ in range(5)}
    assert len(seeds) == 5 and min(seeds) >= 0
    assert set(capsys.readouterr().out.split("\n")[:-1]) == {f"hidden seed: {s}" for s in seeds}


@pytest.mark.parametrize("text", ["-1", "seven", "1.5"])
def test_wrong_seed_is_explained(monkeypatch, text):
    monkeypatch.setenv("AUTOGRADER_SEED", text)
    with pytest.raises(ValueError, match="AUTOGRADER_SEED is"):
        hidden_seed()
