"""The `autograder` command: its subcommands, and how it reports errors."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer

from autograder.cli import (
    adopt,
    build,
    collect,
    demo,
    doctor,
    export,
    feedback,
    grade,
    init,
    invite,
    lint,
    lti,
    new_lab,
    pack,
    report,
    serve,
    similar,
)
from autograder.cli.console import out, print_anywhere, print_error
from autograder.errors import DISK_ERRORS, AutograderError

app = typer.Typer(
    help="Build, check, release and grade the labs of a course.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        out.print(f"autograder {version('keras-course-labs')}")
        raise typer.Exit


@app.callback()
def _take_options(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version and exit.",
            is_eager=True,
            callback=_print_version,
        ),
    ] = False,
) -> None:
    """Nothing but the options of the command itself."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo.demo,
    "init": init.init,
    "build": build.build,
    "new-lab": new_lab.new_lab,
    "lint": lint.lint,
    "adopt": adopt.adopt,
    "collect": collect.collect,
    "grade": grade.grade,
    "feedback": feedback.feedback,
    "report": report.report,
    "similar": similar.similar,
    "export": export.export,
    "pack": pack.pack,
    "serve": serve.serve,
    "invite": invite.invite,
    "lti": lti.lti,
    "doctor": doctor.doctor,
}


def _handle_interrupt(command: Callable[..., None]) -> Callable[..., None]:
    """Make Ctrl-C end the command with exit code 130 under every version of Typer."""

    @functools.wraps(command)
    def run_command(*values: Any, **options: Any) -> None:
        try:
            command(*values, **options)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return run_command


for _name, _command in _COMMANDS.items():
    app.command(_name)(_handle_interrupt(_command))


def run() -> None:
    """Run the command line; report an error that a person can fix, and exit with code 2.

    Raises:
        KeyboardInterrupt: Ctrl-C ended the command.
    """
    print_anywhere()
    try:
        app()
    except SystemExit as end:
        if end.code == 130:
            raise KeyboardInterrupt from None
        raise
    except AutograderError as error:
        print_error(error)
        sys.exit(2)
    except OSError as error:
        if error.filename is None and error.errno not in DISK_ERRORS:
            raise
        place = f"{error.filename or 'the disk'}: {error.strerror}"
        advice = "check the permissions and the free disk space, then run again"
        print_error(AutograderError(place, advice))
        sys.exit(2)
