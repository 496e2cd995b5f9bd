"""Descriptions of images on the students' pages."""

from __future__ import annotations

from autograder.feedback.add_descriptions import add_descriptions


def test_images_have_descriptions() -> None:
    assert 'alt="image in cell 3"' in add_descriptions(
        '<img src="data:image/png;base64,A">', "image in cell 3"
    )
    assert add_descriptions('<p><img alt="badge"></p>', "image") == "<p>[badge]</p>"
