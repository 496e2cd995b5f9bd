"""Watches over one submission: its kernels, its verifier, what they use, and the clock."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.engine.host.kernel_handle import KernelHandle
from autograder.engine.host.kernel_host import KernelHost, KernelHostError
from autograder.engine.host.verifier_host import VerifierHost
from autograder.engine.host.watcher import proportional_memory_mb
from autograder.engine.judged_notebook import JudgedNotebook, with_verdicts
from autograder.engine.wire.frames import (
    FrameError,
    receive_json,
    send_descriptors,
    send_json,
)
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.notebooks.cell_roles import (
    grade_id,
    graded_cells,
    is_answer_cell,
    is_test_cell,
    max_points,
)

_WATCH_SECONDS = 0.25
# A verifier keeps its own time; one that no longer can is ended this long after.
_GRACE_SECONDS = 20.0
_MAX_VERIFIERS = 3
_SIGNALS = {
    -4: "illegal instruction",
    -6: "abort",
    -9: "killed",
    -11: "segmentation fault",
    -15: "terminated",
    -24: "processor time used up",
}


class Supervision:
    """One submission's supervision, used once.

    Args:
        kernels: starts kernels.
        verifiers: starts verifiers.
        folder: the run's private folder.
        limits: what the submission may use.
        files: what lies beside the notebook in the student's sandbox.
        in_kernel: grade_ids of test cells that may run in the student's kernel.
    """

    def __init__(
        self,
        kernels: KernelHost,
        verifiers: VerifierHost,
        folder: Path,
        limits: Limits,
        files: Mapping[str, bytes],
        in_kernel: Collection[str] = (),
    ) -> None:
        self._in_kernel = list(in_kernel)
        self._kernels, self._verifiers = kernels, verifiers
        self._folder, self._limits, self._files = folder, limits, files
        self._kernel: KernelHandle | None = None
        # A process was killed, perhaps by somebody else: what it cost may not be the student's.
        self.disturbed = False
        self._limit_met = ""
        self._no_kernel = ""
        self._peak_mb = 0.0
        self._cpu_before, self._cpu = 0.0, 0.0
        self._at, self._at_since = 0, time.monotonic()
        self._watched = 0.0
        self._verdicts: dict[str, QuestionVerdict] = {}
        self._lost: dict[int, str] = {}
        self._notes: list[str] = []

    def run(self, notebook: NotebookNode, source: NotebookNode, seed: int) -> JudgedNotebook:
        """Have the notebook run and judged; see `Engine.grade`.

        Raises:
            KernelHostError: a kernel could not be had, which is not the student's doing.
        """
        started = time.monotonic()
        self._end = started + self._limits.seconds + _GRACE_SECONDS
        self._started = started
        work = Path(tempfile.mkdtemp(prefix="verifier-", dir=self._folder))
        executed = None
        try:
            for _ in range(_MAX_VERIFIERS):
                executed = self._run_once(notebook, source, seed, work)
                if executed is not None or time.monotonic() > self._end - _GRACE_SECONDS:
                    break
        finally:
            self._drop_kernel()
            shutil.rmtree(work, ignore_errors=True)
        if self._no_kernel:
            raise KernelHostError(f"a kernel did not start: {self._no_kernel}")
        questions = tuple(self._in_order(notebook))
        return JudgedNotebook(
            notebook=with_verdicts(executed or nbformat.from_dict(notebook), questions),
            questions=questions,
            seconds=round(time.monotonic() - started, 3),
            peak_memory_mb=round(self._peak_mb, 1),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _run_once(
        self, notebook: NotebookNode, source: NotebookNode, seed: int, work: Path
    ) -> NotebookNode | None:
        """The executed notebook, or None when the verifier was lost on the way."""
        left = self._limits.seconds - (time.monotonic() - self._started)
        job = {
            "notebook": notebook,
            "source": source,
            "seed": seed,
            "folder": str(work),
            "limits": {**self._limits.as_dict(), "seconds": left},
            "verdicts": [vars(verdict) for verdict in self._verdicts.values()],
            "skip": list(self._lost),
            "lost": list(self._lost.items()),
            "in_kernel": self._in_kernel,
        }
        with contextlib.closing(self._verifiers.start_verifier()) as verifier:
            try:
                send_json(verifier, job)
                return self._serve(verifier)
            except FrameError:
                self._verifier_lost(notebook)
                return None
            finally:
                self._drop_kernel()

    def _serve(self, verifier: socket.socket) -> NotebookNode:
        while True:
            if select.select([verifier], [], [], _WATCH_SECONDS)[0]:
                message = receive_json(verifier)
                if message.get("tell") == "done":
                    self._notes += message["content"]["notes"]
                    return nbformat.from_dict(message["content"]["notebook"])
                self._answer(verifier, message)
            now = time.monotonic()
            if now - self._watched >= _WATCH_SECONDS:
                # Not at every message: to read /proc takes as long as to answer one.
                self._watched = now
                self._watch()
            stuck = now - self._at_since > self._limits.cell_seconds + _GRACE_SECONDS
            if now > self._end or stuck:
                raise FrameError("the verifier does not keep to its time")

    def _answer(self, verifier: socket.socket, message: dict[str, Any]) -> None:
        content = message.get("content")
        if message.get("ask") == "kernel":
            self._give_kernel(verifier)
        elif message.get("ask") == "why":
            send_json(verifier, self._why())
        elif message["tell"] == "at":
            self._at, self._at_since = content, time.monotonic()
        elif message["tell"] == "verdict":
            verdict = QuestionVerdict(**content)
            self._verdicts.setdefault(verdict.grade_id, verdict)
            self._at_since = time.monotonic()
        elif message["tell"] == "lost":
            self._lost[content[0]] = content[1]
        elif message["tell"] == "no kernel":
            self._no_kernel = content
        elif message["tell"] == "broke":
            self._notes.append(f"the verifier broke: {content}")
        elif message["tell"] == "drop":
            self._drop_kernel()

    def _give_kernel(self, verifier: socket.socket) -> None:
        self._drop_kernel()
        try:
            self._kernel = self._kernels.start_kernel(self._limits, self._files)
        except KernelHostError as error:
            self._no_kernel = str(error)
            send_json(verifier, {"failed": str(error)})
            return
        self._limit_met = self._no_kernel = ""
        self._at_since = time.monotonic()
        kernel = self._kernel
        send_json(verifier, {"prefix": str(kernel.folder / "k"), "key": kernel.key})
        send_descriptors(verifier, [kernel.pidfd, kernel.agent.fileno()])

    def _drop_kernel(self) -> None:
        if self._kernel is not None:
            self._watch()
            self._kernel.close()
            self._kernel = None
            self._cpu_before += self._cpu
            self._cpu = 0.0

    def _why(self) -> dict[str, str]:
        """Why the kernel is gone: a limit, or what its init says."""
        if self._limit_met:
            return {"limit": self._limit_met, "detail": ""}
        if self._kernel is not None and self._kernel.ran_out_of_memory:
            return {"limit": "memory_mb", "detail": ""}
        code = self._kernel.exit_status() if self._kernel is not None else None
        self.disturbed |= code in (None, -9)
        if code == -24:
            return {"limit": "cpu_seconds", "detail": ""}
        if code is None:
            return {"limit": "died", "detail": ""}
        if code < 0:
            return {"limit": "died", "detail": _SIGNALS.get(code, f"signal {-code}")}
        return {"limit": "died", "detail": f"exit code {code}"}

    def _watch(self) -> None:
        kernel = self._kernel
        if kernel is None or not kernel.alive:
            return
        used = kernel.usage()
        self._peak_mb = max(self._peak_mb, used.memory_mb)
        self._cpu = max(self._cpu, used.cpu_seconds)
        if used.memory_mb > self._limits.memory_mb:
            # Shared pages count once for each process there; look closer before judging.
            exact = proportional_memory_mb(kernel.pid)
            if exact == 0.0 or exact > self._limits.memory_mb:
                self._limit_met = "memory_mb"
        if self._cpu_before + self._cpu > self._limits.cpu_seconds:
            self._limit_met = "cpu_seconds"
        if used.processes > self._limits.processes:
            self._limit_met = "processes"
        if self._limit_met:
            kernel.kill()

    def _verifier_lost(self, notebook: NotebookNode) -> None:
        """The verifier died or hung: the cell that it was at costs its question, and is skipped."""
        self.disturbed = True
        cell = notebook.cells[self._at]
        where = f"the test {grade_id(cell)}" if is_test_cell(cell) else f"cell {self._at + 1}"
        why = f"{where} could not be judged: what it made of the answer ended the verifier"
        self._lost[self._at] = why
        self._notes.append(why)
        if is_test_cell(cell):
            verdict = QuestionVerdict(grade_id(cell), 0.0, max_points(cell), "limit", why)
            self._verdicts.setdefault(verdict.grade_id, verdict)

    def _in_order(self, notebook: NotebookNode) -> list[QuestionVerdict]:
        verdicts = []
        last = next(reversed(self._lost.values()), "the notebook's time was used up")
        for cell in graded_cells(notebook):
            question, points = grade_id(cell), max_points(cell)
            if question in self._verdicts:
                verdicts.append(self._verdicts[question])
            elif is_answer_cell(cell) or cell.cell_type != "code":
                verdicts.append(QuestionVerdict(question, 0.0, points, "manual"))
            else:
                verdicts.append(QuestionVerdict(question, 0.0, points, "limit", last))
        return verdicts
