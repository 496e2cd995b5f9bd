"""The course folder: its paths, and what `course.toml` says about the course and its labs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from autograder.course.check_settings import check_settings
from autograder.course.policy import Policy
from autograder.course.read_toml import read_toml
from autograder.course.roster import normalize_name
from autograder.course.schema import add_defaults
from autograder.course.server_settings import ServerSettings
from autograder.course.sign_in_settings import HubSettings, LtiPlatform
from autograder.errors import AutograderError

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class Lab:
    """A lab and its settings.

    Args:
        name: The name of its folder.
        title: Its title.
        due: Its due date.
        points: The points of each question.
        limits: The limits that `course.toml` sets, of the course and of the lab.
        policy: How late work counts.
        extra_credit: True: the lab's points are extra in the course. A tuple: these questions'
            points are extra in the lab.
        builds: What a student builds in it, in a few words.
        needs: The earlier labs that it builds on.
        trust: Test cells that may run in the student's kernel, or "kernel" for all.
        server: What the course's server shows and accepts.
    """

    name: str
    title: str = ""
    due: datetime | None = None
    points: dict[str, float] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    extra_credit: bool | tuple[str, ...] = False
    builds: str = ""
    needs: tuple[str, ...] = ()
    trust: str | tuple[str, ...] = ()
    server: ServerSettings = field(default_factory=ServerSettings)

    @property
    def notebook(self) -> str:
        """The file name of the lab's notebook, the same in every folder."""
        return f"{self.name}.ipynb"


class Course:
    """A course folder: one with `course.toml`, or any of nbgrader's.

    Args:
        root: The folder.

    Raises:
        AutograderError: The folder does not exist, or `course.toml` is not valid.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser().resolve()
        if not self.root.is_dir():
            raise AutograderError(
                f"there is no course folder {self.root}",
                "name one with --course-dir DIR, or make one: autograder init DIR",
            )
        _check_path(self.root)
        path = self.root / "course.toml"
        self._toml = read_toml(path)
        check_settings(path, self._toml, self._lab_names)
        self._about = add_defaults("course", self._toml.get("course", {}))
        self.name: str = self._about["name"] or self.root.name
        self.repository: str = self._about["repository"].rstrip("/")
        # A repository may hold the labs and nothing else.
        self.library: str = (self._about["library"] or self.repository).rstrip("/")
        self.branch: str = self._about["branch"]
        self.policy = Policy(**self._toml.get("policy", {}))

    @classmethod
    def find(cls, start: str | Path | None = None) -> Course:
        """Return the course around `start` (default: the current folder), or else this package's.

        Raises:
            AutograderError: There is no course.
        """
        start = Path(start or Path.cwd()).resolve()
        found = cls.look_for(start)
        if found is None:
            raise AutograderError(
                f"there is no course in {start} or above it: no course.toml or nbgrader_config.py",
                "go to the course folder, or name it: --course-dir DIR; or make one: autograder "
                "init DIR",
            )
        return found

    @classmethod
    def look_for(cls, start: Path) -> Course | None:
        """Return the course around `start`, or else this package's, or else None."""
        for folder in (start, *start.parents):
            if (folder / "course.toml").is_file() or (folder / "nbgrader_config.py").is_file():
                return cls(folder)
        # A package that was installed from a wheel comes without a course.
        own = Path(__file__).resolve().parents[2]
        return cls(own) if (own / "course.toml").is_file() else None

    @property
    def timezone(self) -> tzinfo:
        """The zone of dates and times without a zone."""
        name = self._about["timezone"]
        # UTC needs no time zone database.
        return timezone.utc if name == "UTC" else ZoneInfo(name)

    def localize(self, moment: datetime) -> datetime:
        """Return the moment with a time zone: its own, or else the course's."""
        return moment if moment.tzinfo else moment.replace(tzinfo=self.timezone)

    @property
    def extensions(self) -> dict[str, dict[str, Any]]:
        """By student and lab: another due date, or the days that the due date moves."""
        found: dict[str, dict[str, Any]] = {}
        for student, moved in self._toml.get("extensions", {}).items():
            found.setdefault(normalize_name(student), {}).update(moved)
        return found

    @property
    def lti_platforms(self) -> list[LtiPlatform]:
        """The LMSs that open labs by LTI."""
        return [LtiPlatform(name, **table) for name, table in self._toml.get("lti", {}).items()]

    @property
    def hub(self) -> HubSettings:
        """The JupyterHub whose users may sign in."""
        return HubSettings(**self._toml.get("jupyterhub", {}))

    @property
    def nbgrader_config(self) -> Config:
        """The settings of `nbgrader_config.py`, with the course's root."""
        from traitlets.config import Config, PyFileConfigLoader

        config = Config()
        if (self.root / "nbgrader_config.py").is_file():
            config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    def _folder(self, kind: str, default: str) -> Path:
        folder = self.nbgrader_config.CourseDirectory.get(f"{kind}_directory", default)
        return self.root / str(folder)

    @property
    def source_dir(self) -> Path:
        """The instructor's notebooks and the labs' sources."""
        return self._folder("source", "source")

    @property
    def release_dir(self) -> Path:
        """The notebooks for students."""
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
        """One file for each graded submission, from which a killed run continues."""
        return self.root / "results"

    @property
    def reports_dir(self) -> Path:
        return self.root / "reports"

    @property
    def collected_dir(self) -> Path:
        """The record of what was collected, and earlier attempts."""
        return self.root / "collected"

    @property
    def received_dir(self) -> Path:
        """What the course's server received: one file for each attempt."""
        return self.root / "received"

    @property
    def exports_dir(self) -> Path:
        """Files for an LMS."""
        return self.root / "exports"

    @property
    def db_url(self) -> str:
        """The gradebook's address for SQLAlchemy."""
        default = f"sqlite:///{self.root / 'gradebook.db'}"
        url = str(self.nbgrader_config.CourseDirectory.get("db_url", default))
        # formgrader may lock the file for a moment: wait longer than SQLite's 5 s.
        return f"{url}?timeout=60" if url.startswith("sqlite:///") and "?" not in url else url

    def labs(self) -> list[Lab]:
        """Return all labs: those of `course.toml`, or else the folders with notebooks."""
        return [self.lab(name) for name in self._lab_names()]

    def _lab_names(self) -> list[str]:
        return list(self._toml.get("labs", {})) or sorted(
            folder.name for folder in _list_folders(self.source_dir) if any(folder.glob("*.ipynb"))
        )

    def lab(self, name: str) -> Lab:
        """Return the lab with this name, or with a name that only it begins with, such as `01`.

        Raises:
            AutograderError: No lab matches, or several do.
        """
        names = self._lab_names()
        found = [known for known in names if known == name] or [
            known for known in names if known.startswith(name.rstrip("/"))
        ]
        if len(found) != 1:
            listed = ", ".join(names) or f"none; put one into {self.source_dir}"
            problem = "more than one lab begins with" if found else "no lab has the name"
            raise AutograderError(f'{problem} "{name}"', f"the course's labs: {listed}")
        table = self._toml.get("labs", {}).get(found[0], {})
        lab = add_defaults("labs.LAB", table)
        credit = lab["extra_credit"]
        trust = self._about["trust"] if lab["trust"] is None else lab["trust"]
        return Lab(
            name=found[0],
            title=lab["title"],
            due=lab["due"],
            points=dict(lab["points"]),
            limits={**self._toml.get("limits", {}), **lab["limits"]},
            policy=Policy(**{**self._toml.get("policy", {}), **lab["policy"]}),
            extra_credit=tuple(credit) if isinstance(credit, list) else credit,
            builds=lab["builds"],
            needs=tuple(lab["needs"]),
            trust=tuple(trust) if isinstance(trust, list) else trust,
            server=ServerSettings(**{**self._toml.get("server", {}), **lab["server"]}),
        )


def _list_folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if path.is_dir())


def _check_path(root: Path) -> None:
    """Check that nbgrader can read the path: it writes it into a URL and expands variables."""
    odd = next((letter for letter in "?%$\\" if letter in root.as_posix()), "")
    if odd:
        raise AutograderError(
            f"the path of the course has a {odd}, with which nbgrader does not work: {root}",
            "rename the folder",
        )
