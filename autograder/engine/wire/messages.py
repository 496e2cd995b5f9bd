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
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict
from autograder.engine.wire.rejudgement import Rejudgement

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
        seconds_left: wall time left to the notebook.
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
    """The cell at `index` runs next."""

    index: int


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


# From the grader to the warm parent of the kernels and to a kernel's init, and back.


@dataclass(frozen=True)
class KernelSetup:
    """How a kernel is to be sandboxed.

    Args:
        uid: the user id that it takes; None keeps the warm parent's.
        has_namespaces: whether it takes namespaces of its own.
        home: its working folder.
        tmp: its folder for temporary files.
        keep: folders that it can still read.
        limits: what it may use.
        key: what its messages are signed with.
        seed: what its random numbers start from.
    """

    uid: int | None
    has_namespaces: bool
    home: str
    tmp: str
    keep: list[str]
    limits: Limits
    key: str
    seed: int


@dataclass(frozen=True)
class FileNames:
    """The names of the files for the working folder; a frame with each one's content follows."""

    names: list[str]


@dataclass(frozen=True)
class KernelStart:
    """The sandbox is ready; the credentials of this message name its first process."""


@dataclass(frozen=True)
class KernelEnd:
    """The kernel's process has ended, with an exit code or minus a signal's number."""

    code: int


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
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FrameError(f"an unreadable message ({error})") from error


def send_message(sock: socket.socket, message: Message) -> None:
    """Send a message to a trusted process.

    Raises:
        FrameError: the other end closed the socket.
    """
    send_frame(sock, pack_message(message))


def receive_message(sock: socket.socket) -> Message:
    """Receive a message of a trusted process.

    Raises:
        FrameError: the other end closed the socket, or sent something else.
    """
    return unpack_message(receive_frame(sock))


def expect_message(sock: socket.socket, kind: type[M]) -> M:
    """Receive a message of this kind.

    Raises:
        FrameError: the other end closed the socket, or sent something else.
    """
    return check_message(receive_message(sock), kind)


def check_message(message: Message, kind: type[M]) -> M:
    """The message, which must be of this kind.

    Raises:
        FrameError: it is of another kind.
    """
    if not isinstance(message, kind):
        raise FrameError(f"{type(message).__name__} instead of {kind.__name__}")
    return message
