"""The grading engine: runs and judges notebooks, with scores that their code cannot touch."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from nbformat import NotebookNode

from autograder.engine.host.kernel_host import KernelHost, KernelHostError
from autograder.engine.host.python_environment import PythonEnvironment
from autograder.engine.host.sandbox import Sandbox
from autograder.engine.host.spawner import Spawner
from autograder.engine.host.verifier_host import VerifierHost, VerifierHostError
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.supervision import Supervision
from autograder.engine.wire.limits import Limits
from autograder.errors import AutograderError


class Engine:
    """Grades one notebook at a time for each thread that calls `grade`.

    Two warm parents import TensorFlow once: one forks a sandboxed kernel for each submission, one
    forks the verifier that judges it. Threads may share an engine; a process that was forked from
    the one that made it may not use it.

    Args:
        limits: what one submission may use.
        isolation: "auto" takes the strongest sandbox that works here, "bwrap" insists on it,
            "none" does without.
        read_only: files and folders that students' code may read: the lab's data, Keras' cache.
        environment: environment variables that both sides see, such as KERAS_HOME.
        threads: TensorFlow's threads in each kernel and each verifier.
        python: what runs students' code; default: the Python that runs this.

    Raises:
        AutograderError: the sandbox that was asked for can't be had, or a side does not start.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        isolation: str = "auto",
        read_only: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        threads: int = 1,
        python: PythonEnvironment | None = None,
    ) -> None:
        self.limits = limits or Limits()
        shared = {
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": str(threads),
            "TF_NUM_INTRAOP_THREADS": str(threads),
            "TF_NUM_INTEROP_THREADS": "1",
            "KERAS_BACKEND": "tensorflow",
            **(environment or {}),
        }
        try:
            self._sandbox = Sandbox.find(isolation, read_only, shared, python)
        except (ValueError, RuntimeError) as error:
            raise AutograderError(str(error), "see: autograder doctor") from error
        # Paths of unix sockets may be 107 characters long: not below a long TMPDIR.
        short = len(tempfile.gettempdir()) < 60
        self._folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=None if short else "/tmp"))
        self._spawner = Spawner()
        try:
            # Both import at the same time.
            self._kernels = KernelHost(self._sandbox, self._folder, self._spawner)
            self._verifiers = VerifierHost(
                self._folder, self._spawner, shared, self._sandbox.without_network
            )
        except (OSError, KernelHostError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise AutograderError(str(error), "see: autograder doctor") from error

    @property
    def isolation(self) -> str:
        """What students' code is walled in by: "bwrap", …, or "none (weak)"."""
        return self._sandbox.isolation

    @property
    def isolation_reason(self) -> str:
        """One sentence on why it is this one."""
        return self._sandbox.reason

    def __enter__(self) -> Engine:
        try:
            self._kernels.wait_until_ready()
            self._verifiers.wait_until_ready()
        except (KernelHostError, VerifierHostError) as error:
            self.close()
            raise AutograderError(str(error), "see: autograder doctor") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End both sides and everything that still runs; remove the engine's files."""
        self._kernels.close()
        self._verifiers.close()
        self._spawner.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def grade(
        self,
        notebook: NotebookNode,
        source: NotebookNode,
        seed: int,
        files: Mapping[str, bytes] | None = None,
        limits: Limits | None = None,
        in_kernel: Collection[str] = (),
    ) -> JudgedNotebook:
        """Run the notebook's cells in the student's sandbox and its test cells outside.

        Args:
            notebook: the student's notebook, repaired: the cells in order, test cells and points
                as in `source`. It is not changed.
            source: the instructor's notebook.
            seed: what the hidden tests draw their inputs from; the student's side never sees it.
            files: what lies beside the notebook, by relative path.
            limits: what this submission may use; default: the engine's.
            in_kernel: grade_ids of test cells that the instructor lets run in the student's
                kernel, as nbgrader does, where the student's code can reach them; noted.

        Returns:
            A verdict for each graded cell, in the notebook's order, and the executed notebook.

        Raises:
            AutograderError: the engine itself could not work; never for what a notebook does.
        """
        job = (limits or self.limits, _inside(files or {}), in_kernel)
        graded = self._supervised(notebook, source, seed, *job)
        # Killed from outside or by itself? What a notebook does to itself, it does again.
        graded = graded or self._supervised(notebook, source, seed, *job, last=True)
        if self._sandbox.walled:
            return graded
        return replace(graded, notes=(*graded.notes, f"weak isolation: {self._sandbox.reason}"))

    def _supervised(
        self,
        notebook: NotebookNode,
        source: NotebookNode,
        seed: int,
        limits: Limits,
        files: Mapping[str, bytes],
        in_kernel: Collection[str],
        last: bool = False,
    ) -> JudgedNotebook | None:
        """The graded notebook; None when it was disturbed, unless this is the last attempt."""
        hosts = (self._kernels, self._verifiers)
        supervision = Supervision(*hosts, self._folder, limits, files, in_kernel)
        try:
            graded = supervision.run(notebook, source, seed)
        except (KernelHostError, VerifierHostError) as error:
            if last:
                raise AutograderError(str(error), "see: autograder doctor") from error
            return None
        return None if supervision.disturbed and not last else graded


def _inside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files whose path stays inside the folder into which they are written."""
    return {
        name: content
        for name, content in files.items()
        if not os.path.isabs(name) and ".." not in Path(name).parts
    }
