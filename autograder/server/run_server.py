"""Runs the web server and its worker until Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.server.app import make_app
from autograder.server.careful_protocol import CarefulProtocol
from autograder.server.database import Database
from autograder.server.lti.grade_sender import GradeSender
from autograder.server.receive import delete_stale_files
from autograder.server.server_log import set_up_log
from autograder.server.site import Site
from autograder.server.worker_keeper import WorkerKeeper

_HEADER_BYTES = 16 * 1024
_KEEP_ALIVE_SECONDS = 10
_SHUTDOWN_SECONDS = 10


@dataclass(frozen=True)
class ServerOptions:
    """How the server runs.

    Args:
        host: The address to listen on.
        port: The port.
        database: The URL of its database; None for `server.db` of the course.
        workers: Submissions graded at the same time; 0 for a server without a worker.
        isolation: "auto", "bwrap" or "none".
        proxy: The address of a reverse proxy whose headers are believed.
        certificate: A TLS certificate; None for plain HTTP.
        key: Its key.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    database: str | None = None
    workers: int = 2
    isolation: str = "auto"
    proxy: str = "127.0.0.1"
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """The server's address for a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def run_server(course: Course, options: ServerOptions, say: Callable[[str], None]) -> None:
    """Serve a course until Ctrl-C or SIGTERM.

    Args:
        course: The course.
        options: How the server runs.
        say: Called with a line for the instructor.

    Raises:
        AutograderError: The address is in use, or the database cannot be used.
    """
    set_up_log()
    # uvicorn raises the signal again when it has ended: then the worker has to end, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    database = Database.of(course, options.database)
    delete_stale_files(course)
    site = Site(course, database)
    server, sender = uvicorn.Server(_make_config(site, options)), GradeSender(site)
    url = options.database or f"sqlite:///{course.root / 'server.db'}"
    keeper = WorkerKeeper(course.root, url, options.workers, options.isolation)
    if options.workers:
        keeper.start()
    sender.start()
    say(f"{course.name} is at {options.url}. Stop with Ctrl-C.")
    try:
        server.run()
    except SystemExit as end:  # uvicorn could not listen, and has said why
        raise AutograderError(
            f"the server cannot listen on {options.url}",
            "another server may run there: choose another port with --port",
        ) from end
    finally:
        sender.stop()
        keeper.stop()
        database.close()


def _make_config(site: Site, options: ServerOptions) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(site),
        host=options.host,
        port=options.port,
        http=CarefulProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        forwarded_allow_ips=options.proxy,
        ssl_certfile=options.certificate,
        ssl_keyfile=str(options.key) if options.key else None,
    )
