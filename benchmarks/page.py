"""Make docs/benchmarks.md and its charts from results.json alone."""

from __future__ import annotations

from html import escape
from math import log10
from pathlib import Path
from typing import Any

from figure import Figure, format_number

DOCS = Path(__file__).parents[1] / "docs"
TITLES = {
    "grading": "Grading a class, against stock nbgrader",
    "against_otter": "Grading a class, against otter-grader",
    "stages": "Where a submission's time goes",
    "serve_load": "A class that submits to the server",
    "start_times": "Starting",
    "training_steps": "Training steps per second, against the same models in the code of keras.io",
    "lab_times": "How long a student waits",
    "mnist_accuracy": "Lab 01: MNIST",
    "cifar_accuracy": "Lab 02: CIFAR-10",
    "transfer": "Lab 03: transfer",
    "augmentation_gap": "Lab 04: augmentation",
    "gan_quality": "Lab 05: GAN",
    "vae_loss": "Lab 06: VAE",
    "architectures": "Lab 07: architectures",
    "unet_skips": "Lab 09: U-Net with and without skip connections",
    "recurrent_networks": "Lab 10: recurrent networks",
    "translation": "Lab 11: translation",
    "language_models": "Lab 12: language models",
    "reinforcement_learning": "Lab 15: learning from reward",
    "object_detection": "Lab 13: one pass against the way of R-CNN",
    "super_resolution": "Lab 14: super-resolution",
    "digits_translated": "Lab 14: translated digits, and a GAN that helps a classifier",
    "hopfield_capacity": "Lab 16: Hopfield networks",
    "captions": "Lab 17: captions on seen and unseen pairs",
    "red_team": "Cheats, and broken or hostile notebooks",
    "lint_course": "Checking all labs with one command",
    "mark_stability": "Marks that depend on luck",
    "whole_course": "A class of every lab",
    "growth": "Growth with the size of the class",
    "full_profiles": "Every lab in the full profile",
    "killed_runs": "Runs killed at random moments",
    "cluster_faults": "A cluster whose workers die and join",
    "soak": "Endurance",
}
# Above the figures of a script; drawn by the script itself or by a function below.
_CHARTS = {
    "stages": "![Milliseconds of each stage, now and before](images/stages.svg)\n",
    "architectures": "![Accuracy of small versions of eight architectures, against parameters and "
    "against multiply-adds](images/architectures.svg)\n",
}
# Below the figures of a script: how to read them.
_REMARKS = {
    "grading": "No grader can shorten the computations of the notebook: Lab 01 trains for seconds "
    "on all cores. The light notebook computes almost nothing, so its time is the grader's. In "
    "Lab 01 the grader's share is smaller than the difference between two trainings; see “Where a "
    "submission's time goes”.\n",
    "training_steps": "The computations that both sides must do bound the ratio. If everything "
    "else cost nothing, a step of ours would still take the share of its CPU time in the row "
    "“matrix products at this machine's peak”.\n",
    "soak": "The comparison with the first submissions includes the drift of the machine during "
    "the run. The comparison with a fresh class right after the last submissions does not.\n",
}
_HEAD = """\
# Benchmarks

A script in `benchmarks/` measures each figure, ours and the peer's in the same run. A goal that is
missed is shown as missed. These commands write this page

```sh
make bench        # up to "Lab 17: captions on seen and unseen pairs"
make bench-long   # the rest
```

from `benchmarks/results.json`. Machines differ: compare ratios, not seconds.

![How many times as good as the peer in the same run](images/ratios.svg)
"""
_WIDTH, _BAR, _ROW, _TALL_ROW, _LEFT, _RIGHT = 800, 18, 26, 34, 470, 70


def make_files(results: dict[str, Any]) -> dict[Path, str]:
    """Return the text of the page and of its charts, by path."""
    return {
        DOCS / "benchmarks.md": make_page(results),
        DOCS / "images" / "ratios.svg": draw_ratios(results),
        DOCS / "images" / "stages.svg": draw_stages(results),
    }


def make_page(results: dict[str, Any]) -> str:
    """Return the page in Markdown."""
    parts = [_HEAD]
    for name in [*TITLES, *sorted(results.keys() - TITLES.keys())]:
        if name not in results:
            continue
        measured = results[name]
        machine = ", ".join(f"{k} {v}" for k, v in measured["machine"].items())
        machine = machine.replace("day ", "").replace("cores ", "", 1)
        parts += [
            f"## {TITLES.get(name, name)}\n",
            f"`python benchmarks/{name}.py`, {measured['minutes']:g} minutes · {machine}\n",
            *([_CHARTS[name]] if name in _CHARTS else []),
            "| figure | ours | peer | ratio | goal | | data |",
            "| --- | ---: | ---: | ---: | ---: | --- | --- |",
            *(_make_row(Figure(**fields)) for fields in measured["figures"]),
            "",
            *([_REMARKS[name]] if name in _REMARKS else []),
        ]
    return "\n".join(parts)


def _make_row(figure: Figure) -> str:
    met = {True: "reached", False: "**missed**", None: ""}[figure.met]
    peer = "" if figure.peer is None else f"{format_number(figure.peer)} ({figure.against})"
    ratio = "" if figure.ratio is None else format_number(figure.ratio)
    ours = f"{format_number(figure.ours)} {figure.unit}".rstrip()
    return f"| {figure.name} | {ours} | {peer} | {ratio} | {figure.goal} | {met} | {figure.data} |"


def draw_ratios(results: dict[str, Any]) -> str:
    """Draw the ratios as bars on a logarithmic scale, each with its goal."""
    figures = [Figure(**f) for name in TITLES for f in results.get(name, {}).get("figures", [])]
    figures = [f for f in figures if f.ratio is not None and f.at_least is not None]
    longest = max((f.ratio for f in figures), default=1)
    scale = (_WIDTH - _LEFT - _RIGHT) / max(1.0, log10(longest))
    rows = []
    for place, f in enumerate(figures):
        top = 10 + place * _TALL_ROW
        length, goal = scale * max(0.0, log10(f.ratio)), _LEFT + scale * log10(f.at_least)
        colour = "#2a7f62" if f.met else "#b3452c"
        rows.append(
            f'<text x="{_LEFT - 8}" y="{top + 8}" text-anchor="end">{escape(f.name)}</text>'
            f'<text x="{_LEFT - 8}" y="{top + 20}" text-anchor="end" font-size="10" fill="#555">'
            f"{escape('; '.join(part for part in (f.data, f.against) if part))}</text>"
            f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" fill="{colour}"/>'
            f'<line x1="{goal:.1f}" x2="{goal:.1f}" y1="{top - 3}" y2="{top + _BAR + 3}" '
            f'stroke="#222" stroke-width="2"/>'
            f'<text x="{_LEFT + max(length, goal - _LEFT) + 8:.1f}" y="{top + 13}">'
            f"{format_number(f.ratio)}×</text>"
        )
    title = "How many times as good as the peer in the same run; a line marks the goal"
    return _make_svg(title, rows, _TALL_ROW)


def draw_stages(results: dict[str, Any]) -> str:
    """Draw the milliseconds of each stage of a submission: a bar for now, a thin one for before."""
    figures = [Figure(**f) for f in results.get("stages", {}).get("figures", [])]
    figures = [f for f in figures if f.peer is not None]
    longest = max((max(f.ours, f.peer) for f in figures), default=1)
    scale = (_WIDTH - _LEFT - 2 * _RIGHT) / longest
    rows = []
    for place, f in enumerate(figures):
        top = 10 + place * _ROW
        now, before = scale * f.ours, scale * f.peer
        rows.append(
            f'<text x="{_LEFT - 8}" y="{top + 13}" text-anchor="end">{escape(f.name)}</text>'
            f'<rect x="{_LEFT}" y="{top}" width="{now:.1f}" height="{_BAR - 5}" fill="#2a7f62"/>'
            f'<rect x="{_LEFT}" y="{top + _BAR - 4}" width="{before:.1f}" height="4" fill="#999"/>'
            f'<text x="{_LEFT + max(now, before) + 8:.1f}" y="{top + 13}">'
            f"{format_number(f.ours)} ms, before {format_number(f.peer)}</text>"
        )
    return _make_svg("Milliseconds of each stage of a light notebook; grey: before", rows, _ROW)


def _make_svg(title: str, rows: list[str], row: int) -> str:
    height = 20 + len(rows) * row
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>{title}</title>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(rows) + "\n</svg>\n"
    )
