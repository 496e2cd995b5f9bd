"""A verifier's private working folder, with the instructor's files."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.engine.wire.messages import find_crash_file, find_module_folder


@contextlib.contextmanager
def make_verifier_folder(parent: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder in `parent`; it is removed in the end.

    Modules have a folder of their own beside it, in which nothing of the student's is written.

    Args:
        parent: the run's private folder.
        files: the instructor's files beside the notebook, by relative path.
    """
    work = Path(tempfile.mkdtemp(prefix="verifier-", dir=parent))
    modules = Path(find_module_folder(str(work)))
    try:
        for name, content in files.items():
            for place in (work, modules) if name.endswith(".py") else (work,):
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(modules, ignore_errors=True)
        Path(find_crash_file(str(work))).unlink(missing_ok=True)
