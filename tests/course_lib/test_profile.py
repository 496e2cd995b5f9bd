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


def test_another_word_is_explained(monkeypatch):
    with pytest.raises(ValueError, match='profile is \'fast\': write "quick" or "full"'):
        profile.checked("fast")
    monkeypatch.setenv("COURSE_PROFILE", "Fast")
    with pytest.raises(ValueError, match="COURSE_PROFILE is 'Fast'"):
        profile.current()
