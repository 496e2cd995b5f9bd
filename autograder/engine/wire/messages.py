"""Messages between the engine's trusted processes: the grader, its verifiers, a kernel's init.

A message is a dataclass; it travels as JSON, under the name of its class.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from autograder.engine.wire.frames import FrameError, receive_frame, send_frame
from autograder.engine.wire.kernel_messages import FileNames as FileNames
from autograder.engine.wire.kernel_messages import KernelEnd as KernelEnd
from autograder.engine.wire.kernel_messages import KernelSetup as KernelSetup
from autograder.engine.wire.kernel_messages import KernelStart as KernelStart
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.engine.wire.rejudgement import Rejudgement

# A message holds two notebooks at most, and what the cells showed.
MOST_BYTES = 1 << 30
# Of those that hold names and numbers only.
SHORT_BYTES = 1 << 16

# From the grader to a verifier.


@dataclass(frozen=True)
class Job:
    """A submission to be run and judged.

    Args:
        notebook: the repaired notebook.
        source: the instructor's notebook.
        seed: what the hidden tests draw their inputs from.
        folder: a private working folder.
        limits: what the submission may use.
        seconds_left: time left to the notebook.
        verdicts: of the questions that an earlier verifier judged.
        lost: by index, the cells that ended a kernel or a verifier; they are not run again.
        in_kernel: grade_ids of test cells that may run in the student's kernel.
        more_seeds: hidden seeds under which each quick test cell is run once more.
    """

    notebook: dict[str, Any]
    source: dict[str, Any]
    seed: int
    folder: str
    limits: Limits
    seconds_left: float
    verdicts: list[QuestionVerdict]
    lost: dict[int, Loss]
    in_kernel: list[str]
    more_seeds: list[int]


def find_crash_file(folder: str) -> str:
    """Where the verifier with this working folder leaves a trace when it crashes."""
    return f"{folder}.crash"


def find_module_folder(folder: str) -> str:
    """Where the verifier with this working folder imports the instructor's modules from."""
    return f"{folder}.modules"


@dataclass(frozen=True)
class KernelAddress:
    """Where a kernel's sockets are; two descriptors follow: of its process and of its agent."""

    prefix: str
    key: str


@dataclass(frozen=True)
class KernelFailure:
    """A kernel could not be started; the verifier says so too, of one that does not answer."""

    reason: str


@dataclass(frozen=True)
class KernelLoss:
    """Why the kernel ended: the answer to a `LossRequest`."""

    loss: Loss


# From a verifier to the grader.


@dataclass(frozen=True)
class KernelRequest:
    """Asks for a kernel; a `KernelAddress` or a `KernelFailure` answers."""


@dataclass(frozen=True)
class LossRequest:
    """Asks why the kernel ended; a `KernelLoss` answers."""


@dataclass(frozen=True)
class CellStart:
    """The cell at `index` runs next.

    Args:
        index: its place in the notebook.
        is_judged: whether it is a test cell that the verifier itself now runs.
    """

    index: int
    is_judged: bool = False


@dataclass(frozen=True)
class CellLoss:
    """The cell at `index` cost the kernel."""

    index: int
    loss: Loss


@dataclass(frozen=True)
class Decision:
    """A question has been decided."""

    verdict: QuestionVerdict


@dataclass(frozen=True)
class KernelRelease:
    """The verifier is done with the kernel."""


@dataclass(frozen=True)
class VerifierFailure:
    """The verifier stops with an error of its own."""

    reason: str


@dataclass(frozen=True)
class RunEnd:
    """The notebook has been run and judged.

    Args:
        notebook: the executed notebook.
        notes: what a reader of the scores should know.
        measurements: what its tests compared, by grade_id.
        rejudged: the scores under `more_seeds`.
    """

    notebook: dict[str, Any]
    notes: list[Note]
    measurements: dict[str, list[Measurement]]
    rejudged: list[Rejudgement]


Message = (
    Job
    | KernelAddress
    | KernelFailure
    | KernelLoss
    | KernelRequest
    | LossRequest
    | CellStart
    | CellLoss
    | Decision
    | KernelRelease
    | VerifierFailure
    | RunEnd
    | KernelSetup
    | FileNames
    | KernelStart
    | KernelEnd
)
M = TypeVar("M", bound=Message)
_TYPES: dict[str, Callable[..., Message]] = {kind.__name__: kind for kind in get_args(Message)}


def _loss(fields: dict[str, Any]) -> Loss:
    return Loss(Cause(fields["cause"]), fields["detail"])


# Fields with values that JSON cannot hold.
_FIELDS: dict[str, Callable[[Any], Any]] = {
    "limits": lambda fields: Limits(**fields),
    "loss": _loss,
    "lost": lambda losses: {int(index): _loss(loss) for index, loss in losses.items()},
    "measurements": lambda by_question: {
        question: [Measurement(**one) for one in found] for question, found in by_question.items()
    },
    "rejudged": lambda found: [Rejudgement(**one) for one in found],
    "notes": lambda notes: [Note(NoteKind(note["kind"]), note["text"]) for note in notes],
    "verdict": QuestionVerdict.from_dict,
    "verdicts": lambda verdicts: [QuestionVerdict.from_dict(verdict) for verdict in verdicts],
}


def pack_message(message: Message) -> bytes:
    """The bytes of a message."""
    named = [type(message).__name__, message]
    # A student's text may hold lone surrogates, which cannot be written anywhere else either.
    return json.dumps(named, ensure_ascii=False, default=vars).encode("utf-8", "replace")


def unpack_message(payload: bytes | bytearray) -> Message:
    """The message whose bytes `pack_message` returned.

    Raises:
        FrameError: the bytes are not a message.
    """
    try:
        name, fields = json.loads(payload)
        values = {key: _FIELDS[key](v) if key in _FIELDS else v for key, v in fields.items()}
        return _TYPES[name](**values)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise FrameError(f"an unreadable message ({error})") from error


def send_message(sock: socket.socket, message: Message, deadline: float | None = None) -> None:
    """Send a message to a trusted process.

    Args:
        sock: a connected stream socket.
        message: what to send.
        deadline: `time.monotonic()` at which to give up; None only where the other end is the
            grader, which no student's code can stop.

    Raises:
        FrameError: the other end closed the socket, or did not read in time.
    """
    send_frame(sock, pack_message(message), deadline)


def receive_message(
    sock: socket.socket, deadline: float | None = None, limit: int = MOST_BYTES
) -> Message:
    """Receive a message of a trusted process.

    Args:
        sock: a connected stream socket.
        deadline: as for `send_message`.
        limit: the most bytes that it may have.

    Raises:
        FrameError: the other end closed the socket, took too long, or sent something else.
    """
    return unpack_message(receive_frame(sock, limit, deadline))


def expect_message(
    sock: socket.socket, kind: type[M], deadline: float | None = None, limit: int = MOST_BYTES
) -> M:
    """Receive a message of this kind; see `receive_message`.

    Raises:
        FrameError: the other end closed the socket, took too long, or sent something else.
    """
    return check_message(receive_message(sock, deadline, limit), kind)


def check_message(message: Message, kind: type[M]) -> M:
    """The message, which must be of this kind.

    Raises:
        FrameError: it is of another kind.
    """
    if not isinstance(message, kind):
        raise FrameError(f"{type(message).__name__} instead of {kind.__name__}")
    return message
