"""The course folder: where things are, and what `course.toml` says of each lab."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.course.policy import Policy
from autograder.course.roster import normalize_name
from autograder.course.settings import check_settings
from autograder.errors import AutograderError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class Lab:
    """One lab: its name, its points, its due date and what a submission may use."""

    name: str
    title: str = ""
    due: datetime | None = None
    points: dict[str, float] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    # True: the whole lab's points come on top; or the questions whose points do.
    extra_credit: bool | tuple[str, ...] = False
    # What a student makes in it, in a few words; and the earlier labs that it builds upon.
    builds: str = ""
    needs: tuple[str, ...] = ()
    # Test cells that may run in the student's own kernel, or "kernel" for all of them.
    trust: str | tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """The file name of the lab's notebook, the same in every tree."""
        return f"{self.name}.ipynb"


class Course:
    """A course folder, ours (`course.toml`) or any of nbgrader's (`nbgrader_config.py` or none).

    Args:
        root: the folder.

    Raises:
        AutograderError: the folder does not exist, or `course.toml` can't be read.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()
        if not self.root.is_dir():
            raise AutograderError(
                f"there is no course folder {self.root}",
                "name one with --course-dir DIR, or make one: autograder init DIR",
            )
        self._toml = read_toml(self.root / "course.toml")
        check_settings(self._toml)
        about = self._toml.get("course", {})
        self.name: str = about.get("name", self.root.name)
        self.repository: str = about.get("repository", "").rstrip("/")
        # Labs may be released from a repository that holds nothing else.
        self.library: str = about.get("library", self.repository).rstrip("/")
        self.branch: str = about.get("branch", "main")
        self.policy = Policy.of(self._toml.get("policy", {}), "policy")

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course around `start` (default: the current folder), or else this package's own."""
        start = Path(start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "course.toml").is_file() or (folder / "nbgrader_config.py").is_file():
                return cls(folder)
        own = Path(__file__).resolve().parents[2]
        if (own / "course.toml").is_file():
            return cls(own)
        raise AutograderError(
            f"no course in {start} or above it (looked for course.toml and nbgrader_config.py)",
            "go to the course's folder, or name it: --course-dir DIR",
        )

    @property
    def timezone(self) -> tzinfo:
        """The zone of times that name none: course.toml's `timezone`, or else UTC.

        Raises:
            AutograderError: there is no such zone.
        """
        name = self._toml.get("course", {}).get("timezone")
        if name is None:
            return timezone.utc
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, TypeError):
            raise AutograderError(
                f"course.toml: there is no time zone {name!r}", 'for example "Europe/Berlin"'
            ) from None

    def aware(self, moment: datetime) -> datetime:
        """The moment, in the course's time zone where it names none."""
        return moment if moment.tzinfo else moment.replace(tzinfo=self.timezone)

    @property
    def extensions(self) -> dict[str, dict[str, Any]]:
        """By student and lab: another due date, or the days that the due date moves.

        Raises:
            AutograderError: course.toml's `[extensions]` names no lab, or neither date nor days.
        """
        found: dict[str, dict[str, Any]] = {}
        for student, given in self._toml.get("extensions", {}).items():
            for lab, until in given.items() if isinstance(given, dict) else [("", given)]:
                if lab not in self._lab_names() or not _moves_a_date(until):
                    raise AutograderError(
                        f"course.toml: [extensions] {student!r}: {lab} = {until!r} is no extension",
                        f'"{student}" = {{ {self._lab_names()[0]} = 2 }} gives two days',
                    )
                found.setdefault(normalize_name(student), {})[lab] = until
        return found

    @property
    def nbgrader_config(self) -> Config:
        """What `nbgrader_config.py` says, with the course's root filled in."""
        from traitlets.config import Config, PyFileConfigLoader

        config = Config()
        if (self.root / "nbgrader_config.py").is_file():
            config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    def _folder(self, kind: str, default: str) -> Path:
        named = self.nbgrader_config.CourseDirectory.get(f"{kind}_directory", default)
        return self.root / str(named)

    @property
    def source_dir(self) -> Path:
        """The instructor's notebooks and, in our courses, the labs' sources."""
        return self._folder("source", "source")

    @property
    def release_dir(self) -> Path:
        """What students get."""
        return self._folder("release", "release")

    @property
    def submitted_dir(self) -> Path:
        return self._folder("submitted", "submitted")

    @property
    def autograded_dir(self) -> Path:
        return self._folder("autograded", "autograded")

    @property
    def feedback_dir(self) -> Path:
        return self._folder("feedback", "feedback")

    @property
    def results_dir(self) -> Path:
        """One file a graded submission: what a killed run resumes from."""
        return self.root / "results"

    @property
    def reports_dir(self) -> Path:
        return self.root / "reports"

    @property
    def collected_dir(self) -> Path:
        """What was collected when, and earlier tries."""
        return self.root / "collected"

    @property
    def exports_dir(self) -> Path:
        """What goes back to an LMS."""
        return self.root / "exports"

    @property
    def db_url(self) -> str:
        """The gradebook's address, as SQLAlchemy takes it."""
        default = f"sqlite:///{self.root / 'gradebook.db'}"
        url = str(self.nbgrader_config.CourseDirectory.get("db_url", default))
        # formgrader may hold the file for a moment: wait for it, longer than SQLite's 5 s.
        patient = url.startswith("sqlite:///") and "?" not in url
        return f"{url}?timeout=60" if patient else url

    def labs(self) -> list[Lab]:
        """All labs: those of `course.toml`, or else the folders of the source tree."""
        return [self.lab(name) for name in self._lab_names()]

    def _lab_names(self) -> list[str]:
        named = list(self._toml.get("labs", {}))
        return named or sorted(
            folder.name for folder in _folders(self.source_dir) if any(folder.glob("*.ipynb"))
        )

    def lab(self, name: str) -> Lab:
        """The lab called `name`; a unique beginning such as `01` will do.

        Raises:
            AutograderError: no lab, or several, begin so.
        """
        names = self._lab_names()
        found = [known for known in names if known == name] or [
            known for known in names if known.startswith(name.rstrip("/"))
        ]
        if len(found) != 1:
            listed = ", ".join(names) or f"none; put one into {self.source_dir}"
            problem = "no lab is called" if not found else "more than one lab begins with"
            raise AutograderError(f"{problem} {name!r}", f"the course's labs: {listed}")
        table = self._toml.get("labs", {}).get(found[0], {})
        limits = {**self._toml.get("limits", {}), **table.get("limits", {})}
        return Lab(
            name=found[0],
            title=table.get("title", ""),
            due=table.get("due"),
            points=dict(table.get("points", {})),
            limits=limits,
            policy=Policy.of(
                {**self._toml.get("policy", {}), **table.get("policy", {})},
                f"labs.{found[0]}.policy",
            ),
            extra_credit=_extra_credit(found[0], table),
            builds=table.get("builds", ""),
            needs=tuple(table.get("needs", ())),
            trust=_trust(table.get("trust", self._toml.get("course", {}).get("trust", []))),
        )


def _moves_a_date(until: object) -> bool:
    days = isinstance(until, (int, float)) and not isinstance(until, bool)
    return isinstance(until, date) or (days and abs(until) < 10_000)


def _trust(setting: object) -> str | tuple[str, ...]:
    if setting == "kernel":
        return "kernel"
    if isinstance(setting, list) and all(isinstance(name, str) for name in setting):
        return tuple(setting)
    raise AutograderError(
        f'course.toml: trust = {setting!r} is neither "kernel" nor a list of grade ids',
        'for one test cell: trust = ["its_grade_id"]; for all: trust = "kernel"',
    )


def _extra_credit(lab: str, table: dict[str, Any]) -> bool | tuple[str, ...]:
    setting = table.get("extra_credit", False)
    if isinstance(setting, bool):
        return setting
    known = table.get("points")
    if not isinstance(setting, list) or not all(
        isinstance(name, str) and (not known or name in known) for name in setting
    ):
        raise AutograderError(
            f"course.toml: [labs.{lab}] extra_credit = {setting!r} is neither true nor a list of "
            "the lab's questions",
            'for one question: extra_credit = ["its_grade_id"]; for all of the lab: true',
        )
    return tuple(setting)


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if path.is_dir())


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; none where there is no file.

    Raises:
        AutograderError: it is not valid TOML.
    """
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AutograderError(f"{path} is not valid TOML: {error}", "mend that line") from None
