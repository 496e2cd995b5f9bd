"""One submission's verifier: a fork of the trusted warm parent, used once."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import resource
import socket
import sys
from functools import partial

import nbformat

from autograder.engine.verifier.module_folders import find_module_folders
from autograder.engine.verifier.progress import Progress
from autograder.engine.verifier.provisioner import ForkedKernel
from autograder.engine.verifier.student_kernel import KernelLostError
from autograder.engine.verifier.submission_run import SubmissionRun
from autograder.engine.verifier.use_seed import set_seed
from autograder.engine.wire import messages
from autograder.engine.wire.fork_server import die_with_parent
from autograder.engine.wire.frames import receive_descriptors
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.messages import (
    check_message,
    expect_message,
    receive_message,
    send_message,
)

_MIB = 1 << 20


def verify(request: bytes, fds: list[int]) -> None:
    """Run and judge the submission that the grader sends on the socket `fds[0]`.

    Args:
        request: what the warm parent was told; nothing is in it.
        fds: the socket to the grader.
    """
    die_with_parent(os.getppid())
    grader = socket.socket(fileno=fds[0])
    job = expect_message(grader, messages.Job)
    # A crash, unlike SIGKILL from outside, leaves a trace.
    crash = os.open(messages.find_crash_file(job.folder), os.O_WRONLY | os.O_CREAT, 0o600)
    faulthandler.enable(crash, all_threads=False)
    _limit_memory(job.limits)
    set_seed(job.seed)
    os.chdir(job.folder)
    # The instructor's modules beside the notebook; the working folder itself is not for imports.
    modules = messages.find_module_folder(job.folder)
    sys.path.insert(0, modules)
    sys.path += find_module_folders(modules, nbformat.from_dict(job.source))
    # Loggers of our own would write nothing that anybody reads.
    logging.disable(logging.CRITICAL)
    run = SubmissionRun(
        nbformat.from_dict(job.notebook),
        nbformat.from_dict(job.source),
        job.limits,
        job.seconds_left,
        partial(_take_kernel, grader),
        partial(_ask_loss, grader),
        partial(send_message, grader),
        Progress({verdict.grade_id: verdict for verdict in job.verdicts}, job.lost),
        job.in_kernel,
        job.more_seeds,
    )
    try:
        asyncio.run(run.run())
    except BaseException as error:
        # The grader continues with a new verifier; the reason must not be lost with this one.
        faulthandler.dump_traceback(crash, all_threads=False)
        reason = f"{type(error).__name__}: {error}"[:500]
        send_message(grader, messages.VerifierFailure(reason))
        raise
    trials = run.trials
    end = messages.RunEnd(run.notebook, run.notes, trials.measurements, trials.rejudged)
    send_message(grader, end)


def _take_kernel(grader: socket.socket) -> ForkedKernel:
    send_message(grader, messages.KernelRequest())
    answer = receive_message(grader)
    if isinstance(answer, messages.KernelFailure):
        raise KernelLostError(Cause.KERNEL_ENDED, answer.reason)
    address = check_message(answer, messages.KernelAddress)
    return ForkedKernel(address.prefix, address.key, *receive_descriptors(grader, 2))


def _ask_loss(grader: socket.socket) -> Loss:
    send_message(grader, messages.LossRequest())
    return expect_message(grader, messages.KernelLoss).loss


def _limit_memory(limits: Limits) -> None:
    # A model whose configuration asks for the whole machine's memory ends this process only.
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[5])
    most = pages * resource.getpagesize() + int(limits.memory_mb * _MIB) + 1024 * _MIB
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
