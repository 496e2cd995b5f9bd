"""The labs that a worker grades, each with an engine; read again when their files change."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.engine.engine import Engine
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.local_workers import LocalWorkers
from autograder.server.lab_grading import LabGrading
from autograder.server.server_log import log

Stamp = tuple[tuple[str, int], ...]


class OpenLabs:
    """Opens labs for grading.

    Args:
        root: The course folder.
        isolation: "auto", "bwrap" or "none".
        number: Submissions graded at the same time.
    """

    def __init__(self, root: Path, isolation: str, number: int) -> None:
        self.course = Course(root)
        self._isolation, self._number = isolation, number
        self._open: dict[str, tuple[Stamp, LabGrading, Engine]] = {}
        self._engines: dict[tuple[str, bool], Engine] = {}

    def warm_up(self) -> None:
        """Start the engine of the first lab before anybody submits."""
        for lab in self.course.labs()[:1]:
            try:
                self._find_engine(lab)
            except AutograderError as error:  # the lab is held when somebody submits it
                log.error("no engine for %s: %s", lab.name, error)

    def open(self, name: str) -> tuple[LabGrading, Engine]:
        """A lab, ready to be graded; checked with its solution and its stub.

        Raises:
            AutograderError: The lab cannot be graded.
        """
        stamp = self._read_stamp(name)
        known = self._open.get(name)
        if known and known[0] == stamp:
            return known[1:]
        self.course = Course(self.course.root)
        lab = self.course.lab(name)
        grading, engine = LabGrading(self.course, lab), self._find_engine(lab)
        workers = LocalWorkers(lambda: nullcontext(engine), self._number)
        grading.check(workers, self._isolation)
        self._open[name] = stamp, grading, engine
        return grading, engine

    def close(self) -> None:
        """End the engines."""
        for engine in self._engines.values():
            engine.close()

    def _find_engine(self, lab: Lab) -> Engine:
        """The engine of the lab's kernel; labs with the same kernel and packages share one."""
        recipe = EngineRecipe.of(self.course, lab, self._isolation, allows_weak=False)
        key = (recipe.kernel, recipe.uses_keras)
        if key not in self._engines:
            engine = recipe.start(log.info)
            engine.__enter__()
            self._engines[key] = engine
        return self._engines[key]

    def _read_stamp(self, name: str) -> Stamp:
        """When the files that decide a lab's marks were last written."""
        root = self.course.root
        files = [root / "course.toml", root / "nbgrader_config.py"]
        files += sorted(path for path in (self.course.source_dir / name).rglob("*"))
        return tuple((str(path), path.stat().st_mtime_ns) for path in files if path.is_file())
