"""From a download to submitted/: who submitted what, which attempt counts, and what is unclear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

from autograder.collect.attempts import is_later, split_attempts
from autograder.collect.check_times import check_times
from autograder.collect.folder_name import make_folder_name
from autograder.collect.student_files import StudentFiles
from autograder.collect.submission_reader import (
    Files,
    SubmissionReader,
    check_paths,
    drop_timestamp,
)
from autograder.course.collected import CollectedRow, read_record, write_record
from autograder.course.course import Course, Lab
from autograder.course.roster import ANONYMOUS, Person, Roster
from autograder.course.submissions import TIMESTAMP
from autograder.errors import AutograderError
from autograder.lms.download import open_download
from autograder.lms.lms import Lms
from autograder.lms.registry import LMSS
from autograder.lms.submitted_file import SubmittedFile
from autograder.notebooks.reading.submitted_files import is_notebook

_LONGEST = 2_000  # characters of a cell in the record


class Collector:
    """One run of `autograder collect`.

    Args:
        course: the course.
        lab: the lab that was submitted.
        lms: the LMS that made the download.
        roster: the class; None takes students as the download names them.
        dry_run: write nothing.
    """

    def __init__(
        self, course: Course, lab: Lab, lms: Lms, roster: Roster | None, dry_run: bool = False
    ) -> None:
        self._course, self._lab, self._lms = course, lab, lms
        self._roster, self._dry_run = roster, dry_run
        self._reader = SubmissionReader(course, lab)
        self.rows: list[CollectedRow] = []

    def run(self, download: Path) -> list[CollectedRow]:
        """Collect a download; returns what became of every file and every student.

        Raises:
            AutograderError: the download can't be read, or none of its files is named as the LMS
                names files.
        """
        with open_download(download) as files:
            submitted = list(self._lms.read_download(files, self._lab.name, self._reader.notebooks))
            if not any(file.name for file in submitted):
                listed = ", ".join(str(file.path) for file in files[:3]) or "nothing"
                raise AutograderError(
                    f"{download} is not named like a download from {self._lms.title}; it holds: "
                    f"{listed}",
                    f"choose another LMS with --from: {', '.join(LMSS)}",
                )
            check_times(self._roster, submitted)
            try:
                for student, own in self._group_by_student(submitted).items():
                    self._collect_student(student, own)
                self._add_absent_students()
            finally:
                # What was taken so far is recorded, also when a person stopped the run.
                if not self._dry_run:
                    write_record(self._course, self._lab, self.rows)
        return self.rows

    def _add_row(self, file: SubmittedFile, student: str, state: str, remark: str = "") -> None:
        self.rows.append(
            CollectedRow(
                student=student,
                name=file.name[:_LONGEST],
                file=str(file.downloaded.path),
                state=state,
                # Names in it are the student's, and a table that is read again has bounds.
                remark=remark if len(remark) <= _LONGEST else f"{remark[:_LONGEST]} […]",
                late="late" if file.late else "",
                submitted=file.submitted.isoformat() if file.submitted else "",
                source=self._lms.name,
            )
        )

    def _group_by_student(self, files: Sequence[SubmittedFile]) -> dict[str, list[SubmittedFile]]:
        groups: dict[str, list[SubmittedFile]] = defaultdict(list)
        # Without a roster, one name with two numbers is two students; two names may be one folder.
        owners: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for file in files:
            owners[make_folder_name(file.student)].add((file.student, *file.ids.values()))
        for file in files:
            folder = make_folder_name(file.student)
            if not file.name:
                self._add_row(file, "", "unclear", f"{self._lms.title} does not name files like it")
            elif self._roster is not None:
                people = self._roster.find(file.name, file.ids)
                if len(people) == 1:
                    groups[people[0].id].append(_add_time(file, people[0]))
                else:
                    self._add_row(file, "", "unclear", _explain_owner(file, people))
            elif len(owners[folder]) > 1:
                remark = "several students have this name: pass the class with --roster"
                self._add_row(file, "", "unclear", remark)
            else:
                groups[folder].append(file)
        return dict(sorted(groups.items()))

    def _add_absent_students(self) -> None:
        present = {row.student for row in self.rows}
        for person in self._roster.people if self._roster else ():
            if person.id in present:
                continue
            before = (self._course.submitted_dir / person.id / self._lab.name).is_dir()
            state = "unchanged" if before else "nothing"
            remark = "not in this download; what was collected before stays" if before else ""
            row = CollectedRow(person.id, person.name, "", state, remark, source=self._lms.name)
            self.rows.append(row)

    def _collect_student(self, student: str, files: list[SubmittedFile]) -> None:
        """Submit a student's last attempt and keep the earlier ones; adds a row for each file."""
        remarks = []
        contents: dict[int, Files] = {}
        for file in files:
            try:
                contents[id(file)] = self._reader.read(file)
            except Exception as error:  # of any kind: it costs this file and no other
                known = isinstance(error, AutograderError)
                reason = str(error) if known else f"it can't be read: {type(error).__name__}"
                self._add_row(file, student, "unclear", reason)
                remarks.append(f"{file.path.name}: {reason}")
        readable = [file for file in files if id(file) in contents]
        try:
            latest, earlier = split_attempts(readable, self._reader.notebooks)
        except AutograderError as error:
            for file in readable:
                self._add_row(file, student, "unclear", str(error))
            return
        if latest:
            self._submit(student, latest, [contents[id(file)] for file in latest], remarks)
        # Only now: a kept attempt like the latest would make that one look like an old download's.
        for attempt in earlier:
            self._keep(student, attempt, [contents[id(file)] for file in attempt])

    def _keep(self, student: str, files: list[SubmittedFile], contents: list[Files]) -> None:
        """Keep an earlier attempt; adds a row for each of its files."""
        # A copy keeps its own name where the LMS doesn't keep attempts apart.
        attempt = files[0].attempt
        kept = self._reader.merge(contents) if attempt else contents[0]
        name = PurePosixPath(attempt or files[0].downloaded.path).name
        try:
            check_paths(kept)
        except AutograderError as error:
            for file in files:
                self._add_row(file, student, "unclear", str(error))
            return
        if not self._dry_run:
            self._files_of(student).keep(kept, make_folder_name(name))
        for file in files:
            self._add_row(file, student, "earlier", "a later attempt counts")

    def _submit(
        self, student: str, files: list[SubmittedFile], contents: list[Files], remarks: list[str]
    ) -> None:
        merged = self._reader.merge(contents)
        try:
            check_paths(merged)
        except AutograderError as error:
            for file in files:
                self._add_row(file, student, "unclear", str(error))
            return
        remarks += drop_timestamp(merged)
        remarks += self._reader.find_doubts(merged)
        times = [file.submitted for file in files if file.submitted]
        if times:
            merged[TIMESTAMP] = self._format_utc(max(times)).encode()
        elif files[0].attempt or self._has_unread_time(student):
            remarks.append(f"its time can't be read; if it may be late, write a {TIMESTAMP}")
        with_notebook = (
            file
            for file, content in zip(files, contents, strict=True)
            if any(is_notebook(path, data) for path, data in content.items())
        )
        main = next(with_notebook, files[0])
        state, remark = self._write(student, main, merged)
        for file in files:
            if file is main:
                self._add_row(file, student, state, "; ".join(filter(None, [remark, *remarks])))
            else:
                self._add_row(file, student, "part")

    def _has_unread_time(self, student: str) -> bool:
        people = self._roster.people if self._roster else ()
        return any(person.id == student and person.unread_time for person in people)

    def _write(self, student: str, main: SubmittedFile, files: Files) -> tuple[str, str]:
        """Make submitted/STUDENT/LAB hold these files; returns the state and a remark.

        Args:
            student: whose they are.
            main: the file that stands for them in the record.
            files: the submission.
        """
        on_disk = self._files_of(student)
        current = on_disk.read_submission()
        # Where the LMS doesn't say when, the instructor may have written it there.
        if current and current == {p: current[p] for p in (TIMESTAMP,) if p in current} | files:
            return "unchanged", ""
        kept = "would be kept" if self._dry_run else "is kept"
        remark = f"another version was there; it {kept} in collected/" if current else ""
        if current and on_disk.is_kept(files):
            later = self._came_later(student, main)
            if later is False:
                return "earlier", "a later version replaced it, and stays"
            if later is None:
                remark = f"it equals an earlier attempt, and nothing says which is later; {remark}"
        if not self._dry_run:
            on_disk.submit(files)
        return "taken", remark

    def _files_of(self, student: str) -> StudentFiles:
        return StudentFiles(self._course, self._lab, student)

    def _came_later(self, student: str, main: SubmittedFile) -> bool | None:
        """Whether a file came after what is in submitted/; None where nothing tells."""
        record = read_record(self._course, self._lab)
        own = [row for row in record if row.student == student and row.in_submitted]
        # What was taken last, and what was equal to it since.
        last = max((n for n, row in enumerate(own) if row.state == "taken"), default=0)
        answers = {is_later(main, row) for row in own[last:]}
        return False if False in answers else None if None in answers or not answers else True

    def _format_utc(self, time: datetime) -> str:
        return (
            self._course.localize(time).astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
        )


def collect(
    course: Course,
    lab: Lab,
    download: Path,
    source: str,
    roster: Roster | None = None,
    dry_run: bool = False,
) -> list[CollectedRow]:
    """Take a download's submissions over into submitted/; returns what became of every file.

    Nothing is overwritten: what was there before, and earlier attempts, go to
    collected/LAB/STUDENT/.

    Args:
        course: the course.
        lab: the lab that was submitted.
        download: the zip file or folder, as the LMS made it.
        source: the name of the LMS that made it (see `autograder.lms.registry`).
        roster: the class; None takes students as the download names them.
        dry_run: write nothing.

    Raises:
        AutograderError: the download can't be read, or is not named as that LMS names files.
    """
    return Collector(course, lab, LMSS[source], roster, dry_run).run(download)


def _add_time(file: SubmittedFile, person: Person) -> SubmittedFile:
    """The file, with the roster's time where the LMS gives none."""
    return replace(file, submitted=file.submitted or person.submitted)


def _explain_owner(file: SubmittedFile, people: list[Person]) -> str:
    if not people and ANONYMOUS in file.ids:
        return "the download is anonymous, so no list of students fits it: collect without a roster"
    if not people:
        return "no student in the roster has this name or number"
    return f"it may be from {' or '.join(person.id for person in people)}"
