"""docs/benchmarks.md and its chart, made from results.json alone."""

from __future__ import annotations

from html import escape
from pathlib import Path

from figure import Figure, number

DOCS = Path(__file__).parents[1] / "docs"
_TITLES = {
    "grading": "Grading a class, against stock nbgrader",
    "against_otter": "Grading a class, against otter-grader",
    "stages": "Where a submission's time goes",
    "start_times": "Starting",
    "training_steps": "Training steps a second, against the same models as keras.io writes them",
    "lab_times": "How long a student waits",
    "mnist_accuracy": "Lab 01: MNIST",
    "cifar_accuracy": "Lab 02: CIFAR-10",
    "transfer": "Lab 03: transfer",
    "augmentation_gap": "Lab 04: augmentation",
    "gan_quality": "Lab 05: GAN",
    "vae_loss": "Lab 06: VAE",
    "architectures": "Lab 07: architectures",
    "red_team": "Cheats, and broken or hostile notebooks",
    "lint_course": "All labs proved by one command",
    "whole_course": "A class of every lab",
    "growth": "Growth with the size of the class",
    "full_profiles": "Every lab in the full profile",
    "killed_runs": "Runs killed at random moments",
    "cluster_faults": "A cluster whose workers die and join",
    "soak": "Endurance",
}
# Above a script's figures; drawn by the script itself, or below.
_CHARTS = {
    "stages": "![Milliseconds of each stage, before and now](images/stages.svg)\n",
    "architectures": "![Accuracy of small versions of eight architectures, against parameters and "
    "against multiply-adds](images/architectures.svg)\n",
}
# Below a script's figures: how to read them.
_REMARKS = {
    "grading": "What a notebook computes itself, no grader can shorten: Lab 01 trains for seconds "
    "on every core there is. The light notebook computes next to nothing, so that all of its time "
    "is the grader's; in Lab 01 that share is smaller than the difference between two trainings, "
    "and stands under “Where a submission's time goes”.\n",
    "training_steps": "What both sides must compute bounds the ratio: with all else free, a step "
    "of ours would still take the share of its processor time that the products' row names.\n",
    "soak": "Against the first submissions, the machine's own drift over the run is in the figure; "
    "against a fresh class right after the last ones it is not.\n",
}
_HEAD = """\
# Benchmarks

Every figure is a script in `benchmarks/` that measures both sides in the same run; a goal that is
missed is shown as missed. This page is written by

```sh
make bench        # up to "Lab 07: architectures"
make bench-long   # from "Cheats" on
```

from `benchmarks/results.json`. Machines differ: compare ratios, not seconds.

![Times as good as the peer in the same run](images/ratios.svg)
"""
_WIDTH, _BAR, _ROW, _TALL_ROW, _LEFT, _RIGHT = 800, 18, 26, 34, 470, 70


def write_page(results: dict) -> None:
    """Write the page and its chart."""
    (DOCS / "benchmarks.md").write_text(page(results), encoding="utf-8")
    (DOCS / "images" / "ratios.svg").write_text(chart(results), encoding="utf-8")
    (DOCS / "images" / "stages.svg").write_text(stages_chart(results), encoding="utf-8")


def page(results: dict) -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for name in [*_TITLES, *sorted(results.keys() - _TITLES.keys())]:
        if name not in results:
            continue
        measured = results[name]
        machine = ", ".join(f"{k} {v}" for k, v in measured["machine"].items())
        machine = machine.replace("day ", "").replace("cores ", "", 1)
        parts += [
            f"## {_TITLES.get(name, name)}\n",
            f"`python benchmarks/{name}.py`, {measured['minutes']:g} minutes · {machine}\n",
            *([_CHARTS[name]] if name in _CHARTS else []),
            "| figure | ours | peer | ratio | goal | | data |",
            "| --- | ---: | ---: | ---: | ---: | --- | --- |",
            *(_row(Figure(**fields)) for fields in measured["figures"]),
            "",
            *([_REMARKS[name]] if name in _REMARKS else []),
        ]
    return "\n".join(parts)


def _row(figure: Figure) -> str:
    met = {True: "reached", False: "**missed**", None: ""}[figure.met]
    peer = "" if figure.peer is None else f"{number(figure.peer)} ({figure.against})"
    ratio = "" if figure.ratio is None else number(figure.ratio)
    ours = f"{number(figure.ours)} {figure.unit}".rstrip()
    return f"| {figure.name} | {ours} | {peer} | {ratio} | {figure.goal} | {met} | {figure.data} |"


def chart(results: dict) -> str:
    """The ratios as bars, on a logarithmic scale, each with its goal."""
    from math import log10

    figures = [Figure(**f) for name in _TITLES for f in results.get(name, {}).get("figures", [])]
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
            f"{number(f.ratio)}×</text>"
        )
    title = "Times as good as the peer in the same run; a line marks the goal"
    return _svg(title, rows, _TALL_ROW)


def stages_chart(results: dict) -> str:
    """Milliseconds of each stage of a submission: a bar for now, a thin one for before."""
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
            f"{number(f.ours)} ms, before {number(f.peer)}</text>"
        )
    return _svg("Milliseconds of each stage of a light notebook; grey: before", rows, _ROW)


def _svg(title: str, rows: list[str], row: int) -> str:
    height = 20 + len(rows) * row
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>{title}</title>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(rows) + "\n</svg>\n"
    )
