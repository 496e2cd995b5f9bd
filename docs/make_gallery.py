"""Makes the gallery of the labs: each run from top to bottom, solved, and its closing picture kept.

    python docs/make_gallery.py [LAB ...] [--profile full] [--all FOLDER]

`--all` writes every picture of the labs into a folder, to be looked at; the full profile takes
minutes a lab on a processor. Always on the stand-in data, so that the gallery is the project's own.
"""

from __future__ import annotations

import argparse
import base64
import os
import subprocess
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.course import Course, Lab
from autograder.notebooks import forms
from autograder.notebooks.source import instructor_notebook

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """Run the labs and write their pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="default: all")
    parser.add_argument("--profile", default="quick", choices=("quick", "full"))
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every picture goes there, too")
    options = parser.parse_args()
    course = Course.find(Path(__file__))
    os.environ.update(COURSE_PROFILE=options.profile, TF_CPP_MIN_LOG_LEVEL="3")
    os.environ.pop("COURSE_DATA", None)
    with tempfile.TemporaryDirectory() as empty:
        # Without real data in Keras' cache, every loader takes its stand-in.
        os.environ["KERAS_HOME"] = empty
        for lab in [course.lab(name) for name in options.labs] or course.labs():
            began = time.monotonic()
            pictures = pictures_of(course, lab)
            seconds = time.monotonic() - began
            print(f"{lab.name}: {len(pictures)} pictures, {seconds:.0f} s with imports", flush=True)
            if options.all:
                options.all.mkdir(parents=True, exist_ok=True)
                for number, picture in enumerate(pictures):
                    (options.all / f"{lab.name}_{number:02d}.png").write_bytes(picture)
            if options.profile == "quick":
                (PICTURES / f"closing_{lab.name}.png").write_bytes(pictures[-1])


def pictures_of(course: Course, lab: Lab) -> list[bytes]:
    """The pictures that the solved lab shows, in their order.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell or a test fails.
    """
    notebook = forms.solved(instructor_notebook(course, lab))
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=3600, resources={"metadata": {"path": folder}}, kernel_name="python3"
        )
        client.execute(stderr=subprocess.DEVNULL)
    return [base64.b64decode(data) for cell in notebook.cells for data in _shown(cell)]


def _shown(cell: NotebookNode) -> list[str]:
    outputs = cell.get("outputs", [])
    return [o.data["image/png"] for o in outputs if "image/png" in o.get("data", {})]


if __name__ == "__main__":
    main()
