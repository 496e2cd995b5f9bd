"""`autograder lti`."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.console import CourseDir, open_course, out
from autograder.cli.serve import check_server_extra

_Url = Annotated[
    str, typer.Option(metavar="URL", help="The server's address, as students reach it.")
]


def lti(url: _Url, course_dir: CourseDir = None) -> None:
    """Prepare the course's server for an LMS: make its key, print what to register.

    The key is lti_key.pem in the course folder: keep it secret and out of the repository. Copy the
    addresses into the LMS, and what the LMS then shows into [lti.NAME] of course.toml.

    Example: [bold]autograder lti --url https://labs.example.org[/]
    """
    check_server_extra()
    from autograder.server.lti.tool_key import find_key_file, make_key

    course = open_course(course_dir)
    is_new = make_key(course)
    out.print(f"{'new key' if is_new else 'key'}  {find_key_file(course)}", markup=False)
    address = url.rstrip("/")
    for name, path in (
        ("login (OpenID Connect initiation)", "/lti/login"),
        ("launch (target link, redirect)", "/lti/launch"),
        ("deep linking (content selection)", "/lti/deep-link"),
        ("public key set (JWKS)", "/lti/keys"),
    ):
        out.print(f"{name:<34}{address}{path}", markup=False)
    if not course.lti_platforms:
        out.print("Then add [lti.NAME] to course.toml; see docs/serving.md.", markup=False)
