"""Make the README's gallery: run each solved lab from top to bottom and keep one image.

    python tools/make_gallery.py [LAB ...] [--profile full] [--all FOLDER]

`--all` also writes every image of the labs into a folder. The full profile takes minutes a lab on a
CPU. The labs always run on stand-in data, so that the project owns every image of the gallery.
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

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.course.course import Course, Lab
from autograder.notebooks.forms import solve_notebook

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
README = ROOT / "README.md"
BEGIN, END = "<!-- gallery -->\n", "<!-- /gallery -->\n"
# The position of the image to keep, from the end, where the last image is not the best.
CHOSEN = {
    "00_neurons_and_keras": -2,
    "02_cnn_cifar": -2,
    "04_augmentation": -2,
    "05_gan_mnist": -5,
    "06_vae_mnist": -4,
    "08_autoencoders": -4,
    "12_language_models": -6,
    "15_reinforcement_learning": -6,
}


def main() -> None:
    """Run the labs and write their images."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labs", nargs="*", help="default: all")
    parser.add_argument("--profile", default="quick", choices=("quick", "full"))
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="also write every image there")
    options = parser.parse_args()
    course = Course.find(Path(__file__))
    os.environ.update(COURSE_PROFILE=options.profile, TF_CPP_MIN_LOG_LEVEL="3")
    os.environ.pop("COURSE_DATA", None)
    with tempfile.TemporaryDirectory() as empty:
        # With an empty Keras cache, every loader uses its stand-in.
        os.environ["KERAS_HOME"] = empty
        for lab in [course.lab(name) for name in options.labs] or course.labs():
            began = time.monotonic()
            images = run_lab(course, lab)
            seconds = time.monotonic() - began
            print(f"{lab.name}: {len(images)} images, {seconds:.0f} s with imports", flush=True)
            if options.all:
                options.all.mkdir(parents=True, exist_ok=True)
                for number, (image, _) in enumerate(images):
                    (options.all / f"{lab.name}_{number:02d}.png").write_bytes(image)
            if options.profile == "quick":
                image, finding = images[CHOSEN.get(lab.name, -1)]
                image_path(lab).write_bytes(image)
                write_gallery(course, {lab.name: finding})


def image_path(lab: Lab) -> Path:
    """Return the path of a lab's image in the gallery."""
    return IMAGES / f"lab_{lab.name}.png"


def write_gallery(course: Course, findings: dict[str, str]) -> None:
    """Write the gallery into the README: all labs that have an image, two in a row.

    Args:
        course: The course whose labs are shown.
        findings: By lab, what its image shows; the README already has it for the other labs.
    """
    page = README.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    gallery, _, after = rest.partition(END)
    known = re.findall(r"\[!\[([^]]*)\]\([^)]*\)\]\(labs/([^/]*)/", gallery)
    findings = {lab: finding for finding, lab in known} | findings
    cells = [
        f"[![{findings[lab.name]}]({image_path(lab).relative_to(ROOT)})]"
        f"(labs/{lab.name}/{lab.notebook})<br>Lab {lab.name[:2]} · {lab.title}"
        for lab in course.labs()
        if lab.name in findings and image_path(lab).is_file()
    ]
    rows = [f"| {' | '.join([*cells[n : n + 2], ''][:2])} |\n" for n in range(0, len(cells), 2)]
    table = "| | |\n| --- | --- |\n" + "".join(rows)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def run_lab(course: Course, lab: Lab) -> list[tuple[bytes, str]]:
    """Run the solved lab and return its images in order, each with what it shows.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell or a test fails.
    """
    notebook = solve_notebook(make_instructor_notebook(course, lab))
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=3600, resources={"metadata": {"path": folder}}, kernel_name="python3"
        )
        client.execute(stderr=subprocess.DEVNULL)
    return [image for cell in notebook.cells for image in _read_images(cell)]


def _read_images(cell: NotebookNode) -> list[tuple[bytes, str]]:
    return [
        (base64.b64decode(output.data["image/png"]), output.metadata["image/png"]["alt"])
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


if __name__ == "__main__":
    main()
