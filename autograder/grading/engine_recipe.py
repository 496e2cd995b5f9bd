"""How an engine is started, in a form that can be sent to another machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.check_settings import check_limits
from autograder.course.course import Course, Lab
from autograder.course.read_kernel_name import read_kernel_name
from autograder.course.uses_keras import uses_keras
from autograder.engine.engine import Engine
from autograder.engine.host.python_environment import PythonEnvironment, UnknownKernelError
from autograder.engine.wire.limits import Limits
from autograder.errors import AutograderError

# A machine's data folders; a lab's code and its tests must find the same data.
_DATA = ("KERAS_HOME", "COURSE_DATA")


@dataclass(frozen=True)
class EngineRecipe:
    """How an engine is started; each machine adds its own paths.

    Args:
        limits: what a submission may use.
        kernel: the name of the lab's Jupyter kernel.
        isolation: "auto", "bwrap" or "none".
        profile: how much data a lab uses, COURSE_PROFILE; "" leaves it to the lab.
        allows_weak: whether "auto" may mean no sandbox, where none works.
        uses_keras: whether the lab uses Keras, which is then imported before its notebooks run.
    """

    limits: Limits
    kernel: str
    isolation: str
    profile: str
    allows_weak: bool = True
    uses_keras: bool = True

    @classmethod
    def of(
        cls, course: Course, lab: Lab, isolation: str = "auto", allows_weak: bool = True
    ) -> EngineRecipe:
        """The recipe for a lab.

        Raises:
            AutograderError: a limit is unknown, or the lab's notebooks name several kernels.
        """
        check_limits(lab.limits)
        limits = Limits.of(lab.limits)
        profile = os.environ.get("COURSE_PROFILE", "")
        kernel = read_kernel_name(course, lab)
        return cls(limits, kernel, isolation, profile, allows_weak, uses_keras(course, lab))

    def start(self, say: Callable[[str], None]) -> Engine:
        """The engine on this machine.

        Args:
            say: called with what an instructor should know: the isolation, the kernel.

        Raises:
            AutograderError: the required isolation does not work here, or the kernel does not
                start.
        """
        environment = {name: os.environ[name] for name in _DATA if name in os.environ}
        environment.setdefault("KERAS_HOME", str(Path.home() / ".keras"))
        folders = [path for path in environment.values() if Path(path).is_dir()]
        if self.profile:
            environment["COURSE_PROFILE"] = self.profile
        engine = Engine(
            self.limits,
            self.isolation,
            read_only=folders,
            environment=environment,
            python=self._find_python(say),
            uses_keras=self.uses_keras,
        )
        if self.isolation == "auto" and not (engine.is_walled or self.allows_weak):
            engine.close()
            raise AutograderError(
                f"no sandbox works here: {engine.isolation_reason}",
                "get one: autograder doctor. Or let students' code run with your own rights, where "
                "it can read solutions/ and change gradebook.db: --isolation none",
            )
        say(f"isolation: {engine.isolation} ({engine.isolation_reason})")
        return engine

    def _find_python(self, say: Callable[[str], None]) -> PythonEnvironment:
        """The Python of the lab's kernel; the instructor is told if it is another one than this."""
        try:
            python = PythonEnvironment.of_kernel(self.kernel)
        except UnknownKernelError as error:
            say(f"{error}: students' code runs in this Python, {sys.executable}")
            return PythonEnvironment.this()
        if python.kernel:
            say(f"kernel: {python.kernel} ({python.executable})")
        return python
