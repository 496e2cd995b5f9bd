"""Submit the open notebook to the course's server, and print the marks."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from course_lib.course_error import CourseError
from course_lib.notebook.this_notebook import find_notebook_file

_TIMEOUT = 60  # seconds for one request
_LONGEST_WAIT = 20 * 60.0
_MOST_TRIES = 4
_KEEP = Path("~/.config/keras-course-labs/hand_in").expanduser()


def hand_in(link: str | None = None, wait: bool = True, check_saved: bool = True) -> None:
    """Submit this notebook, print the receipt, and wait for the marks.

    The first call asks for your personal link and keeps it in your home folder, so that it is not
    in the notebook. In a JupyterHub whose COURSE_HAND_IN is the server's address, no link is
    needed: the Hub says who you are. What was last saved is submitted, so it refuses if the cells
    that ran last are not in the file. (Colab needs no saving.)

    Args:
        link: Your personal link; default: the one that is kept, or COURSE_HAND_IN.
        wait: Whether to wait for the marks.
        check_saved: Whether the cells that ran last must be in the file.

    Raises:
        CourseError: No notebook was found, it has changed since it was saved, or the server does
            not accept it; the message says why.
    """
    place = _find_link(link)
    if place is None:
        print("Nothing was submitted: no personal link was given.")
        return
    server, token = place
    name, content = find_notebook_file()
    if check_saved and not has_cells(content, _list_last_cells()):
        raise CourseError(
            f"{name} has changed since it was saved",
            "Save it (Ctrl+S) and run this cell again. If it is saved: hand_in(check_saved=False).",
        )
    labs = _ask(server, token, "/api/labs")
    lab = _find_lab(labs["labs"], name, content)
    path = f"/api/labs/{quote(lab, safe='')}/attempts?name={quote(name, safe='')}"
    record = _ask(server, token, path, content)
    _print_receipt(record, name, len(content))
    if wait:
        _print_marks(_wait_for_marks(server, token, record))
    print(f"The page of this attempt: {server}{record['page']}")


def has_cells(content: bytes, sources: Iterable[str]) -> bool:
    """Return whether a notebook has cells with these sources.

    Args:
        content: The notebook's file.
        sources: The sources.

    Example:
        >>> has_cells(b'{"cells": [{"source": ["x = 1", " # one"]}]}', ["x = 1 # one"])
        True
    """
    cells = json.loads(content).get("cells", [])
    found = {_strip_lines("".join(cell.get("source", ""))) for cell in cells}
    return all(_strip_lines(source) in found for source in sources)


def _strip_lines(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _list_last_cells() -> list[str]:
    """The cell that is running and the one that ran before it; none outside a notebook."""
    from IPython import get_ipython

    shell = get_ipython()
    return (
        [one for one in shell.history_manager.input_hist_raw[-2:] if one.strip()] if shell else []
    )


def _find_link(link: str | None) -> tuple[str, str] | None:
    """The server's address and the token; None where nobody can be asked, as in grading."""
    given = link or os.environ.get("COURSE_HAND_IN") or _read_kept()
    if not given:
        try:
            given = getpass.getpass("Your personal link (it is kept on this computer): ").strip()
        except Exception:  # each kernel without a person raises another type
            return None
        if not given:
            return None
    address, _, token = given.strip().partition("#")
    if given == os.environ.get("COURSE_HAND_IN"):
        # Who set it for a whole Hub gave the server's address only: each user has a token there.
        token = token or os.environ.get("JUPYTERHUB_API_TOKEN", "")
    parts = urlsplit(address)
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme not in ("http", "https") or not parts.netloc or not token:
        raise CourseError("this is not a personal link", "It looks like https://…/enter#…")
    if parts.scheme == "http" and not is_local:
        raise CourseError(
            "the link begins with http://, so others could read it", "Ask for one with https."
        )
    if not os.environ.get("COURSE_HAND_IN"):
        _keep(given.strip())
    return f"{parts.scheme}://{parts.netloc}", token


def _read_kept() -> str:
    try:
        return _KEEP.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _keep(link: str) -> None:
    """Keep the link for the next call, readable by its owner only; it is asked for otherwise."""
    try:
        _KEEP.parent.mkdir(parents=True, exist_ok=True)
        _KEEP.touch(mode=0o600)
        _KEEP.chmod(0o600)
        _KEEP.write_text(link + "\n", encoding="utf-8")
    except OSError:
        print("The link could not be kept; the next call asks again.")


def _find_lab(labs: list[dict[str, Any]], name: str, content: bytes) -> str:
    """The lab that a notebook belongs to: by its questions, or else by its name.

    Raises:
        CourseError: None of the course's labs.
    """
    cells = json.loads(content).get("cells", [])
    marks = [cell.get("metadata", {}).get("nbgrader", {}) for cell in cells]
    asked = {mark.get("grade_id") for mark in marks if mark.get("grade")}
    shared = {lab["lab"]: len(asked.intersection(lab["questions"])) for lab in labs}
    best = max(shared, key=lambda lab: shared[lab], default="")
    if best and shared[best]:
        return best
    stem = name.removesuffix(".ipynb")
    if stem in shared:
        return stem
    known = ", ".join(shared) or "none"
    raise CourseError(f"{name} is not one of the course's labs", f"The labs are: {known}.")


class _NoRedirect(HTTPRedirectHandler):
    """The token must not go to another server."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _ask(server: str, token: str, path: str, content: bytes | None = None) -> Any:
    """One request; repeated where the answer was lost: the same file is never counted twice.

    Raises:
        CourseError: The server refused, or cannot be reached.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    open_url = build_opener(_NoRedirect()).open
    for number in range(1, _MOST_TRIES + 1):
        try:
            with open_url(Request(server + path, content, headers), timeout=_TIMEOUT) as answer:
                return json.load(answer)
        except HTTPError as error:
            if error.code < 500 or number == _MOST_TRIES:
                raise _explain(error) from None
        except (URLError, OSError, ValueError) as error:
            if number == _MOST_TRIES:
                reason = getattr(error, "reason", error)
                raise CourseError(
                    f"the server {server} cannot be reached ({reason})",
                    "Check your connection, and call hand_in() again.",
                ) from None
        time.sleep(2**number)
    raise AssertionError("unreachable")


def _explain(error: HTTPError) -> CourseError:
    if error.code == 401:
        _KEEP.unlink(missing_ok=True)
        return CourseError(
            "your personal link is not valid any more", "Call hand_in() again with a new one."
        )
    try:
        answer = json.load(error)
        return CourseError(answer["error"].removesuffix("."), answer["hint"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return CourseError(
            f"the server answered with the error {error.code}", "Tell your instructor."
        )


def _print_receipt(record: dict[str, Any], name: str, size: int) -> None:
    again = " (the same file as before: it does not count twice)" if record["repeated"] else ""
    print(f"Submitted {name}, {size:,} bytes, as attempt {record['attempt']}{again}.")
    print(f"Receipt {record['receipt']}, SHA-256 {record['sha256']}")


def _wait_for_marks(
    server: str, token: str, record: dict[str, Any], say: Callable[[str], None] = print
) -> dict[str, Any]:
    """The record once it is graded, or as it is after a long time."""
    end, pause, said = time.monotonic() + _LONGEST_WAIT, 0.5, ""
    path = f"/api/attempts/{record['receipt']}"
    while not record["graded"] and time.monotonic() < end:
        if record["state"] != said:
            said = record["state"]
            say(f"… {said}")
        time.sleep(pause)
        pause = min(1.3 * pause, 5.0)
        record = _ask(server, token, path)
    return record


def _print_marks(record: dict[str, Any]) -> None:
    if not record["graded"]:
        print("It is not graded yet; the marks will be on its page.")
        return
    for question in record["questions"]:
        sign = {"full marks": "✓", "passed": "✓"}.get(question["outcome"], "·")
        points = ""
        if question["max_score"] is not None:
            score = "–" if question["score"] is None else f"{question['score']:g}"
            points = f" {score} of {question['max_score']:g}"
        message = f": {question['message']}" if question["message"] else f": {question['outcome']}"
        print(f"{sign} {question['question']}{points}{message}")
    for note in record["notes"]:
        print(note)
    if record["score"] is not None:
        print(f"{record['score']:g} of {record['max_score']:g} points")
    elif not record["questions"]:
        print("Graded. Your instructor publishes the marks later.")
