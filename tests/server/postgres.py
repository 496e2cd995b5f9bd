"""A PostgreSQL of the test's own, on a socket in its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

_FOLDERS = [str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")]


@contextmanager
def run_postgres(folder: Path) -> Iterator[str]:
    """Start PostgreSQL; yields its URL. Skips where it is not installed."""
    path = os.pathsep.join([os.environ["PATH"], *_FOLDERS])
    initdb, postgres = shutil.which("initdb", path=path), shutil.which("postgres", path=path)
    if not (initdb and postgres and find_spec("psycopg")):
        pytest.skip("PostgreSQL (initdb, postgres) or psycopg is not installed")
    data = folder / "pg"
    data.mkdir(parents=True)
    # It does not run as root.
    account = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    if account:
        os.chown(data, 65534, 65534)
    command = [initdb, "-D", data, "-U", "test", "-A", "trust", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **account)
    assert done.returncode == 0, done.stderr
    options = ["-c", "listen_addresses=", "-k", str(data), "-c", "fsync=off"]
    with (folder / "postgres.log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, "-D", data, *options], stdout=log, stderr=log, cwd="/", **account
        )
    try:
        _wait_for(data / ".s.PGSQL.5432", server)
        yield f"postgresql+psycopg://test@/postgres?host={data}"
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(path: Path, server: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert server.poll() is None and time.monotonic() < end, "PostgreSQL does not start"
        time.sleep(0.1)
    time.sleep(0.5)
