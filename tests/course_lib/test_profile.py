import pytest

from course_lib import profile


def test_the_environment_decides(monkeypatch):
    for name in ("quick", "full"):
        monkeypatch.setenv("COURSE_PROFILE", name)
        assert profile.current() == name == profile.checked(None)
    assert profile.checked("quick") == "quick"


def test_without_it_a_gpu_decides(monkeypatch):
    import tensorflow as tf

    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    gpu = bool(tf.config.list_physical_devices("GPU"))
    assert profile.current() == ("full" if gpu else "quick")


def test_it_is_said(monkeypatch):
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    said = {"full": "with a GPU: full profile", "quick": "without a GPU: quick profile"}
    assert profile.describe() == said[profile.current()]
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert profile.describe().endswith("a GPU: full profile, as COURSE_PROFILE says")


def test_another_word_is_explained(monkeypatch):
    with pytest.raises(ValueError, match='profile is \'fast\': write "quick" or "full"'):
        profile.checked("fast")
    monkeypatch.setenv("COURSE_PROFILE", "Fast")
    with pytest.raises(ValueError, match="COURSE_PROFILE is 'Fast'"):
        profile.current()
