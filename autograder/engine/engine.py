"""The grading engine: runs and judges notebooks; their code cannot touch the scores."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType

from nbformat import NotebookNode

from autograder.engine.host.kernel_host import KernelHost
from autograder.engine.host.python_environment import PythonEnvironment
from autograder.engine.host.sandbox import Sandbox
from autograder.engine.host.spawner import Spawner
from autograder.engine.host.verifier_host import VerifierHost
from autograder.engine.host.warm_process import HostError
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.run_sentences import note_weak_isolation
from autograder.engine.supervision import Supervision
from autograder.engine.turns import Turns
from autograder.engine.wire.limits import Limits
from autograder.errors import AutograderError
from autograder.notebooks.forms import restore_tests


class Engine:
    """Grades one notebook at a time for each thread that calls `grade`.

    Two warm parents import Keras once: one forks a sandboxed kernel for each submission, one
    forks the verifier that judges it. Threads may share an engine; forks of the process that made
    it may not use it.

    Args:
        limits: what one submission may use.
        isolation: "auto" takes the strongest sandbox that works here, "bwrap" requires bubblewrap,
            "none" uses no sandbox.
        read_only: files and folders that students' code may read: the lab's data, Keras' cache.
        environment: environment variables that both sides see, such as KERAS_HOME.
        python: what runs students' code; default: the Python that runs the grader.
        uses_keras: whether Keras is imported before anything runs. Without, starting takes an
            eighth of the time, and a notebook that imports Keras waits for it.

    Raises:
        AutograderError: the required sandbox does not work here, or a side does not start.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        isolation: str = "auto",
        read_only: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        python: PythonEnvironment | None = None,
        uses_keras: bool = True,
    ) -> None:
        self.limits = limits or Limits()
        shared = {
            # More threads round sums otherwise: marks could depend on the number of workers.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "KERAS_BACKEND": "tensorflow",
            **(environment or {}),
        }
        try:
            self._sandbox = Sandbox.find(isolation, read_only, shared, python)
        except (ValueError, RuntimeError) as error:
            raise AutograderError(str(error), "see: autograder doctor") from error
        # A unix socket's path has at most 107 characters, too few for a long TMPDIR.
        is_short = len(tempfile.gettempdir()) < 60
        self._folder = Path(
            tempfile.mkdtemp(prefix="autograder-", dir=None if is_short else "/tmp")
        )
        self._spawner, self._turns = Spawner(), Turns()
        try:
            # Both import at the same time.
            self._kernels = KernelHost(self._sandbox, self._folder, self._spawner, uses_keras)
            self._verifiers = VerifierHost(
                self._folder, self._spawner, shared, self._sandbox, uses_keras
            )
        except (OSError, HostError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise AutograderError(str(error), "see: autograder doctor") from error

    @property
    def isolation(self) -> str:
        """What walls students' code in: "bwrap", …, or "none (weak)"."""
        return self._sandbox.isolation

    @property
    def is_walled(self) -> bool:
        """Whether a sandbox walls students' code in."""
        return self._sandbox.is_walled

    @property
    def isolation_reason(self) -> str:
        """Why it is this one, in a sentence."""
        return self._sandbox.reason

    def __enter__(self) -> Engine:
        try:
            self._kernels.wait_until_ready()
            self._verifiers.wait_until_ready()
        except HostError as error:
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
        """End both sides and all that still runs; remove the engine's files."""
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
        more_seeds: Sequence[int] = (),
        given: Mapping[str, bytes] | None = None,
    ) -> JudgedNotebook:
        """Run the notebook's cells in the student's sandbox and its test cells outside.

        Args:
            notebook: the student's notebook, repaired: the cells in order, test cells and points
                as in `source`. It is not changed.
            source: the instructor's notebook.
            seed: what the hidden tests draw their inputs from; the student's side never sees it.
                Random numbers of the student's code start from a number derived from it.
            files: the files beside the notebook, by relative path.
            limits: what this submission may use; default: the engine's.
            in_kernel: grade_ids of test cells that the instructor lets run in the student's
                kernel, as nbgrader does, where the student's code can reach them. A note says so.
            more_seeds: hidden seeds under which each test cell that took less than a second is run
                once more, in the same kernel, to see whether its score depends on the seed.
            given: the instructor's files among `files`, for the test cells: data and modules.

        Returns:
            A verdict for each graded cell, in the notebook's order, and the executed notebook.

        Raises:
            AutograderError: the engine itself failed; never because of what a notebook does.
        """
        make_supervision = partial(
            Supervision,
            self._kernels,
            self._verifiers,
            self._folder,
            limits or self.limits,
            _keep_inside(files or {}),
            in_kernel,
            seed,
            more_seeds,
            _keep_inside(given or {}),
        )
        notebook = restore_tests(notebook, source)
        first, judged = make_supervision(), None
        with self._turns.share(), contextlib.suppress(HostError):
            judged = first.run(notebook, source)
        if judged is None or first.was_disturbed or first.was_crowded:
            # Killed from outside, or by itself? What was decided before that gets no better.
            second = make_supervision(standing=first.verdicts.standing)
            turn = self._turns.take() if first.was_crowded else self._turns.share()
            try:
                with turn:
                    judged = second.run(notebook, source)
            except HostError as error:
                raise AutograderError(str(error), "see: autograder doctor") from error
        weak = tuple(map(note_weak_isolation, self._find_weaknesses()))
        return replace(judged, notes=(*judged.notes, *weak))

    def _find_weaknesses(self) -> list[str]:
        """Why the student's code was less isolated than it can be, in sentences."""
        if not self._sandbox.is_walled:
            return [self._sandbox.reason]
        problem = self._kernels.sharing_problem
        return [f"{problem}: another submission can slow this one down"] if problem else []


def _keep_inside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files whose path stays inside the folder into which they are written."""
    return {
        name: content
        for name, content in files.items()
        if not os.path.isabs(name) and ".." not in Path(name).parts
    }
