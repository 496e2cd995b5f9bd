"""From a template of this package to a page that is complete in one file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


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
    environment.filters["percent"] = percent
    environment.filters["breakable"] = breakable
    environment.filters["source_hash"] = source_hash
    return environment


def points(value: float) -> str:
    """Points as a person writes them.

    Example:
        >>> points(2.0), points(1.5), points(1 / 3)
        ('2', '1.5', '0.33')
    """
    return f"{round(value, 2):g}"


def percent(share: float) -> str:
    """A part of 1 in per cent.

    Example:
        >>> percent(0.725)
        '72 %'
    """
    return f"{100 * share:.0f} %"


def breakable(name: str) -> Markup:
    """A name that a narrow column may break at its underscores.

    Example:
        >>> str(breakable("two_layers"))
        'two_<wbr>layers'
    """
    return Markup("_<wbr>").join(name.split("_"))


def source_hash(script: str) -> str:
    """What a content security policy calls an inline script that may run."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
