"""Scripts and workflows from their templates."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def render_file(name: str, **values: str | float) -> str:
    """Render the template of a file.

    Args:
        name: The file's name.
        values: What the template needs.
    """
    environment = Environment(
        loader=PackageLoader("autograder.pack", "templates"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(f"{name}.j2").render(values)
