"""Watches over one submission: its kernels, its verifier, what they use, and the clock."""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.engine import run_sentences
from autograder.engine.decided_verdicts import DecidedVerdicts
from autograder.engine.host.kernel_handle import KernelHandle
from autograder.engine.host.kernel_host import KernelHost
from autograder.engine.host.verifier_folder import make_verifier_folder
from autograder.engine.host.verifier_host import VerifierHost
from autograder.engine.host.warm_process import HostError
from autograder.engine.host.watcher import measure_memory_mb
from autograder.engine.judged_notebook import JudgedNotebook, order_verdicts, write_verdicts
from autograder.engine.wire import messages
from autograder.engine.wire.deadline import Deadline, WaitingTime
from autograder.engine.wire.frames import FrameError, send_descriptors
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.messages import Message, receive_message, send_message
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.engine.wire.seed_libraries import derive_kernel_seed
from autograder.notebooks.cell_roles import grade_id, is_test_cell, max_points
from autograder.notebooks.showing.rebuild_outputs import rebuild_outputs

_WATCH_SECONDS = 0.25
# A verifier keeps its own time; one that no longer can is ended this long after.
_GRACE_SECONDS = 20.0
# The same for a single test: one call of NumPy or TensorFlow may take long, and is not interrupted.
_TEST_GRACE_SECONDS = 8.0
# A process that no longer reads or writes.
_MESSAGE_SECONDS = 10.0
# A kernel's sockets close a moment before it has ended.
_END_SECONDS = 0.5
_MAX_VERIFIERS = 8


class Supervision:
    """One submission's supervision, used once.

    Args:
        kernels: starts kernels.
        verifiers: starts verifiers.
        folder: the run's private folder.
        limits: what the submission may use.
        files: the files beside the notebook in the student's sandbox.
        in_kernel: grade_ids of test cells that may run in the student's kernel.
        seed: what the hidden tests draw their inputs from.
        more_seeds: further hidden seeds for quick test cells.
        given: the instructor's files beside the notebook, for the test cells.
        standing: verdicts of an earlier run that this one cannot make better, by grade_id.
    """

    def __init__(
        self,
        kernels: KernelHost,
        verifiers: VerifierHost,
        folder: Path,
        limits: Limits,
        files: Mapping[str, bytes],
        in_kernel: Collection[str],
        seed: int,
        more_seeds: Sequence[int] = (),
        given: Mapping[str, bytes] | None = None,
        standing: Mapping[str, QuestionVerdict] | None = None,
    ) -> None:
        self._given = given or {}
        self._in_kernel = list(in_kernel)
        self._hidden_seed, self._seed = seed, derive_kernel_seed(seed)
        self._more_seeds, self._ended = list(more_seeds), messages.RunEnd({}, [], {}, [])
        self._kernels, self._verifiers = kernels, verifiers
        self._folder, self._limits, self._files = folder, limits, files
        self._kernel: KernelHandle | None = None
        # A process was killed, perhaps from outside: the student may not be to blame.
        self.was_disturbed = False
        # A time limit was met while others had the processors that this submission asked for.
        self.was_crowded = False
        self._limit_met: Cause | None = None
        self._peak_mb, self._cpu_before, self._cpu = 0.0, 0.0, 0.0
        self._waiting = WaitingTime()
        self._start_cell(0)
        self._watched, self._no_kernel = 0.0, ""
        self.verdicts = DecidedVerdicts(standing)
        self._lost: dict[int, Loss] = {}
        self._notes: list[Note] = []

    def run(self, notebook: NotebookNode, source: NotebookNode) -> JudgedNotebook:
        """Have the notebook run and judged; see `Engine.grade`.

        Raises:
            HostError: a kernel could not be started, which is not the student's fault.
        """
        self._started = time.monotonic()
        self._time = Deadline(self._limits.seconds, self._waiting)
        executed = None
        try:
            with make_verifier_folder(self._folder, self._given) as work:
                for _ in range(_MAX_VERIFIERS):
                    executed = self._run_once(notebook, source, work)
                    if executed is not None or self._time.measure_left() <= 0:
                        break
        finally:
            self._drop_kernel()
        if self._no_kernel:
            raise HostError(f"a kernel did not start: {self._no_kernel}")
        last = [self._describe_loss(notebook, index) for index in list(self._lost)[-1:]]
        why = "".join(last) or run_sentences.NOTEBOOK_TIME_USED_UP
        questions = order_verdicts(notebook, self.verdicts, why)
        return JudgedNotebook(
            notebook=write_verdicts(executed or nbformat.from_dict(notebook), questions),
            questions=questions,
            seconds=round(time.monotonic() - self._started, 3),
            peak_memory_mb=round(self._peak_mb, 1),
            notes=tuple(dict.fromkeys(self._notes + self._ended.notes)),
            measurements=self._ended.measurements,
            rejudged=tuple(self._ended.rejudged),
        )

    def _run_once(
        self, notebook: NotebookNode, source: NotebookNode, work: Path
    ) -> NotebookNode | None:
        """The executed notebook, or None when the verifier was lost on the way."""
        job = messages.Job(
            notebook=notebook,
            source=source,
            seed=self._hidden_seed,
            folder=str(work),
            limits=self._limits,
            seconds_left=self._time.measure_left(),
            verdicts=list(self.verdicts.values()),
            lost=self._lost,
            in_kernel=self._in_kernel,
            more_seeds=self._more_seeds,
        )
        with contextlib.closing(self._verifiers.start_verifier()) as verifier:
            self._start_cell(self._at)
            try:
                send_message(verifier, job, time.monotonic() + _MESSAGE_SECONDS)
                return self._serve(verifier, notebook)
            except FrameError:
                self._lose_verifier(notebook, work)
                return None
            finally:
                self._drop_kernel()

    def _serve(self, verifier: socket.socket, notebook: NotebookNode) -> NotebookNode:
        while True:
            if select.select([verifier], [], [], _WATCH_SECONDS)[0]:
                message = receive_message(verifier, time.monotonic() + _MESSAGE_SECONDS)
                if isinstance(message, messages.RunEnd):
                    self._ended = message
                    return rebuild_outputs(notebook, message.notebook)
                self._answer(verifier, message)
            now = time.monotonic()
            if now - self._watched >= _WATCH_SECONDS:
                # Not at every message: reading /proc takes as long as answering one.
                self._watched = now
                self._watch()
            grace = _TEST_GRACE_SECONDS if self._is_judged else _GRACE_SECONDS
            is_late = self._time.measure_left() < -_GRACE_SECONDS
            if is_late or self._cell_time.measure_left() < -grace:
                raise FrameError("the verifier does not keep to its time")

    def _start_cell(self, index: int, is_judged: bool = False) -> None:
        # Judged is a test that the verifier itself runs.
        self._at, self._is_judged = index, is_judged
        self._cell_time = Deadline(self._limits.cell_seconds, self._waiting)
        self._cpu_at_start = self._cpu_before + self._cpu

    def _answer(self, verifier: socket.socket, message: Message) -> None:
        match message:
            case messages.KernelRequest():
                self._give_kernel(verifier)
            case messages.LossRequest():
                loss = messages.KernelLoss(self._find_loss())
                send_message(verifier, loss, time.monotonic() + _MESSAGE_SECONDS)
            case messages.CellStart(index, is_judged):
                self._start_cell(index, is_judged)
            case messages.Decision(verdict):
                self._note_loss(verdict.status)
                self.verdicts.decide(verdict)
                self._start_cell(self._at)
            case messages.CellLoss(index, loss):
                self._lost[index] = loss
                self._note_loss(loss.cause.status)
            case messages.KernelFailure(reason):
                self._no_kernel = reason
            case messages.VerifierFailure(reason):
                self._notes.append(run_sentences.note_lost_verifier(reason))
            case messages.KernelRelease():
                self._drop_kernel()
            case _:
                raise FrameError(f"a verifier does not send {type(message).__name__}")

    def _note_loss(self, status: Status) -> None:
        self.verdicts.note_loss(status)
        if status is Status.TIMEOUT:
            used = self._cpu_before + self._cpu - self._cpu_at_start
            self.was_crowded |= self._cell_time.was_crowded(used)

    def _give_kernel(self, verifier: socket.socket) -> None:
        self._drop_kernel()
        try:
            self._kernel = self._kernels.start_kernel(self._limits, self._files, self._seed)
        except HostError as error:
            self._no_kernel = str(error)
            failure = messages.KernelFailure(str(error))
            send_message(verifier, failure, time.monotonic() + _MESSAGE_SECONDS)
            return
        self._limit_met, self._no_kernel, kernel = None, "", self._kernel
        self._waiting.follow(kernel.pid)
        self._start_cell(self._at, self._is_judged)
        address = messages.KernelAddress(str(kernel.folder / "k"), kernel.key)
        send_message(verifier, address, time.monotonic() + _MESSAGE_SECONDS)
        send_descriptors(verifier, [kernel.pidfd, kernel.agent.fileno()])

    def _drop_kernel(self) -> None:
        if self._kernel is not None:
            self._watch()
            self._kernel.close()
            self._kernel = None
            self._cpu_before += self._cpu
            self._cpu = 0.0

    def _find_loss(self) -> Loss:
        """Why the kernel is gone: a limit, or how its process ended."""
        if self._limit_met is not None:
            return Loss(self._limit_met)
        if self._kernel is not None and self._kernel.ran_out_of_memory:
            return Loss(Cause.MEMORY_MB)
        if self._kernel is not None and not self._kernel.wait(_END_SECONDS):
            # It sends what no kernel sends, but nobody has killed it.
            return Loss(Cause.KERNEL_ENDED)
        code = self._kernel.read_exit_code() if self._kernel is not None else None
        self.was_disturbed |= code in (None, -signal.SIGKILL)
        if code == -signal.SIGXCPU:
            return Loss(Cause.CPU_SECONDS)
        detail = "" if code is None else run_sentences.describe_exit(code)
        return Loss(Cause.KERNEL_ENDED, detail)

    def _watch(self) -> None:
        kernel = self._kernel
        if kernel is None or not kernel.is_alive:
            return
        used = kernel.measure_usage()
        self._peak_mb = max(self._peak_mb, used.memory_mb)
        self._cpu = max(self._cpu, used.cpu_seconds)
        if used.memory_mb > self._limits.memory_mb:
            # Shared pages count once for each process there; measure exactly before judging.
            exact = measure_memory_mb(kernel.pid)
            if exact == 0.0 or exact > self._limits.memory_mb:
                self._limit_met = Cause.MEMORY_MB
        if self._cpu_before + self._cpu > self._limits.cpu_seconds:
            self._limit_met = Cause.CPU_SECONDS
        if used.processes > self._limits.processes:
            self._limit_met = Cause.PROCESSES
        if self._limit_met is not None:
            kernel.kill()

    def _lose_verifier(self, notebook: NotebookNode, work: Path) -> None:
        """The verifier died or hung: the cell that it was at costs its question, and is skipped."""
        cell = notebook.cells[self._at]
        cause = Cause.VERIFIER_ENDED
        crash = Path(messages.find_crash_file(str(work)))
        if self._is_judged and self._cell_time.measure_left() < 0:
            cause = Cause.CELL_SECONDS
        elif not (crash.exists() and crash.stat().st_size):
            # Killed, perhaps from outside: what a student made can only crash it.
            self.was_disturbed = True
        self._lost[self._at] = Loss(cause)
        why = self._describe_loss(notebook, self._at)
        self._notes.append(Note(NoteKind.LOST_CELL, why))
        if is_test_cell(cell):
            question, points = grade_id(cell), max_points(cell)
            self.verdicts.decide(QuestionVerdict(question, 0.0, points, cause.status, why))

    def _describe_loss(self, notebook: NotebookNode, index: int) -> str:
        cell = notebook.cells[index]
        test = grade_id(cell) if is_test_cell(cell) else ""
        place = run_sentences.describe_place(index, test)
        return run_sentences.describe_loss(self._lost[index], place, self._limits)
