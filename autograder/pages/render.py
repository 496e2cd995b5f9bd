"""From a template of this package to a page that is complete in one file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(template: str, **values: Any) -> str:
    """Fill in a template; every value is escaped unless it is `markupsafe.Markup`.

    Args:
        template: its path inside the package, such as `report/report.html.j2`.
        **values: what it shows.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = points
    environment.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    environment.filters["source_hash"] = source_hash
    return environment


def points(value: float) -> str:
    """Points as a person writes them.

    Example:
        >>> points(2.0), points(1.5), points(1 / 3)
        ('2', '1.5', '0.33')
    """
    return f"{round(value, 2):g}"


def source_hash(script: str) -> str:
    """What a content security policy calls an inline script that may run."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
