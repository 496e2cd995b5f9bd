"""The `autograder` command: its subcommands, and how errors reach a person."""

from __future__ import annotations

import errno
import functools
import sys
from collections.abc import Callable
from typing import Any

import typer

from autograder.cli import (
    build,
    collect,
    demo,
    doctor,
    export,
    feedback,
    grade,
    init,
    lint,
    new_lab,
    report,
    similar,
)
from autograder.cli.console import problem
from autograder.errors import AutograderError

# Written to a file that is open already: the error doesn't say to which.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

app = typer.Typer(
    help="Build, check, release and grade the labs of a course.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo.demo,
    "init": init.init,
    "build": build.build,
    "new-lab": new_lab.new_lab,
    "lint": lint.lint,
    "collect": collect.collect,
    "grade": grade.grade,
    "feedback": feedback.feedback,
    "report": report.report,
    "similar": similar.similar,
    "export": export.export,
    "doctor": doctor.doctor,
}


def _stoppable(command: Callable[..., None]) -> Callable[..., None]:
    """The command; ended by Ctrl-C it has the exit code 130 under every version of Typer."""

    @functools.wraps(command)
    def stopped_by_a_person(*values: Any, **options: Any) -> None:
        try:
            command(*values, **options)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return stopped_by_a_person


for _name, _command in _COMMANDS.items():
    app.command(_name)(_stoppable(_command))


def run() -> None:
    """Run the command line; an error that a person can act on is told in two lines, exit code 2.

    Raises:
        KeyboardInterrupt: it was ended by Ctrl-C, wherever it was.
    """
    try:
        app()
    except SystemExit as end:
        if end.code == 130:
            raise KeyboardInterrupt from None
        raise
    except AutograderError as error:
        problem(error)
        sys.exit(2)
    except OSError as error:
        if error.filename is None and error.errno not in _NO_ROOM:
            raise
        place = f"{error.filename or 'the disk'}: {error.strerror}"
        problem(AutograderError(place, "check its permissions and the room on the disk; run again"))
        sys.exit(2)
