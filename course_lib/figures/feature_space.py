"""Images as points of a feature space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.figures.canvas import Canvas
from course_lib.figures.palette import BLUE, GREEN, GREY, ORANGE, RED, SKY

COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, GREY)
MARKERS = "os^DvPX*<>"


def feature_space(
    features: Mapping[str, np.ndarray],
    labels: ArrayLike,
    classes: Sequence[str],
    method: str = "pca",
    seed: int = 0,
) -> Figure:
    """Draw images as points in the plane, once for each kind of features.

    PCA projects the features onto the two directions in which they vary most. t-SNE (van der
    Maaten & Hinton 2008) keeps neighbours together; its distances between far points have no
    meaning.

    Args:
        features: By name, arrays `(n, …)`: pixels, features before and after training, …
        labels: Integers `(n,)`.
        classes: Names of the classes.
        method: "pca", or "tsne", which needs scikit-learn and some seconds.
        seed: Seed of t-SNE.

    Returns:
        A figure with one panel for each kind of features. The number above a panel is the share
        of images whose nearest neighbour has the same class, measured with all features and not
        only in the plane.

    Raises:
        ValueError: `method` is something else.

    Example:
        >>> import numpy as np
        >>> x = np.array([[0.0, 0, 0], [0, 0, 0.1], [5, 5, 5], [5, 5, 5.1]])
        >>> figure = feature_space({"apart": x}, [0, 0, 1, 1], ["a", "b"])
        >>> figure.axes[0].get_title()
        'apart: 100 % have a neighbour of their class'
    """
    if method not in ("pca", "tsne"):
        raise ValueError(f'method={method!r}: feature_space knows "pca" and "tsne".')
    labels = np.asarray(labels).ravel()
    rows = {name: np.reshape(x, (len(x), -1)).astype("float64") for name, x in features.items()}
    shares = {name: 100 * _share_neighbours(x, labels) for name, x in rows.items()}
    figure = Canvas(min(11, 3.7 * len(rows) + 0.6), 4.4, _describe(shares))
    panels = figure.subplots(1, len(rows), squeeze=False)[0]
    for axes, (name, x) in zip(panels, rows.items(), strict=True):
        plane = _compute_pca(x) if method == "pca" else _compute_tsne(x, seed)
        _draw_classes(axes, plane, labels, classes)
        axes.set_title(f"{name}: {shares[name]:.0f} % have a neighbour of their class", fontsize=9)
        axes.set(xticks=(), yticks=())
        axes.set_xlabel("1st component" if method == "pca" else "t-SNE", fontsize=8)
    if method == "pca":
        panels[0].set_ylabel("2nd component", fontsize=8)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(5, len(names)), frameon=False,
        fontsize=8, markerscale=1.6,
    )  # fmt: skip
    return figure


def _describe(shares: Mapping[str, float]) -> str:
    best, worst = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    finding = f"Images of one class are closest as {best}"
    return f"{finding}, least close as {worst}" if len(shares) > 1 else finding


def _draw_classes(
    axes: Axes, plane: np.ndarray, labels: np.ndarray, classes: Sequence[str]
) -> None:
    for label, class_name in enumerate(classes):
        axes.plot(
            *plane[labels == label].T,
            MARKERS[label % len(MARKERS)],
            color=COLOURS[label % len(COLOURS)],
            ms=4,
            alpha=0.7,
            mew=0,
            label=class_name,
        )


def _compute_pca(x: np.ndarray) -> np.ndarray:
    """Return the first two principal components of rows, `(n, 2)`."""
    x = x - x.mean(axis=0)
    # x xᵀ and xᵀ x have the same eigenvalues; the smaller matrix is faster.
    if x.shape[1] > len(x):
        values, vectors = np.linalg.eigh(x @ x.T)
        return vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0))
    _, vectors = np.linalg.eigh(x.T @ x)
    return x @ vectors[:, :-3:-1]


def _compute_tsne(x: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    return TSNE(init="pca", random_state=seed, perplexity=min(30, len(x) / 4)).fit_transform(x)


def _share_neighbours(x: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of rows whose nearest other row has the same label."""
    squares = np.sum(x**2, axis=1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(labels[distances.argmin(axis=1)] == labels))
