"""From a download to submitted/: who handed in what, which try counts, and what stays unclear."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

from autograder.collect.is_later import is_later
from autograder.collect.student_files import StudentFiles
from autograder.collect.unpack import MOST_UNPACKED, is_zip, unpack
from autograder.course.collected import Row, read_record, write_record
from autograder.course.course import Course, Lab
from autograder.course.roster import Person, Roster
from autograder.course.source_notebooks import list_questions
from autograder.course.submissions import TIMESTAMP
from autograder.errors import AutograderError
from autograder.files import is_safe_name, replace_surrogates
from autograder.lms.canvas import canvas
from autograder.lms.download import DownloadedFile, open_download
from autograder.lms.folder import folder
from autograder.lms.gradescope import gradescope
from autograder.lms.moodle import moodle
from autograder.lms.submitted_file import SubmittedFile, without_attempt

SOURCES = ("canvas", "moodle", "gradescope", "folder")
_LONGEST_PATH = 500  # bytes; with the course's folder before it, any system takes it


class Collecting:
    """One run of `autograder collect`.

    Args:
        course: the course.
        lab: the lab that was handed in.
        source: who made the download: one of `SOURCES`.
        roster: the class; None takes students as the download names them.
        dry_run: write nothing.
    """

    def __init__(
        self, course: Course, lab: Lab, source: str, roster: Roster | None, dry_run: bool = False
    ) -> None:
        self._course, self._lab, self._source = course, lab, source
        self._roster, self._dry_run = roster, dry_run
        self._questions = _questions_of_labs(course)
        self._known = {f"{name}.ipynb" for name in list_questions(course, lab)} or {lab.notebook}
        self.rows: list[Row] = []

    def run(self, download: Path) -> list[Row]:
        """Collect; returns what became of every file and every student.

        Raises:
            AutograderError: the download can't be read, or nothing in it is as the source names
                its files.
        """
        with open_download(download) as files:
            handed_in = list(self._read(files))
            if not any(one.name for one in handed_in):
                listed = ", ".join(str(file.path) for file in files[:3]) or "nothing"
                raise AutograderError(
                    f"{download} is not named as {self._source} names downloads; it holds: "
                    f"{listed}",
                    "name another with --from: canvas, moodle, gradescope or folder",
                )
            try:
                for student, pieces in self._by_student(handed_in).items():
                    self._take(student, pieces)
                self._nothing_handed_in()
            finally:
                # What was taken so far is on record, also when somebody stopped the run.
                if not self._dry_run:
                    write_record(self._course, self._lab, self.rows)
        return self.rows

    def _read(self, files: list[DownloadedFile]) -> Iterable[SubmittedFile]:
        if self._source == "folder":
            return folder(files, self._lab.name, self._known)
        return {"canvas": canvas, "moodle": moodle, "gradescope": gradescope}[self._source](files)

    def _row(self, piece: SubmittedFile, student: str, state: str, remark: str = "") -> None:
        self.rows.append(
            Row(
                student=student,
                name=piece.name,
                file=str(piece.file.path),
                state=state,
                remark=remark,
                late="late" if piece.late else "",
                submitted=piece.submitted.isoformat() if piece.submitted else "",
                source=self._source,
            )
        )

    def _by_student(self, pieces: Iterable[SubmittedFile]) -> dict[str, list[SubmittedFile]]:
        found: dict[str, list[SubmittedFile]] = defaultdict(list)
        # Without a roster, one name with two numbers is two students; two names may be one folder.
        called: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for piece in pieces:
            called[_as_folder(piece.student)].add((piece.student, *piece.ids.values()))
        for piece in pieces:
            if not piece.name:
                self._row(piece, "", "unclear", f"its name is not one that {self._source} gives")
            elif self._roster is None and len(called[_as_folder(piece.student)]) > 1:
                self._row(
                    piece, "", "unclear", "several students have this name: say who, by --roster"
                )
            elif self._roster is None:
                found[_as_folder(piece.student)].append(piece)
            else:
                people = self._roster.find(piece.name, piece.ids)
                if len(people) == 1:
                    found[people[0].id].append(_on_time(piece, people[0]))
                elif people:
                    whose = " or ".join(person.id for person in people)
                    self._row(piece, "", "unclear", f"it may be from {whose}")
                else:
                    self._row(piece, "", "unclear", "nobody in the roster has this name or number")
        return dict(sorted(found.items()))

    def _nothing_handed_in(self) -> None:
        there = {row.student for row in self.rows}
        for person in self._roster.people if self._roster else ():
            if person.id in there:
                continue
            before = (self._course.submitted_dir / person.id / self._lab.name).is_dir()
            state = "unchanged" if before else "nothing"
            remark = "not in this download; what was collected before stays" if before else ""
            self.rows.append(Row(person.id, person.name, "", state, remark, source=self._source))

    def _take(self, student: str, pieces: list[SubmittedFile]) -> None:
        """Put a student's submission into submitted/ and older tries beside; a row for each."""
        remarks = []
        contents: dict[int, dict[PurePosixPath, bytes]] = {}
        for piece in pieces:
            try:
                contents[id(piece)] = self._content(piece)
            except AutograderError as error:
                self._row(piece, student, "unclear", str(error))
                remarks.append(f"{piece.path.name}: {error}")
        latest, earlier = self._tries([piece for piece in pieces if id(piece) in contents])
        if latest:
            self._take_latest(student, latest, contents, remarks)
        # Only now: a kept file like the latest would make that one look like an old download's.
        for piece in earlier:
            if not self._dry_run:
                name = _as_folder(piece.file.path.name)
                self._files(student).keep(contents[id(piece)], name)
            self._row(piece, student, "earlier", "a later try is there")

    def _take_latest(
        self,
        student: str,
        pieces: list[SubmittedFile],
        contents: dict[int, dict[PurePosixPath, bytes]],
        remarks: list[str],
    ) -> None:
        files = self._together(contents[id(piece)] for piece in pieces)
        if problem := _problem(files):
            for piece in pieces:
                self._row(piece, student, "unclear", problem)
            return
        remarks += _drop_time(files)
        remarks += self._doubts(files)
        submitted = max((p.submitted for p in pieces if p.submitted), default=None)
        if submitted is not None:
            files[TIMESTAMP] = self._utc(submitted).encode()
        chief = next((p for p in pieces if _has_notebook(contents[id(p)])), pieces[0])
        state, remark = self._write(student, chief, files)
        for piece in pieces:
            if piece is chief:
                self._row(piece, student, state, "; ".join(filter(None, [remark, *remarks])))
            else:
                self._row(piece, student, "part")

    def _together(
        self, contents: Iterable[dict[PurePosixPath, bytes]]
    ) -> dict[PurePosixPath, bytes]:
        """Several files' contents as one submission, without the numbers of second copies."""
        files: dict[PurePosixPath, bytes] = {}
        for content in contents:
            for path, data in content.items():
                name = path.with_name(without_attempt(path.name, self._known)[0])
                files[path if name in files else name] = data
        return files

    def _content(self, piece: SubmittedFile) -> dict[PurePosixPath, bytes]:
        """A piece's files by their path; those of another lab are refused."""
        content = piece.file.read()
        path = PurePosixPath(*map(_as_folder, piece.path.parts))
        if is_zip(path, content):
            files = {path.parent / inside: data for inside, data in unpack(content).items()}
        else:
            files = {path: content}
        for name, data in files.items():
            other = self._other_lab(data) if name.suffix.lower() == ".ipynb" else ""
            if other:
                raise AutograderError(f"{name.name} is lab {other}, not {self._lab.name}")
        files = {PurePosixPath(*map(_as_folder, p.parts)): data for p, data in files.items()}
        if problem := _problem(files):
            raise AutograderError(problem)
        return files

    def _other_lab(self, content: bytes) -> str:
        """The lab whose questions a notebook has, when it is clearly another one."""
        found = _grade_ids(content)
        if not found or found & self._questions.get(self._lab.name, set()):
            return ""
        likely = max(self._questions, key=lambda lab: len(found & self._questions[lab]))
        return likely if found & self._questions[likely] else ""

    def _tries(
        self, pieces: list[SubmittedFile]
    ) -> tuple[list[SubmittedFile], list[SubmittedFile]]:
        """A student's files: those of the latest try, and the earlier ones.

        `lab.ipynb`, `lab-1.ipynb`, `lab-2.ipynb` are three tries; what is no second copy of
        anything goes with the latest.
        """
        copies: dict[PurePosixPath, list[SubmittedFile]] = defaultdict(list)
        for piece in pieces:
            name, _ = without_attempt(piece.path.name, self._known)
            copies[piece.path.with_name(name)].append(piece)

        def order(piece: SubmittedFile) -> tuple[float, int, int]:
            when = piece.submitted.timestamp() if piece.submitted else 0.0
            return when, without_attempt(piece.path.name, self._known)[1], piece.number

        for versions in copies.values():
            versions.sort(key=order, reverse=True)
        latest = [versions[0] for versions in copies.values()]
        older = [piece for versions in copies.values() for piece in versions[1:]]
        return latest, older

    def _doubts(self, files: dict[PurePosixPath, bytes]) -> list[str]:
        notebooks = [path for path in files if path.suffix.lower() == ".ipynb"]
        doubts = []
        if not notebooks:
            named = ", ".join(sorted(path.name for path in files)) or "nothing"
            doubts.append(f"no notebook in it, but {named[:120]}")
        for path in notebooks:
            if not files[path].strip():
                doubts.append(f"{path.name} is empty")
        wanted = {PurePosixPath(name).stem for name in self._known}
        if len(notebooks) > len(wanted):
            doubts.append(f"{len(notebooks)} notebooks: the one named like the lab counts")
        return doubts

    def _write(
        self, student: str, chief: SubmittedFile, files: dict[PurePosixPath, bytes]
    ) -> tuple[str, str]:
        """Make submitted/STUDENT/LAB hold these files; returns the state and a remark.

        Args:
            student: whose they are.
            chief: the file that stands for them in the record.
            files: by path.
        """
        theirs = self._files(student)
        there = theirs.submitted()
        # Where the LMS doesn't say when, the instructor may have written it there.
        if there and there == {p: there[p] for p in (TIMESTAMP,) if p in there} | files:
            return "unchanged", ""
        remark = "another was there; it is kept in collected/" if there else ""
        if there and theirs.is_kept(files):
            later = self._came_later(student, chief)
            if later is False:
                return "earlier", "it was replaced by a later one, which stays"
            if later is None:
                remark = f"it is like an earlier try, and nothing tells which came last; {remark}"
        if not self._dry_run:
            theirs.submit(files)
        return "taken", remark

    def _files(self, student: str) -> StudentFiles:
        return StudentFiles(self._course, self._lab, student)

    def _came_later(self, student: str, chief: SubmittedFile) -> bool | None:
        """Whether a file came after what is in submitted/; None where nothing tells."""
        record = read_record(self._course, self._lab)
        mine = [row for row in record if row.student == student and row.in_submitted]
        # What was taken last, and what was like it since.
        last = max((n for n, row in enumerate(mine) if row.state == "taken"), default=0)
        told = {is_later(chief, row) for row in mine[last:]}
        return False if False in told else None if None in told or not told else True

    def _utc(self, moment: datetime) -> str:
        return (
            self._course.localize(moment).astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
        )


def collect(
    course: Course,
    lab: Lab,
    download: Path,
    source: str,
    roster: Roster | None = None,
    dry_run: bool = False,
) -> list[Row]:
    """Take a download's submissions over into submitted/; returns what became of every file.

    Nothing is overwritten: what was there before, and earlier tries, go to collected/LAB/STUDENT/.

    Args:
        course: the course.
        lab: the lab that was handed in.
        download: the zip file or folder, as the LMS made it.
        source: who made it: one of `SOURCES`.
        roster: the class; None takes students as the download names them.
        dry_run: write nothing.

    Raises:
        AutograderError: the download can't be read, or is none of that source's.
    """
    return Collecting(course, lab, source, roster, dry_run).run(download)


def _questions_of_labs(course: Course) -> dict[str, set[str]]:
    return {
        lab.name: {id for ids in list_questions(course, lab).values() for id in ids}
        for lab in course.labs()
    }


def _grade_ids(content: bytes) -> set[str]:
    """The questions of a notebook; none when it can't be read, which grading will say."""
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        marks = [cell["metadata"]["nbgrader"] for cell in cells if "nbgrader" in cell["metadata"]]
        return {mark["grade_id"] for mark in marks if mark.get("grade")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()


def _on_time(piece: SubmittedFile, person: Person) -> SubmittedFile:
    return replace(piece, submitted=piece.submitted or person.submitted)


def _as_folder(name: str) -> str:
    """A name that any system takes for one file's or folder's."""
    if is_safe_name(name):
        return name
    name = replace_surrogates(name)
    kept = "".join("_" if c in '/\\:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    if len(kept.encode()) > 150:
        digest = hashlib.sha256(kept.encode()).hexdigest()[:8]
        suffix = PurePosixPath(kept).suffix[:12]
        kept = f"{kept.encode()[:120].decode(errors='ignore')}-{digest}{suffix}"
    return kept or "unnamed"


def _problem(files: dict[PurePosixPath, bytes]) -> str:
    """Why files can't be written as one submission; empty when they can."""
    if sum(map(len, files.values())) > MOST_UNPACKED:
        return f"more than {MOST_UNPACKED // 2**20} MB in all"
    for path in files:
        if len(str(path).encode()) > _LONGEST_PATH:
            return f"a name in it is too long: {str(path)[:100]}…"
        if both := next((folder for folder in path.parents if folder in files), None):
            return f"{both} is a file and a folder in it"
    return ""


def _drop_time(files: dict[PurePosixPath, bytes]) -> list[str]:
    """Take out when students say that they handed it in; returns what to remark."""
    theirs = [path for path in files if path.parts[0].casefold() == str(TIMESTAMP)]
    for path in theirs:
        del files[path]
    return [f"{path}, the student's own, was left out: the LMS or you say when" for path in theirs]


def _has_notebook(files: dict[PurePosixPath, bytes]) -> bool:
    return any(path.suffix.lower() == ".ipynb" for path in files)
