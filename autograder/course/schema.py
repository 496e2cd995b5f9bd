"""Every setting of `course.toml`: its name, type, default and meaning.

`check_settings` validates against this table, `Course` takes its defaults from it, and
tools/make_settings.py makes docs/settings.md from it.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from autograder.course.policy import Policy
from autograder.course.server_settings import COUNTS, SHOWS, ServerSettings
from autograder.course.setting import Kind, Setting
from autograder.course.sign_in_schema import SIGN_IN_SETTINGS, SIGN_IN_TABLES
from autograder.engine.wire.limits import Limits


def _is_number(value: object) -> bool:
    # In Python, True is an int.
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_time_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (KeyError, ValueError, OSError):
        return False


def _is_list_of_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


INFINITY = float("inf")
STRING = Kind("a string", lambda value: isinstance(value, str))
NUMBER = Kind("a number, 0 or more", lambda value: _is_number(value) and 0 <= value < INFINITY)
NUMBER_OR_INF = Kind("a number, 0 or more", lambda value: _is_number(value) and value >= 0)
POSITIVE = Kind("a number above 0", lambda value: _is_number(value) and 0 < value < INFINITY)
SHARE = Kind("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
COUNT = Kind(
    "an integer, 0 or more",
    lambda value: _is_number(value) and isinstance(value, int) and value >= 0,
)
DATE_TIME = Kind(
    "a date and a time, such as 2027-02-05T23:59:00Z", lambda value: isinstance(value, datetime)
)
TIME_ZONE = Kind('a time zone, such as "Europe/Berlin"', _is_time_zone)
TRUST = Kind(
    '"kernel" or a list of grade_ids, such as ["neuron"]',
    lambda value: value == "kernel" or _is_list_of_strings(value),
)
LABS = Kind("a list of labs above it", _is_list_of_strings)
QUESTIONS = Kind(
    "true, false or a list of the lab's questions",
    lambda value: isinstance(value, bool) or _is_list_of_strings(value),
)
EXTENSION = Kind(
    "a number of days below 10,000 or a date",
    lambda value: isinstance(value, date) or (_is_number(value) and abs(value) < 10_000),
)
WHAT_IS_SHOWN = Kind('"marks", "checks" or "receipt"', lambda value: value in SHOWS)
WHICH_COUNTS = Kind('"last" or "best"', lambda value: value in COUNTS)
TABLE = Kind("a table", lambda value: isinstance(value, dict))

# The tables in the order of the reference, each with its meaning.
TABLES = {
    "course": "The course as a whole.",
    "limits": "What one submission may use. `[labs.LAB.limits]` changes limits for one lab.",
    "policy": "How late work counts, and the course's total. `[labs.LAB.policy]` changes the "
    "policy for one lab.",
    "extensions": "Other due dates for single students.",
    "server": "What `autograder serve` shows and accepts. `[labs.LAB.server]` changes it for one "
    "lab.",
    **SIGN_IN_TABLES,
    "labs.LAB": "A lab; `LAB` is the name of its folder. Labs are in the order of the file.",
    "labs.LAB.points": "The points of a lab's questions.",
}
# A name that these tables do not have is an error; elsewhere only one that looks like a known name.
CLOSED_TABLES = ("limits", "policy", "server", *SIGN_IN_TABLES)

SETTINGS = (
    Setting("", "course", TABLE, {}, TABLES["course"]),
    Setting("", "limits", TABLE, {}, TABLES["limits"]),
    Setting("", "policy", TABLE, {}, TABLES["policy"]),
    Setting("", "extensions", TABLE, {}, TABLES["extensions"]),
    Setting("", "server", TABLE, {}, TABLES["server"]),
    Setting("", "lti", TABLE, {}, "The LMSs that open labs by LTI 1.3."),
    Setting("", "jupyterhub", TABLE, {}, TABLES["jupyterhub"]),
    Setting("", "labs", TABLE, {}, "The labs."),
    Setting("course", "name", STRING, None, "The name on reports and pages.", "the folder's name"),
    Setting(
        "course",
        "repository",
        STRING,
        "",
        "The public repository that Colab opens labs from; without it, labs have no Colab badge.",
    ),
    Setting(
        "course",
        "library",
        STRING,
        None,
        "The repository from which a lab installs `course_lib` in Colab.",
        "`repository`",
    ),
    Setting(
        "course",
        "branch",
        STRING,
        "main",
        "The branch or tag of `repository`. With a tag, labs stay the same for the whole term.",
    ),
    Setting("course", "timezone", TIME_ZONE, "UTC", "The zone of dates and times without a zone."),
    Setting("course", "trust", TRUST, [], "The default of `trust` in each lab."),
    *(
        Setting("limits", limit.name, POSITIVE, limit.default, limit.metadata["about"])
        for limit in fields(Limits)
    ),
    Setting(
        "policy",
        "late_penalty",
        SHARE,
        Policy.late_penalty,
        "The share of the lab's points taken off for each day that begins after the due date.",
    ),
    Setting(
        "policy",
        "late_days",
        NUMBER_OR_INF,
        Policy.late_days,
        "Late days without a penalty, over the whole course; in `[policy]` only.",
    ),
    Setting(
        "policy",
        "latest_days",
        NUMBER_OR_INF,
        Policy.latest_days,
        "After this many late days, with or without an extension, the lab earns nothing.",
        "no limit",
    ),
    Setting(
        "policy",
        "grace_minutes",
        NUMBER_OR_INF,
        Policy.grace_minutes,
        "Minutes after the due date that are not late.",
    ),
    Setting(
        "policy",
        "drop_lowest",
        COUNT,
        Policy.drop_lowest,
        "The number of each student's lowest labs that do not count in the total; in `[policy]` "
        "only.",
    ),
    Setting(
        "extensions",
        "STUDENT",
        TABLE,
        None,
        "By lab, the days that the student's due date moves, or another due date: "
        "`{ 01_mlp_mnist = 3, 02_cnn_cifar = 2027-04-09T23:59:00Z }`.",
    ),
    Setting(
        "server",
        "shows",
        WHAT_IS_SHOWN,
        ServerSettings.shows,
        "What students see after grading: `marks` with sentences and the feedback page; `checks`, "
        "which questions passed; `receipt`, only that their file arrived.",
    ),
    Setting(
        "server",
        "attempts",
        COUNT,
        ServerSettings.attempts,
        "The number of times that a student may submit a lab; 0 for no limit.",
    ),
    Setting(
        "server",
        "counts",
        WHICH_COUNTS,
        ServerSettings.counts,
        "Which attempt counts. `best`: the one with the most points, after the late penalty but "
        "without free late days.",
    ),
    Setting(
        "server",
        "pause_minutes",
        NUMBER,
        ServerSettings.pause_minutes,
        "Minutes that a student waits between two attempts.",
    ),
    Setting(
        "server",
        "size_mb",
        POSITIVE,
        ServerSettings.size_mb,
        "The maximum size of a submitted file, in MiB.",
    ),
    *SIGN_IN_SETTINGS,
    Setting("labs.LAB", "title", STRING, "", "The title of the lab."),
    Setting("labs.LAB", "builds", STRING, "", "What a student builds in the lab, in a few words."),
    Setting("labs.LAB", "needs", LABS, [], "The earlier labs that it builds on."),
    Setting("labs.LAB", "due", DATE_TIME, None, "The due date."),
    Setting(
        "labs.LAB",
        "extra_credit",
        QUESTIONS,
        False,
        "`true`: the lab's points are extra in the course. A list: these questions' points are "
        "extra in the lab.",
    ),
    Setting(
        "labs.LAB",
        "trust",
        TRUST,
        None,
        'Test cells that run in the student\'s kernel, as in nbgrader; `"kernel"` means all.',
        "`trust` of `[course]`",
    ),
    Setting("labs.LAB", "points", TABLE, {}, "See `[labs.LAB.points]`."),
    Setting("labs.LAB", "limits", TABLE, {}, "As `[limits]`, for this lab."),
    Setting("labs.LAB", "policy", TABLE, {}, "As `[policy]`, for this lab."),
    Setting("labs.LAB", "server", TABLE, {}, "As `[server]`, for this lab."),
    Setting("labs.LAB.points", "QUESTION", NUMBER, None, "The points of the question."),
)


def settings_of(table: str) -> dict[str, Setting]:
    """Return the settings of a table by key."""
    return {setting.key: setting for setting in SETTINGS if setting.table == table}


def add_defaults(table: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a table, with defaults for the missing ones.

    Example:
        >>> [add_defaults("course", table)["branch"] for table in ({}, {"branch": "fall"})]
        ['main', 'fall']
    """
    return {key: setting.default for key, setting in settings_of(table).items()} | values
