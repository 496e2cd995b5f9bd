"""Grade a class on a Dask cluster while workers die and join; compare with a local run.

    python benchmarks/cluster_faults.py [--quick]

Starts a scheduler and worker processes on this machine, connected over TLS. While `autograder grade
--cluster` runs, the first two workers get SIGKILL, one after the other, and a third joins. At the
end, the rows of gradebook.db must be those of a local run, and no process may be left.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder import Course, read_results
from autograder.engine.host.watcher import list_descendants
from figure import Figure, report
from graded_run import make_grade_command
from killed_runs import read_rows, submit_class
from light_course import make_light_course

_START_SECONDS = 60
_RUN_SECONDS = 1800


def main() -> None:
    """Grade, kill, compare; exit with code 1 if a row differs or a process is left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="12 submissions")
    size = 12 if parser.parse_args().quick else 200
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_light_course(Path(folder) / "course")
        submit_class(course, size)
        local = Course(shutil.copytree(course.root, Path(folder) / "local"))
        with Cluster(Path(folder)) as cluster:
            left = grade_and_kill(course, cluster, size)
        subprocess.run(
            make_grade_command(local, local.labs()[0]), stderr=subprocess.DEVNULL, check=False
        )
        remote, here = read_rows(course), read_rows(local)
    differing = sorted(s for s in remote.keys() | here.keys() if remote.get(s) != here.get(s))
    of = f"light notebook, {size} submissions, {cluster.address.partition(':')[0]}"
    print(f"{len(remote)} rows; differing: {differing or 'none'}")
    report(Figure("rows that differ from a local run", len(differing), at_most=0, data=of))
    report(Figure("processes left on the workers", left, at_most=0, data=of))
    sys.exit(bool(differing) or left > 0 or len(remote) != size)


def grade_and_kill(course: Course, cluster: Cluster, size: int) -> int:
    """Grade on the cluster while killing and adding workers; return the processes left."""
    first, second = cluster.add_worker(), cluster.add_worker()
    cluster.wait_for_workers(2)
    command = make_grade_command(course, course.labs()[0], "--cluster", cluster.address)
    run = subprocess.Popen(command, env=cluster.environment, stderr=subprocess.DEVNULL)
    started = time.monotonic()

    def wait_until(part: float) -> None:
        while (done := len(read_results(course, course.labs()[0]))) < part * size:
            if run.poll() is not None:
                return
            if time.monotonic() - started > _RUN_SECONDS:
                raise TimeoutError(f"{done} of {size} after {_RUN_SECONDS} s")
            time.sleep(0.1)

    wait_until(0.2)
    cluster.kill(first)
    cluster.add_worker()
    print("killed a worker; another joins", flush=True)
    wait_until(0.6)
    cluster.kill(second)
    print("killed a worker", flush=True)
    run.wait(timeout=_RUN_SECONDS)
    seconds = time.monotonic() - started
    print(f"graded in {seconds:.0f} s, exit code {run.returncode}", flush=True)
    deadline = time.monotonic() + 20
    while (left := cluster.list_engines()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return len(left)


class Cluster:
    """A Dask scheduler with worker processes on loopback, over TLS if openssl is installed.

    Args:
        folder: The folder for certificates and the workers' files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {**os.environ, **self._make_tls_settings()}

    def __enter__(self) -> Cluster:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        protocol = "tls" if shutil.which("openssl") else "tcp"
        self.address = f"{protocol}://127.0.0.1:{port}"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(port), "--protocol", protocol
        )
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            self.kill(process)

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with one thread: it grades one submission at a time."""
        # Without a nanny, which would replace a killed worker.
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder / "w"))
        return self._start("worker", self.address, *options)

    def wait_for_workers(self, number: int) -> None:
        """Wait until `number` workers are registered."""
        code = "import sys; from distributed import Client; c = Client(sys.argv[1]); "
        code += f"c.wait_for_workers({number}, timeout={_START_SECONDS})"
        subprocess.run([sys.executable, "-c", code, self.address], env=self.environment, check=True)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process of the cluster with SIGKILL."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def list_engines(self) -> list[int]:
        """Return the processes that the workers have started and not ended."""
        return [
            pid
            for process in self._processes
            if process.poll() is None
            for pid in list_descendants(process.pid)[1:]
        ]

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / "cluster.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--no-dashboard"],
                env=self.environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def _make_tls_settings(self) -> dict[str, str]:
        """Return Dask's settings for TLS with a self-signed certificate."""
        if not shutil.which("openssl"):
            return {}
        key, certificate = self._folder / "key.pem", self._folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
            + ["-subj", "/CN=course", "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        tls = {"CA_FILE": certificate}
        for role in ("SCHEDULER", "WORKER", "CLIENT"):
            tls |= {f"{role}__KEY": key, f"{role}__CERT": certificate}
        found = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in tls.items()}
        return {**found, "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


if __name__ == "__main__":
    main()
