"""Runs a whole notebook: the student's cells in the student's kernel, the test cells here."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.verifier.judge_cell import TestResult, result_of_outputs, run_test_cell
from autograder.engine.verifier.namespace import Namespace
from autograder.engine.verifier.provisioner import ForkedKernel
from autograder.engine.verifier.student_kernel import KernelLostError, StudentKernel
from autograder.engine.verifier.trusted_imports import TrustedImports
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.notebooks.cell_roles import (
    grade_id,
    is_answer_cell,
    is_graded_cell,
    is_test_cell,
    max_points,
)

_MAX_KERNELS = 8


@dataclass(frozen=True)
class Loss:
    """Why a kernel was lost: the limit's name, and more in words."""

    limit: str
    detail: str = ""


@dataclass
class Progress:
    """What is known of a submission so far; enough to go on after the verifier itself was lost.

    Args:
        verdicts: of the questions judged so far, by grade_id.
        skip: places of cells that ended a kernel and are not run again.
        lost: for these cells, the sentence that says why.
    """

    verdicts: dict[str, QuestionVerdict] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)
    lost: dict[int, str] = field(default_factory=dict)


class SubmissionRun:
    """One submission's way through its notebook.

    Args:
        notebook: the repaired notebook; outputs are put into it.
        source: the instructor's notebook.
        limits: what the submission may use.
        take_kernel: starts a kernel.
        ask_why: asked after a kernel was lost; returns the limit that it met, if any.
        tell: called with each verdict as soon as it is known, and before each cell.
        progress: what an earlier verifier found out.
        in_kernel: grade_ids of test cells that the instructor lets run in the student's kernel.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        source: NotebookNode,
        limits: Limits,
        take_kernel: Callable[[], ForkedKernel],
        ask_why: Callable[[], Loss],
        tell: Callable[[str, Any], None],
        progress: Progress,
        in_kernel: Collection[str] = (),
    ) -> None:
        self._in_kernel = frozenset(in_kernel)
        self.notebook, self._limits = notebook, limits
        self._take_kernel, self._ask_why, self._tell = take_kernel, ask_why, tell
        self._progress = progress
        self._names = Namespace(
            TrustedImports(c.source for c in source.cells if c.cell_type == "code")
        )
        self._end = time.monotonic() + limits.seconds
        self._kernel: StudentKernel | None = None
        self._kernels = 0
        self._new_loss = ""
        self.notes: list[str] = []

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
                cell.outputs = [output for output in cell.outputs if _is_valid(output)]

    async def _run_cell(self, index: int, cell: NotebookNode) -> None:
        cell.outputs, cell.execution_count = [], None
        if index in self._progress.skip:
            self._show_loss(index, cell)
            return
        if not await self._ensure_kernel(index):
            return
        self._tell("at", index)
        try:
            await self._kernel.run(cell, index, self._left())
        except KernelLostError as error:
            await self._lost(index, error.limit, error.detail)
            self._show_loss(index, cell)

    def _show_loss(self, index: int, cell: NotebookNode) -> None:
        why = self._progress.lost.get(index, "this cell was not run again")
        cell.outputs.append(new_output("error", ename="Limit", evalue=why, traceback=[why]))

    async def _judge(self, index: int, cell: NotebookNode) -> None:
        question, points = grade_id(cell), max_points(cell)
        if is_answer_cell(cell) or cell.cell_type != "code":
            if cell.cell_type == "code":
                await self._run_cell(index, cell)
            self._decide(QuestionVerdict(question, 0.0, points, "manual"))
            return
        known = self._progress.verdicts.get(question)
        if index in self._progress.skip:
            self._decide(known or self._limit_verdict(question, points, "died", index, ""))
            return
        self._tell("at", index)
        if question in self._in_kernel:
            result = await self._test_in_kernel(index, cell)
        else:
            result = await self._test(index, cell)
        self._decide(known or self._verdict(index, question, points, result))

    async def _test(self, index: int, cell: NotebookNode) -> TestResult:
        cell.outputs, cell.execution_count = [], None
        if not await self._ensure_kernel(index):
            why = self._out_of_budget(index)
            return TestResult(0.0, "limit", why, limit="seconds")
        channel = self._kernel.channel
        result = run_test_cell(cell.source, self._names, channel, self._limits, self._left())
        cell.outputs = result.outputs
        if channel.failure is not None:
            await self._lost(index, channel.failure.limit, channel.failure.detail)
            result = TestResult(
                0.0, "limit", self._progress.lost[index], result.outputs, channel.failure.limit
            )
            self._new_loss = ""
        return result

    async def _test_in_kernel(self, index: int, cell: NotebookNode) -> TestResult:
        """Run a test cell as nbgrader does: the student's code can reach it, and its marks."""
        note = f"{grade_id(cell)} was judged in the student's kernel"
        if note not in self.notes:
            self.notes.append(note)
        await self._run_cell(index, cell)
        if index in self._progress.lost:
            return TestResult(0.0, self._loss_status, self._progress.lost[index])
        return result_of_outputs(cell.outputs)

    def _verdict(
        self, index: int, question: str, points: float, result: TestResult
    ) -> QuestionVerdict:
        loss, self._new_loss = self._new_loss, ""
        if result.limit:
            return self._limit_verdict(question, points, result.limit, index, result.message)
        if result.status != "passed":
            if loss:
                return QuestionVerdict(
                    question, 0.0, points, self._loss_status, f"{loss} ({result.message})"
                )
            return QuestionVerdict(question, 0.0, points, result.status, result.message)
        share = points if result.share is None else result.share
        if share > points:
            message = f"the test came to {share:g} points of {points:g}"
            return QuestionVerdict(question, 0.0, points, "error", message)
        if share < points:
            message = f"a part of the points: {share:g} of {points:g}"
            return QuestionVerdict(question, share, points, "failed", message)
        return QuestionVerdict(question, points, points, "passed")

    def _limit_verdict(
        self, question: str, points: float, limit: str, index: int, message: str
    ) -> QuestionVerdict:
        status = "timeout" if limit.endswith("seconds") else "limit"
        message = message or self._sentence(limit, "", index)
        return QuestionVerdict(question, 0.0, points, status, message)

    def _decide(self, verdict: QuestionVerdict) -> None:
        self._progress.verdicts[verdict.grade_id] = verdict
        self._tell("verdict", verdict)

    async def _ensure_kernel(self, index: int) -> bool:
        """Have a kernel in which all cells above `index` have run; False if there is no budget."""
        while self._kernel is None:
            if self._left() <= 0 or self._kernels >= _MAX_KERNELS:
                return False
            self._kernels += 1
            try:
                self._kernel = StudentKernel(self._take_kernel(), self.notebook, self._limits)
                await self._kernel.start()
            except KernelLostError as error:
                await self._drop_kernel()
                self._tell("no kernel", str(error))
                # Nothing of the student's has run: a further try is hardly going to do better.
                self._kernels += _MAX_KERNELS // 2
                continue
            await self._replay(index)
        return self._left() > 0

    async def _replay(self, index: int) -> None:
        for place, cell in enumerate(self.notebook.cells[:index]):
            if cell.cell_type != "code" or is_test_cell(cell) or place in self._progress.skip:
                continue
            shown = (cell.outputs, cell.execution_count)
            self._tell("at", place)
            try:
                await self._kernel.run(cell, place, self._left())
            except KernelLostError as error:
                await self._lost(place, error.limit, error.detail)
                return
            finally:
                # What was shown the first time is what the student handed in, as it were.
                cell.outputs, cell.execution_count = shown

    async def _lost(self, index: int, limit: str, detail: str) -> None:
        """The cell at `index` cost the kernel: note why, and let the kernel go."""
        if limit == "died":
            why = self._ask_why()
            limit, detail = why.limit, detail or why.detail
        elif limit == "cell_seconds" and self._left() <= 0:
            limit = "seconds"
        sentence = self._sentence(limit, detail, index)
        self._progress.skip.add(index)
        self._progress.lost[index] = self._new_loss = sentence
        self._loss_status = "timeout" if limit.endswith("seconds") else "limit"
        self.notes.append(sentence)
        self._tell("lost", [index, sentence])
        await self._drop_kernel()

    async def _drop_kernel(self) -> None:
        if self._kernel is not None:
            self.notes += [n for n in self._kernel.notes if n not in self.notes]
            await self._kernel.close()
            self._kernel = None
            self._tell("drop", None)

    def _sentence(self, limit: str, detail: str, index: int) -> str:
        cell = self.notebook.cells[index]
        where = f"the test {grade_id(cell)}" if is_test_cell(cell) else f"cell {index + 1}"
        if limit != "died":
            return self._limits.sentence(limit, where)
        return f"{where} ended the kernel{f': {detail}' if detail else ''}"

    def _out_of_budget(self, index: int) -> str:
        if self._left() <= 0:
            return self._sentence("seconds", "", index)
        first = next(iter(self._progress.lost.values()), "")
        return f"the kernel was lost too often to go on{f'; {first}' if first else ''}"

    def _left(self) -> float:
        return self._end - time.monotonic()


def _is_valid(output: NotebookNode) -> bool:
    """Whether readers of the notebook will take this output: a kernel may send anything."""
    try:
        nbformat.validate(output, ref="output", version=4)
    except Exception:  # jsonschema's errors, and whatever odd data brings it to raise
        return False
    return True
