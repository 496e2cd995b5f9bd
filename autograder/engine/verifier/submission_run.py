"""Runs a whole notebook: the student's cells in the student's kernel, the test cells here."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine import run_sentences
from autograder.engine.verifier.decide_verdict import decide_verdict
from autograder.engine.verifier.instructor_definitions import find_instructor_definitions
from autograder.engine.verifier.instructor_profile import InstructorProfile
from autograder.engine.verifier.judge_cell import (
    TestResult,
    define_names,
    judge_outputs,
    run_test_cell,
)
from autograder.engine.verifier.progress import Progress
from autograder.engine.verifier.provisioner import ForkedKernel
from autograder.engine.verifier.seed_trials import SeedTrials
from autograder.engine.verifier.student_channel import StudentChannel
from autograder.engine.verifier.student_error import LimitReachedError
from autograder.engine.verifier.student_kernel import KernelLostError, StudentKernel
from autograder.engine.verifier.trusted_imports import TrustedImports
from autograder.engine.verifier.verifier_namespace import VerifierNamespace
from autograder.engine.wire import messages
from autograder.engine.wire.deadline import Deadline, WaitingTime
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.messages import Message
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.notebooks.cell_roles import (
    grade_id,
    is_answer_cell,
    is_graded_cell,
    is_test_cell,
    max_points,
)
from autograder.notebooks.showing.rebuild_outputs import rebuild_output

_MAX_KERNELS = 8


class SubmissionRun:
    """The run of one submission's notebook.

    Args:
        notebook: the repaired notebook; outputs are put into it.
        source: the instructor's notebook.
        limits: what the submission may use.
        seconds: time left to the notebook.
        take_kernel: starts a kernel.
        ask_loss: called after a kernel ended; returns why.
        send: called with each verdict as soon as it is known, and before each cell.
        progress: what an earlier verifier found out.
        in_kernel: grade_ids of test cells that the instructor lets run in the student's kernel.
        more_seeds: hidden seeds under which each quick test cell is run once more.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        source: NotebookNode,
        limits: Limits,
        seconds: float,
        take_kernel: Callable[[], ForkedKernel],
        ask_loss: Callable[[], Loss],
        send: Callable[[Message], None],
        progress: Progress,
        in_kernel: Collection[str] = (),
        more_seeds: Sequence[int] = (),
    ) -> None:
        self._in_kernel = frozenset(in_kernel)
        self.notebook, self._limits = notebook, limits
        self._take_kernel, self._ask_loss, self._send = take_kernel, ask_loss, send
        self._progress = progress
        code = [c for c in source.cells if c.cell_type == "code"]
        tests = [c.source for c in code if is_test_cell(c)]
        self._profile = InstructorProfile((c.source for c in code if not is_test_cell(c)), tests)
        imports, own = TrustedImports.of(source), find_instructor_definitions(source)
        self._names = VerifierNamespace(imports, own, self._profile)
        self._answers = {grade_id(c): c.source for c in code if is_answer_cell(c)}
        self._answers.update((c.source, c.source) for c in code if not is_test_cell(c))
        self._tests = {grade_id(c): c.source for c in source.cells if is_test_cell(c)}
        self._waiting = WaitingTime()
        self._time = Deadline(seconds, self._waiting)
        self._kernel: StudentKernel | None = None
        self._kernels = 0
        # The index of a cell that was lost since the last verdict.
        self._newly_lost: int | None = None
        self.notes: list[Note] = []
        self.trials = SeedTrials(more_seeds)

    async def run(self) -> None:
        """Run every cell and judge every question; whatever happens, each gets a verdict."""
        for index, cell in enumerate(self.notebook.cells):
            if is_graded_cell(cell):
                await self._judge(index, cell)
            elif cell.cell_type == "code":
                await self._run_cell(index, cell)
        await self._drop_kernel()
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                outputs = map(rebuild_output, cell.outputs)
                cell.outputs = [output for output in outputs if output is not None]

    async def _run_cell(self, index: int, cell: NotebookNode) -> None:
        cell.outputs, cell.execution_count = [], None
        if index in self._progress.lost:
            self._show_loss(index, cell)
            return
        kernel = await self._ensure_kernel(index)
        if kernel is None:
            return
        self._send(messages.CellStart(index))
        if not is_test_cell(cell):
            answer = self._answers.get(grade_id(cell) or cell.source, "")
            self._names.enter_student_cell(cell.source, answer)
        try:
            await self._run_in_kernel(kernel, cell, index)
        except KernelLostError as error:
            await self._lose_cell(index, error.loss)
            self._show_loss(index, cell)

    async def _run_in_kernel(self, kernel: StudentKernel, cell: NotebookNode, index: int) -> None:
        """Run a cell of the student's, which sees what it needs of the test cells above it."""
        if not is_test_cell(cell):
            try:
                self._names.relay.before_student_cell(kernel.channel, cell.source)
            except LimitReachedError as error:
                raise KernelLostError(error.loss.cause, error.loss.detail) from None
        await kernel.run(cell, index, self._time)

    def _show_loss(self, index: int, cell: NotebookNode) -> None:
        why = self._describe_loss(index)
        cell.outputs.append(new_output("error", ename="Limit", evalue=why, traceback=[why]))

    async def _judge(self, index: int, cell: NotebookNode) -> None:
        question, points = grade_id(cell), max_points(cell)
        if not is_test_cell(cell) or cell.cell_type != "code":
            if cell.cell_type == "code":
                await self._run_cell(index, cell)
            self._decide(QuestionVerdict(question, 0.0, points, Status.MANUAL))
            return
        # What runs on the trusted side is the instructor's text, whatever the notebook has here.
        cell.source = self._tests[question]
        known = self._progress.verdicts.get(question)
        self._names.enter_cell("" if question in self._in_kernel else cell.source)
        if index in self._progress.lost:
            result = self._make_lost_result(index)
            define_names(cell.source, self._names)
        else:
            self._send(messages.CellStart(index))
            if question in self._in_kernel:
                result = await self._test_in_kernel(index, cell)
            else:
                result = await self._test(index, cell)
        self._decide(known or self._make_verdict(index, question, points, result))

    async def _test(self, index: int, cell: NotebookNode) -> TestResult:
        cell.outputs, cell.execution_count = [], None
        kernel = await self._ensure_kernel(index)
        if kernel is None:
            why = self._describe_budget(index)
            return TestResult(0.0, Status.TIMEOUT, why, cause=Cause.SECONDS)
        # Cells that were run again have been announced since.
        self._send(messages.CellStart(index, is_judged=True))
        channel = kernel.channel
        began = time.monotonic()
        result = self._run_test_cell(cell, channel)
        cell.outputs = result.outputs
        for one in result.measurements:
            if one.is_close:
                self.notes.append(run_sentences.note_close_mark(grade_id(cell), one))
        run_again = partial(self._run_test_cell, cell, channel)
        seconds = time.monotonic() - began
        self.trials.observe(grade_id(cell), max_points(cell), result, seconds, run_again)
        if channel.failure is not None:
            await self._lose_cell(index, channel.failure.loss)
            self._newly_lost = None
            return self._make_lost_result(index)
        return result

    def _run_test_cell(self, cell: NotebookNode, channel: StudentChannel) -> TestResult:
        return run_test_cell(cell.source, self._names, channel, self._limits, self._time)

    async def _test_in_kernel(self, index: int, cell: NotebookNode) -> TestResult:
        """Run a test cell as nbgrader does: the student's code can reach it, and its marks."""
        note = run_sentences.note_test_in_kernel(grade_id(cell))
        if note not in self.notes:
            self.notes.append(note)
        await self._run_cell(index, cell)
        define_names(cell.source, self._names)
        if index in self._progress.lost:
            return self._make_lost_result(index)
        return judge_outputs(cell.outputs)

    def _make_lost_result(self, index: int) -> TestResult:
        """The result of a test cell that cost the kernel."""
        cause = self._progress.lost[index].cause
        return TestResult(0.0, cause.status, self._describe_loss(index), cause=cause)

    def _make_verdict(
        self, index: int, question: str, points: float, result: TestResult
    ) -> QuestionVerdict:
        newly, self._newly_lost = self._newly_lost, None
        stopped = "" if result.cause is None else self._describe(Loss(result.cause), index)
        lost = None
        if newly is not None:
            lost = (self._progress.lost[newly].cause, self._describe_loss(newly))
        return decide_verdict(question, points, result, stopped, lost)

    def _decide(self, verdict: QuestionVerdict) -> None:
        self._progress.verdicts[verdict.grade_id] = verdict
        self._send(messages.Decision(verdict))

    async def _ensure_kernel(self, index: int) -> StudentKernel | None:
        """A kernel in which all cells above `index` have run; None if no budget is left."""
        while self._kernel is None:
            if self._is_time_up() or self._kernels >= _MAX_KERNELS:
                return None
            self._kernels += 1
            try:
                forked = self._take_kernel()
                self._kernel = StudentKernel(
                    forked, self.notebook, self._limits, self._waiting, self._profile
                )
                await self._kernel.start()
            except KernelLostError as error:
                await self._drop_kernel()
                self._send(messages.KernelFailure(str(error)))
                # None of the student's code has run: another attempt will hardly do better.
                self._kernels += _MAX_KERNELS // 2
                continue
            await self._replay(self._kernel, index)
        return None if self._is_time_up() else self._kernel

    async def _replay(self, kernel: StudentKernel, index: int) -> None:
        """Run the student's cells above `index` again."""
        for place, cell in enumerate(self.notebook.cells[:index]):
            if cell.cell_type != "code" or is_test_cell(cell) or place in self._progress.lost:
                continue
            shown = (cell.outputs, cell.execution_count)
            self._send(messages.CellStart(place))
            try:
                await self._run_in_kernel(kernel, cell, place)
            except KernelLostError as error:
                await self._lose_cell(place, error.loss)
                return
            finally:
                # The outputs of the first time are kept.
                cell.outputs, cell.execution_count = shown

    async def _lose_cell(self, index: int, loss: Loss) -> None:
        """The cell at `index` cost the kernel: note why, and drop the kernel."""
        if loss.cause is Cause.KERNEL_ENDED:
            found = self._ask_loss()
            if found.cause is not Cause.KERNEL_ENDED or not loss.detail:
                loss = found
        elif loss.cause is Cause.CELL_SECONDS and self._is_time_up():
            loss = Loss(Cause.SECONDS)
        self._progress.lost[index] = loss
        self._newly_lost = index
        self.notes.append(Note(NoteKind.LOST_CELL, self._describe_loss(index)))
        self._send(messages.CellLoss(index, loss))
        await self._drop_kernel()

    async def _drop_kernel(self) -> None:
        if self._kernel is not None:
            self.notes += [n for n in self._kernel.notes if n not in self.notes]
            await self._kernel.close()
            self._kernel = None
            self._send(messages.KernelRelease())

    def _describe_loss(self, index: int) -> str:
        return self._describe(self._progress.lost[index], index)

    def _describe(self, loss: Loss, index: int) -> str:
        cell = self.notebook.cells[index]
        test = grade_id(cell) if is_test_cell(cell) else ""
        place = run_sentences.describe_place(index, test)
        return run_sentences.describe_loss(loss, place, self._limits)

    def _describe_budget(self, index: int) -> str:
        """Why no kernel is left for the cell at `index`."""
        if self._is_time_up():
            return self._describe(Loss(Cause.SECONDS), index)
        lost = list(self._progress.lost)
        return run_sentences.describe_too_many_kernels(self._describe_loss(lost[0]) if lost else "")

    def _is_time_up(self) -> bool:
        return self._time.measure_left() <= 0
