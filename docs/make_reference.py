"""Writes docs/command-line.md from the command line itself.

python docs/make_reference.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import get_args

from typer.models import OptionInfo

from autograder.cli.app import app

PAGE = Path(__file__).parent / "command-line.md"
HEAD = """\
# The command line

<!-- Made by docs/make_reference.py from the commands themselves: don't edit it here. -->

`LAB` is a lab's name or how it begins: `01`. Inside a course's folder, that course is meant.
Results go to stdout, progress and problems to stderr.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | done, and something needs a person: it was listed |
| 2 | nothing was done: what is wrong and what to type next was said |
| 130 | stopped by Ctrl-C; what was finished is kept, the same command goes on |
"""


def reference() -> str:
    """The page: what each command does, its arguments, options and examples."""
    return "\n".join([HEAD, *(_command(one.name, one.callback) for one in app.registered_commands)])


def _command(name: str, function: Callable[..., None]) -> str:
    *text, last = inspect.cleandoc(function.__doc__).split("\n\n")
    examples = re.findall(r"\[bold\](.*?)\[/\]", last, re.DOTALL)
    parameters = [
        _parameter(one) for one in inspect.signature(function, eval_str=True).parameters.values()
    ]
    parameters.sort(key=lambda one: one.is_option)
    usage = ["autograder", name, *(one.called for one in parameters if not one.is_option)]
    usage += ["[OPTION]..."] if any(one.is_option for one in parameters) else []
    lines = [f"## {name}", "", f"`{' '.join(usage)}`", ""]
    lines += ["\n\n".join(" ".join(paragraph.split()) for paragraph in text), ""]
    lines += ["```sh", *(" ".join(example.split()) for example in examples), "```", ""]
    lines += [
        "| argument, option | what it is | default |",
        "| --- | --- | --- |",
        *(one.row for one in parameters),
        "",
    ]
    return "\n".join(lines)


@dataclass(frozen=True)
class Parameter:
    """An argument or an option: how it is typed, what it does, what it is where it is left out."""

    is_option: bool
    called: str
    help: str
    default: str

    @property
    def row(self) -> str:
        called = self.called.replace("|", "\\|")
        return f"| `{called}` | {self.help} | {self.default and f'`{self.default}`'} |"


def _parameter(parameter: inspect.Parameter) -> Parameter:
    kind, info = get_args(parameter.annotation)
    kind = next((one for one in get_args(kind) if one is not type(None)), kind)
    is_option = isinstance(info, OptionInfo)
    called = info.metavar or parameter.name.upper()
    if is_option:
        # Inside Annotated[], Typer keeps the first name where a default would be.
        names = [n for n in (info.default, *(info.param_decls or ())) if str(n).startswith("--")]
        name = names[0] if names else f"--{parameter.name.replace('_', '-')}"
        called = f"{name} {_value(kind, info)}".strip()
    default = parameter.default
    plain = default is not parameter.empty and default is not None and default is not False
    shown = str(getattr(default, "value", default)) if plain else ""
    return Parameter(is_option, called, " ".join((info.help or "").split()), shown)


def _value(kind: type, info: OptionInfo) -> str:
    if kind is bool:
        return ""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(one.value for one in kind)
    return info.metavar or getattr(kind, "__name__", "text").upper()


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
