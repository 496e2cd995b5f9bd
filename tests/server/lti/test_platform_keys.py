"""The keys of an LMS: a new one is found, an LMS that is down or slow holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.sign_in_settings import LtiPlatform
from autograder.server.lti import platforms
from autograder.server.lti.platforms import PlatformKeys
from autograder.server.refused import RefusedError
from tests.server.lti.lms_platform import LmsPlatform, make_key


@pytest.fixture
def lms(tmp_path: Path) -> Iterator[tuple[LmsPlatform, LtiPlatform]]:
    one = LmsPlatform()
    (tmp_path / "course.toml").write_text(one.settings)
    yield one, Course(tmp_path).lti_platforms[0]
    one.close()


def find_ids(keys: PlatformKeys, platform: LtiPlatform, key_id: str) -> list[str]:
    return [key["kid"] for key in keys.find(platform, key_id)]


def test_a_new_key_is_found_after_a_pause(
    lms: tuple[LmsPlatform, LtiPlatform], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, platform = lms
    keys, old = PlatformKeys(), one.key.get("kid")
    assert find_ids(keys, platform, old) == [old]
    one.key = make_key()
    assert find_ids(keys, platform, one.key.get("kid")) == [old]  # just asked
    monkeypatch.setattr(platforms, "_PAUSE_SECONDS", -1.0)
    assert find_ids(keys, platform, one.key.get("kid")) == [one.key.get("kid")]


def test_keys_that_are_known_outlast_the_lms(lms: tuple[LmsPlatform, LtiPlatform]) -> None:
    one, platform = lms
    keys, old = PlatformKeys(), one.key.get("kid")
    assert find_ids(keys, platform, old) == [old]
    one.close()
    assert find_ids(keys, platform, "unknown") == [old]
    with pytest.raises(RefusedError, match="does not return its keys"):
        PlatformKeys().find(platform, old)


def test_whose_key_is_known_does_not_wait(lms: tuple[LmsPlatform, LtiPlatform]) -> None:
    one, platform = lms
    keys, old = PlatformKeys(), one.key.get("kid")
    find_ids(keys, platform, old)
    keys._asked.clear()
    with keys._asking:  # another launch asks a slow LMS
        assert find_ids(keys, platform, "new") == [old]
