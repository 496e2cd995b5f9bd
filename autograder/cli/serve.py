"""`autograder serve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.console import CourseDir, open_course, out
from autograder.cli.grade import Isolation
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from autograder.course.course import Course

ServerDatabase = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The server's database, such as postgresql+psycopg://USER@HOST/DB; default: "
        "server.db in the course folder.",
    ),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]
_Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="The address to listen on; 0.0.0.0 for all.")
]
_Workers = Annotated[
    int,
    typer.Option(min=0, help="Submissions graded at the same time; 0: another server grades."),
]
_Isolation = Annotated[
    Isolation, typer.Option(help="What walls students' code in; auto: the strongest here.")
]
_Proxy = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="The reverse proxy whose X-Forwarded headers count."),
]
_Certificate = Annotated[
    Path | None, typer.Option("--tls-certificate", metavar="FILE", help="Serve HTTPS with it.")
]
_Key = Annotated[
    Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's key.")
]
_Demo = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Make a course in this new folder, with a class that has submitted nothing, and "
        "serve it.",
    ),
]


def serve(
    course_dir: CourseDir = None,
    host: _Host = "127.0.0.1",
    port: Port = 8000,
    database: ServerDatabase = None,
    workers: _Workers = 2,
    isolation: _Isolation = Isolation.auto,
    proxy: _Proxy = "127.0.0.1",
    tls_certificate: _Certificate = None,
    tls_key: _Key = None,
    demo: _Demo = None,
) -> None:
    """Run the course's server: students submit and see their marks within seconds.

    Invite the class first: autograder invite. Marks, submissions and feedback are in the same
    files that grade, report and export use; these commands work beside the server.

    Examples: [bold]autograder serve[/] · [bold]autograder serve --demo demo-server[/] ·
    [bold]autograder serve --host 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem[/]
    """
    check_server_extra()
    from autograder.server.run_server import ServerOptions, run_server

    options = ServerOptions(
        host, port, database, workers, isolation.value, proxy, tls_certificate, tls_key
    )
    course = open_course(course_dir)
    if demo is not None:
        course = _make_demo(course, demo, options.url, database)
    run_server(course, options, lambda text: out.print(text, markup=False))


def check_server_extra() -> None:
    """Check that the server's packages are installed.

    Raises:
        AutograderError: They are not.
    """
    from importlib.util import find_spec

    needed = "alembic pylti1p3 python_multipart requests sqlalchemy starlette tomlkit uvicorn"
    packages = needed.split()
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise AutograderError(
            f"the server needs packages that are not installed: {', '.join(missing)}",
            'pip install "keras-course-labs[grading,server]"',
        )


def _make_demo(model: Course, folder: Path, url: str, database: str | None) -> Course:
    from autograder.server.demo_class import make_served_class

    demo = make_served_class(model, folder, "01", database)
    out.print(f"student      {demo.student.make_url(url)}", markup=False)
    out.print(f"instructor   {demo.instructor.make_url(url)}", markup=False)
    out.print(f"notebooks    {demo.notebooks}", markup=False)
    return demo.course
