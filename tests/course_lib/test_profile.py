import pytest

from course_lib import profile


def test_environment_sets_the_profile(monkeypatch):
    for name in ("quick", "full"):
        monkeypatch.setenv("COURSE_PROFILE", name)
        assert profile.current() == name == profile.resolve(None)
    assert profile.resolve("quick") == "quick"


def test_default_depends_on_the_gpu(monkeypatch):
    import tensorflow as tf

    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    gpu = bool(tf.config.list_physical_devices("GPU"))
    assert profile.current() == ("full" if gpu else "quick")


def test_description(monkeypatch):
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    descriptions = {"full": "with a GPU: full profile", "quick": "without a GPU: quick profile"}
    assert profile.describe() == descriptions[profile.current()]
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert profile.describe().endswith("a GPU: full profile, set by COURSE_PROFILE")


def test_unknown_profile_is_explained(monkeypatch):
    with pytest.raises(ValueError, match='profile is \'fast\': write "quick" or "full"'):
        profile.resolve("fast")
    monkeypatch.setenv("COURSE_PROFILE", "Fast")
    with pytest.raises(ValueError, match="COURSE_PROFILE is 'Fast'"):
        profile.current()
