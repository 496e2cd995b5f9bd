"""Where a network puts images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures.canvas import BLUE, GREEN, GREY, ORANGE, RED, SKY, Canvas

COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, GREY)
MARKERS = "os^DvPX*<>"


def feature_space(
    features: Mapping[str, np.ndarray],
    labels,
    classes: Sequence[str],
    method: str = "pca",
    seed: int = 0,
) -> Figure:
    """Draw images as points of a plane, once for each kind of features.

    PCA turns the features so that the two directions in which they vary most lie in the plane.
    t-SNE (van der Maaten & Hinton 2008) puts near together what is near in all dimensions; its
    distances between far points mean nothing.

    Args:
        features: From a name to an array `(n, …)`: pixels, features before and after training, …
        labels: Integers `(n,)`.
        classes: Names of the classes.
        method: "pca", or "tsne", which needs scikit-learn and some seconds.
        seed: Of t-SNE.

    Returns:
        A `matplotlib.figure.Figure` with one panel for each kind of features. The number above a
        panel is the share of images whose nearest neighbour, among all features and not only
        in the plane, is of their own class.

    Raises:
        ValueError: `method` is neither of the two.

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
    shares = {name: 100 * _neighbours(x, labels) for name, x in rows.items()}
    best, worst = max(shares, key=shares.get), min(shares, key=shares.get)
    title = f"Images of one class lie nearest together as {best}"
    if len(shares) > 1:
        title += f", least as {worst}"
    figure = Canvas(min(11, 3.7 * len(rows) + 0.6), 4.4, title)
    panels = figure.subplots(1, len(rows), squeeze=False)[0]
    for axes, (name, x) in zip(panels, rows.items(), strict=True):
        plane = _pca(x) if method == "pca" else _tsne(x, seed)
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


def _pca(x):
    x = x - x.mean(axis=0)
    # Of two symmetric matrices that have the same eigenvalues, the smaller.
    if x.shape[1] > len(x):
        values, vectors = np.linalg.eigh(x @ x.T)
        return vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0))
    _, vectors = np.linalg.eigh(x.T @ x)
    return x @ vectors[:, :-3:-1]


def _tsne(x, seed):
    from sklearn.manifold import TSNE

    return TSNE(init="pca", random_state=seed, perplexity=min(30, len(x) / 4)).fit_transform(x)


def _neighbours(x, labels):
    """Share of the rows whose nearest other row has their label."""
    squares = np.sum(x**2, axis=1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(distances, np.inf)
    return np.mean(labels[distances.argmin(axis=1)] == labels)
