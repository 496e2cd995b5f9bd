"""A class graded on a Dask cluster whose workers die and join: is the gradebook a local run's?

    python benchmarks/cluster_faults.py [--quick]

A real scheduler and worker processes on this machine, over TLS. While `autograder grade --cluster`
runs, both first workers get SIGKILL, one after the other, and a third joins. At the end the rows
of gradebook.db are compared with those of a local run, and nothing may be left behind.
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

from autograder.course.course import Course
from autograder.engine.host.watcher import list_descendants
from autograder.results.results import Results

sys.path.insert(0, str(Path(__file__).parent))

from figure import Figure, report
from graded_run import grade_command
from grading import light_course
from killed_runs import hand_in_class, rows

_START_SECONDS = 60
_RUN_SECONDS = 1800


def main() -> None:
    """Grade, kill, compare; exit code 1 when a row differs or something is left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="24 submissions")
    size = 24 if parser.parse_args().quick else 200
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = light_course(Path(folder) / "course")
        hand_in_class(course, size)
        local = Course(shutil.copytree(course.root, Path(folder) / "local"))
        with Cluster(Path(folder)) as cluster:
            left = disturbed_run(course, cluster, size)
        subprocess.run(
            grade_command(local, local.labs()[0]), stderr=subprocess.DEVNULL, check=False
        )
        there, here = rows(course), rows(local)
    differing = sorted(s for s in there.keys() | here.keys() if there.get(s) != here.get(s))
    of = f"light notebook, {size} submissions, {cluster.address.partition(':')[0]}"
    print(f"{len(there)} rows; differing: {differing or 'nobody'}")
    report(Figure("rows that differ from a local run", len(differing), at_most=0, data=of))
    report(Figure("processes left on the workers", left, at_most=0, data=of))
    sys.exit(bool(differing) or left > 0 or len(there) != size)


def disturbed_run(course: Course, cluster: Cluster, size: int) -> int:
    """Grade on the cluster, killing and adding workers; how many processes are left then."""
    first, second = cluster.add_worker(), cluster.add_worker()
    cluster.wait_for_workers(2)
    command = grade_command(course, course.labs()[0], "--cluster", cluster.address)
    run = subprocess.Popen(command, env=cluster.environment, stderr=subprocess.DEVNULL)
    results = Results(course.results_dir / course.labs()[0].name)
    started = time.monotonic()

    def wait_until(part: float) -> None:
        while len(results.read_all()) < part * size and run.poll() is None:
            if time.monotonic() - started > _RUN_SECONDS:
                raise TimeoutError(f"{len(results.read_all())} of {size} after {_RUN_SECONDS} s")
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
    while (left := cluster.engines()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return len(left)


class Cluster:
    """A Dask scheduler with worker processes, on loopback, over TLS where openssl is there.

    Args:
        folder: for certificates and the workers' files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {**os.environ, **self._tls()}

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
        """Start a worker with one thread; it grades one submission at a time."""
        # Without a nanny, which would put another in the place of the one that is killed.
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder / "w"))
        return self._start("worker", self.address, *options)

    def wait_for_workers(self, number: int) -> None:
        """Wait until so many workers are registered."""
        code = "import sys; from distributed import Client; c = Client(sys.argv[1]); "
        code += f"c.wait_for_workers({number}, timeout={_START_SECONDS})"
        subprocess.run([sys.executable, "-c", code, self.address], env=self.environment, check=True)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process of the cluster at once, without a word."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def engines(self) -> list[int]:
        """What the workers have started and not ended."""
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

    def _tls(self) -> dict[str, str]:
        """Dask's own settings for TLS, with a certificate that signs itself."""
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
