"""Makes the README's gallery: each lab run from top to bottom, solved, and one image kept.

    python docs/make_gallery.py [LAB ...] [--profile full] [--all FOLDER]

`--all` writes every image of the labs into a folder, to be looked at; the full profile takes
minutes a lab on a processor. Always on the stand-in data, so that the gallery is the project's own.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.authoring.source import instructor_notebook
from autograder.course.course import Course, Lab
from autograder.notebooks import forms

IMAGES = Path(__file__).parent / "images"
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- gallery -->\n", "<!-- /gallery -->\n"
# Where it is not the closing one that says most, its place from the end.
SHOWN = {
    "00_neurons_and_keras": -2,
    "02_cnn_cifar": -2,
    "04_augmentation": -2,
    "05_gan_mnist": -5,
    "06_vae_mnist": -4,
    "08_autoencoders": -4,
}


def main() -> None:
    """Run the labs and write their images."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="default: all")
    parser.add_argument("--profile", default="quick", choices=("quick", "full"))
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every image goes there, too")
    options = parser.parse_args()
    course = Course.find(Path(__file__))
    os.environ.update(COURSE_PROFILE=options.profile, TF_CPP_MIN_LOG_LEVEL="3")
    os.environ.pop("COURSE_DATA", None)
    with tempfile.TemporaryDirectory() as empty:
        # Without real data in Keras' cache, every loader takes its stand-in.
        os.environ["KERAS_HOME"] = empty
        for lab in [course.lab(name) for name in options.labs] or course.labs():
            began = time.monotonic()
            images = images_of(course, lab)
            seconds = time.monotonic() - began
            print(f"{lab.name}: {len(images)} images, {seconds:.0f} s with imports", flush=True)
            if options.all:
                options.all.mkdir(parents=True, exist_ok=True)
                for number, (image, _) in enumerate(images):
                    (options.all / f"{lab.name}_{number:02d}.png").write_bytes(image)
            if options.profile == "quick":
                image, finding = images[SHOWN.get(lab.name, -1)]
                image_of(lab).write_bytes(image)
                show(course, {lab.name: finding})


def image_of(lab: Lab) -> Path:
    """Where a lab's image of the gallery is."""
    return IMAGES / f"lab_{lab.name}.png"


def show(course: Course, findings: dict[str, str]) -> None:
    """Write the gallery into the README: all labs that have an image, two beside one another.

    Args:
        course: whose labs.
        findings: by lab, what its image says; of the others the README says it already.
    """
    page = README.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    shown, _, after = rest.partition(END)
    known = re.findall(r"\[!\[([^]]*)\]\([^)]*\)\]\(labs/([^/]*)/", shown)
    said = {lab: finding for finding, lab in known} | findings
    cells = [
        f"[![{said[lab.name]}]({image_of(lab).relative_to(README.parent)})]"
        f"(labs/{lab.name}/{lab.notebook})<br>Lab {lab.name[:2]} · {lab.title}"
        for lab in course.labs()
        if lab.name in said and image_of(lab).is_file()
    ]
    rows = [f"| {' | '.join([*cells[n : n + 2], ''][:2])} |\n" for n in range(0, len(cells), 2)]
    table = "| | |\n| --- | --- |\n" + "".join(rows)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def images_of(course: Course, lab: Lab) -> list[tuple[bytes, str]]:
    """The images that the solved lab shows, in their order, and what each says.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell or a test fails.
    """
    notebook = forms.solved(instructor_notebook(course, lab))
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=3600, resources={"metadata": {"path": folder}}, kernel_name="python3"
        )
        client.execute(stderr=subprocess.DEVNULL)
    return [shown for cell in notebook.cells for shown in _shown(cell)]


def _shown(cell: NotebookNode) -> list[tuple[bytes, str]]:
    return [
        (base64.b64decode(output.data["image/png"]), output.metadata["image/png"]["alt"])
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


if __name__ == "__main__":
    main()
