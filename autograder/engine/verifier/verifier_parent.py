"""The trusted side's warm parent: imports once, then forks a verifier for each submission.

Run as a program: `python -m autograder.engine.verifier.verifier_parent FD FOLDER PID [keras]`,
where FD is the control socket and FOLDER the run's private folder, removed when the grader PID is
gone. With `keras`, it imports Keras, too.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat.v4 import new_output

from autograder.engine.verifier.empty_arrays import reject_empty_arrays
from autograder.engine.verifier.guarded_array import keep_guards
from autograder.engine.verifier.student_code import refuse_code
from autograder.engine.verifier.student_texts import STUDENT_TEXTS
from autograder.engine.verifier.verifier import verify
from autograder.engine.wire.fork_server import import_modules, serve
from autograder.engine.wire.keras_defaults import use_keras_defaults

_ROOT = str(Path(__file__).resolve().parents[3])
WARM_MODULES = ("numpy", "course_lib", "nbclient", "nbformat.validator")
KERAS_MODULES = ("keras", "tensorflow", "autograder.engine.wire.keras_values")


def main() -> None:
    """Import, serve, and clean up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # A Ctrl-C at the terminal is the grader's to handle; it then closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing is imported from the working folder, where others may be able to write.
    # This package's own folder is last: beside it are others, such as tests/.
    kept = [entry for entry in sys.path if entry not in ("", os.getcwd(), _ROOT)]
    sys.path[:] = [*kept, _ROOT]
    told_to_end = False
    try:
        import_modules(WARM_MODULES)
        if sys.argv[4:]:
            import_modules(KERAS_MODULES)
        _fill_caches()
        use_keras_defaults()
        reject_empty_arrays()
        keep_guards()
        refuse_code()
        STUDENT_TEXTS.watch()
        told_to_end = serve(control, verify)
    except BrokenPipeError:
        # The grader was gone before anything began.
        return
    finally:
        if not told_to_end and _is_gone(int(sys.argv[3])):
            # It was killed, and could not clean up itself.
            shutil.rmtree(sys.argv[2], ignore_errors=True)


def _fill_caches() -> None:
    """Do once what each verifier would do again, a fifth of its time, and what is then kept."""
    # Compiles the notebook format's schema.
    new_output("stream")
    # Reads the metadata of all installed packages.
    KernelProvisionerFactory.instance()


def _is_gone(pid: int, seconds: float = 3.0) -> bool:
    """Whether the process ends within `seconds`; a killed one closes its sockets first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    main()
