"""One submission's verifier: a fork of the trusted warm parent, used once."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import random
import resource
import socket
from typing import Any

import nbformat

from autograder.engine.verifier.provisioner import ForkedKernel
from autograder.engine.verifier.student_kernel import KernelLostError
from autograder.engine.verifier.submission_run import Loss, Progress, SubmissionRun
from autograder.engine.wire.fork_server import die_with_parent
from autograder.engine.wire.frames import receive_descriptors, receive_json, send_json
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.question_verdict import QuestionVerdict

_MIB = 1 << 20


def verify(request: dict[str, Any], fds: list[int]) -> None:
    """Run and judge the submission that the grader sends on the socket `fds[0]`.

    Args:
        request: "parent", the warm parent's process id.
        fds: the socket to the grader.
    """
    die_with_parent(os.getppid())
    grader = socket.socket(fileno=fds[0])
    job = receive_json(grader)
    limits = Limits(**job["limits"])
    _bound_memory(limits)
    os.environ["AUTOGRADER_SEED"] = str(job["seed"])
    os.chdir(job["folder"])
    # What the student's code logs is the student's; what ours would log goes nowhere.
    logging.disable(logging.CRITICAL)
    random.seed(job["seed"])

    def tell(what: str, content: Any) -> None:
        if isinstance(content, QuestionVerdict):
            content = dataclasses.asdict(content)
        send_json(grader, {"tell": what, "content": content})

    def take_kernel() -> ForkedKernel:
        send_json(grader, {"ask": "kernel"})
        answer = receive_json(grader)
        if "failed" in answer:
            raise KernelLostError("died", answer["failed"])
        return ForkedKernel(answer["prefix"], answer["key"], *receive_descriptors(grader, 2))

    def ask_why() -> Loss:
        send_json(grader, {"ask": "why"})
        return Loss(**receive_json(grader))

    run = SubmissionRun(
        nbformat.from_dict(job["notebook"]),
        nbformat.from_dict(job["source"]),
        limits,
        take_kernel,
        ask_why,
        tell,
        Progress(
            {v["grade_id"]: QuestionVerdict(**v) for v in job["verdicts"]},
            set(job["skip"]),
            {int(place): why for place, why in job["lost"]},
        ),
        job["in_kernel"],
    )
    try:
        asyncio.run(run.run())
    except BaseException as error:
        # The grader goes on with a new verifier; what happened is not to be lost with this one.
        tell("broke", f"{type(error).__name__}: {error}"[:500])
        raise
    tell("done", {"notebook": run.notebook, "notes": run.notes})


def _bound_memory(limits: Limits) -> None:
    # A model whose configuration asks for the whole machine's memory ends this process only.
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[5])
    most = pages * resource.getpagesize() + int(limits.memory_mb * _MIB) + 1024 * _MIB
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
