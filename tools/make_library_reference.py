"""Write the pages of `course_lib` in the documentation: which names each of its modules has.

    python tools/make_library_reference.py

mkdocstrings fills in the docstrings when the site is built.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs" / "course_lib"
# By module: the title of its page, and what the module is for.
PAGES = {
    "data": (
        "Data sets",
        "Real data sets from Keras' cache or the network, and stand-ins that the library draws "
        "itself. [Data](../data.md) says which is used when.",
    ),
    "blocks": ("Building blocks", "Blocks of layers for Sequential and Functional models."),
    "models": ("Models", "Networks in the sizes of their papers, or small enough for a lab."),
    "environments": (
        "Environments",
        "Games for reinforcement learning, with gymnasium's interface; Lab 15 plays them.",
    ),
    "agents": ("Agents", "Memory, roll-outs and search for agents that learn from reward."),
    "training": (
        "Training",
        "`fit` and what it uses: progress, live curves, schedules, mixed precision.",
    ),
    "transfer": ("Transfer learning", "Pre-trained backbones, frozen layers, stored features."),
    "figures": (
        "Figures",
        "The labs' figures. The title of each states its finding; so does its text alternative.",
    ),
    "testing": (
        "Tests",
        "What a lab's checks compare with: see [writing a lab](../writing-a-lab.md).",
    ),
    "notebook": ("In the notebook", "What a student calls in a lab."),
}


def make_page(module: str) -> str:
    """Return the page of `course_lib.<module>`."""
    title, text = PAGES[module]
    library = import_module(f"course_lib.{module}")
    objects = {name: getattr(library, name) for name in sorted(library.__all__, key=str.lower)}
    # Only functions and classes know where they are defined; constants are left out.
    entries = [
        f"::: {item.__module__}.{name}\n" for name, item in objects.items() if callable(item)
    ]
    return "\n".join([f"# {title}\n\n{text} Import them from `course_lib.{module}`.\n", *entries])


def main() -> None:
    """Write all pages."""
    DOCS.mkdir(exist_ok=True)
    for module in PAGES:
        (DOCS / f"{module}.md").write_text(make_page(module), encoding="utf-8")


if __name__ == "__main__":
    main()
