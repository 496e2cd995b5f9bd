"""What students read about how their notebook ran, in one place."""

from __future__ import annotations

from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.note import Note, NoteKind

_LIMITS = {
    Cause.CELL_SECONDS: "ran longer than {cell_seconds:g} s; the questions before it were graded",
    Cause.SECONDS: "was reached after the notebook's {seconds:g} s were used up",
    Cause.CALL_SECONDS: "called a function of the notebook that ran longer than {call_seconds:g} s",
    Cause.CPU_SECONDS: "used more than {cpu_seconds:g} s of processor time",
    Cause.MEMORY_MB: "used more than {memory_mb:g} MB of memory",
    Cause.PROCESSES: "started more than {processes:g} processes and threads",
    Cause.DISK_MB: "wrote more than {disk_mb:g} MB of files",
    Cause.OUTPUT_MB: "showed more than {output_mb:g} MB of output; the rest was left out",
    Cause.OUTPUT_MESSAGES: "showed more than {output_messages:g} outputs; the rest was left out",
    Cause.VALUE_MB: "asked for a value larger than {value_mb:g} MB",
    Cause.KERNEL_ENDED: "ended the kernel",
    Cause.VERIFIER_ENDED: "could not be judged: the verifier ended while it read the answer",
}
_SIGNALS = {
    4: "illegal instruction",
    6: "abort",
    9: "killed",
    11: "segmentation fault",
    15: "terminated",
    24: "processor time used up",
}
NOTEBOOK_TIME_USED_UP = "the notebook's time was used up"
NO_POINTS = "no points"
NO_ANSWER = "no answer"


def describe_place(index: int, test: str = "") -> str:
    """What a cell is called.

    Args:
        index: its place in the notebook, from 0.
        test: its grade_id, of a test cell.

    Example:
        >>> describe_place(6), describe_place(6, "softmax")
        ('cell 7', 'the test softmax')
    """
    return f"the test {test}" if test else f"cell {index + 1}"


def describe_loss(loss: Loss, place: str, limits: Limits) -> str:
    """Why a cell was stopped.

    Example:
        >>> describe_loss(Loss(Cause.CELL_SECONDS), "cell 7", Limits(cell_seconds=20))
        'cell 7 ran longer than 20 s; the questions before it were graded'
        >>> describe_loss(Loss(Cause.KERNEL_ENDED, "exit code 3"), "cell 2", Limits())
        'cell 2 ended the kernel: exit code 3'
    """
    sentence = f"{place} {_LIMITS[loss.cause].format(**limits.as_dict())}"
    return f"{sentence}: {loss.detail}" if loss.detail else sentence


def describe_exit(code: int) -> str:
    """How a process ended.

    Args:
        code: its exit code, or minus the number of the signal that ended it.

    Example:
        >>> describe_exit(3), describe_exit(-11), describe_exit(-40)
        ('exit code 3', 'segmentation fault', 'signal 40')
    """
    return _SIGNALS.get(-code, f"signal {-code}") if code < 0 else f"exit code {code}"


def note_close_mark(question: str, measurement: Measurement) -> Note:
    """A note that a person should look at a mark.

    Example:
        >>> note_close_mark("accuracy", Measurement("The accuracy", 0.871, 0.87, 0.004)).text
        'accuracy was close: The accuracy is 0.871; the threshold is 0.87'
    """
    value, threshold = f"{measurement.value:.4g}", f"{measurement.threshold:.4g}"
    sentence = f"{question} was close: {measurement.name} is {value}; the threshold is {threshold}"
    return Note(NoteKind.CLOSE, sentence)


def describe_measured_time() -> str:
    """The sentence for a failed check in a test that measures time."""
    return "(the test measures time: a call from it into the notebook takes longer here)"


def describe_failed_line(line: int | None) -> str:
    """Which assertion without a message failed."""
    return f"a check failed: {'in the test' if line is None else f'line {line} of the test'}"


def describe_too_many_kernels(first_loss: str) -> str:
    """Why no further kernel is started."""
    return f"the kernel ended too often{f'; {first_loss}' if first_loss else ''}"


def describe_points(points: float, max_points: float) -> str:
    """How many points a test gave.

    Example:
        >>> describe_points(1, 2), describe_points(5, 2)
        ('1 of 2 points', 'the test gave 5 points, but the question has 2')
    """
    if points > max_points:
        return f"the test gave {points:g} points, but the question has {max_points:g}"
    return f"{points:g} of {max_points:g} points"


def describe_odd_points(value: str) -> str:
    """Why a test that ends with this number gives no points."""
    return f"the test gave {value} points"


def note_weak_isolation(reason: str) -> Note:
    """The student's code ran without the full sandbox."""
    return Note(NoteKind.ISOLATION, f"weak isolation: {reason}")


def note_test_in_kernel(grade_id: str) -> Note:
    """A test ran where the student's code can change it."""
    return Note(NoteKind.IN_KERNEL, f"{grade_id} was judged in the student's kernel")


def note_lost_verifier(reason: str) -> Note:
    """The verifier stopped with an error of its own."""
    return Note(NoteKind.LOST_VERIFIER, f"the verifier broke: {reason}")
