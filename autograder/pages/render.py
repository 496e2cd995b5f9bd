"""Renders a template of this package as a page in one file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(template: str, **values: Any) -> str:
    """Fill in a template; values are escaped unless they are `markupsafe.Markup`.

    Args:
        template: its path inside the package, such as `report/report.html.j2`.
        **values: the template's variables.
    """
    return _make_environment().get_template(template).render(**values)


@cache
def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = format_points
    environment.filters["percent"] = format_percent
    environment.filters["breakable"] = make_breakable
    environment.filters["source_hash"] = hash_script
    return environment


def format_points(value: float) -> str:
    """Points as a person writes them.

    Example:
        >>> format_points(2.0), format_points(1.5), format_points(1 / 3)
        ('2', '1.5', '0.33')
    """
    return f"{round(value, 2):g}"


def format_percent(share: float) -> str:
    """A share in percent.

    Example:
        >>> format_percent(0.725)
        '72 %'
    """
    return f"{100 * share:.0f} %"


def make_breakable(name: str) -> Markup:
    """A name that a narrow column can break at its underscores.

    Example:
        >>> str(make_breakable("two_layers"))
        'two_<wbr>layers'
    """
    return Markup("_<wbr>").join(name.split("_"))


def hash_script(script: str) -> str:
    """The source expression that allows an inline script in a content security policy."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
