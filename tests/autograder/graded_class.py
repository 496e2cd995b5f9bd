"""A class that has submitted the tiny course's lab and been graded, without waiting for an engine.

Verdicts and outputs are made as an engine returns them; they reach results/ and gradebook.db
through the same code as an engine's.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping

import nbformat
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.course.course import Course
from autograder.course.submissions import Submission
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.gradebook.gradebook import CourseGradebook
from autograder.notebooks.forms import release_notebook
from autograder.notebooks.reading.repair_notebook import repair_notebook
from autograder.results.results import Result, Results
from autograder.results.verdict import SubmissionStatus, Verdict
from tests.autograder.tiny_course import LAB, mistaken, solved, stub, submit

EVIL = "<b>Bobby & <script>document.title='pwned'<"
FORGOT = "did you forget to add the bias? 1·2 + 5 is 7, not {}"
Wrong = Mapping[str, tuple[Status, str]]
"""The status and the message of questions without marks, by question."""


def lay_down(
    course: Course,
    student: str,
    notebook: NotebookNode,
    wrong: Wrong | None = None,
    notes: tuple[Note, ...] = (),
    seconds: float = 2.0,
) -> Result:
    """Submit `notebook` and record the result of grading it."""
    submission = submit(course, student, notebook)
    source = nbformat.read(course.source_dir / LAB / f"{LAB}.ipynb", as_version=4)
    executed, _ = repair_notebook(notebook, source, release_notebook(source))
    questions = []
    for cell in executed.cells:
        mark = cell.metadata.get("nbgrader", {})
        if not mark.get("grade"):
            continue
        points = mark["points"]
        right = (Status.MANUAL if mark["solution"] else Status.PASSED, "")
        status, message = (wrong or {}).get(mark["grade_id"], right)
        score = points if status is Status.PASSED else 0.0
        is_stub = message == "NotImplementedError"
        question = QuestionVerdict(mark["grade_id"], score, points, status, message, is_stub)
        questions.append(question)
        if cell.cell_type == "code" and status is not Status.PASSED:
            cell.outputs = [
                new_output("stream", name="stdout", text="hidden seed: 4711\n"),
                new_output("error", evalue=message, traceback=[cell.source, message]),
            ]
    verdict = Verdict(
        student=student,
        lab=LAB,
        status=SubmissionStatus.GRADED,
        score=sum(question.score for question in questions),
        max_score=sum(question.max_score for question in questions),
        seconds=seconds,
        peak_memory_mb=512.0,
        notes=notes,
        questions=tuple(questions),
    )
    return _record(course, submission, Result("fingerprint", 4711, verdict, {LAB: executed}))


def turn_down(course: Course, student: str, content: str, reason: str) -> Result:
    """Submit something that can't be graded, and record that."""
    submission = submit(course, student, content)
    questions = tuple(
        QuestionVerdict(name, 0.0, points, Status.MISSING, reason)
        for name, points in course.lab(LAB).points.items()
    )
    notes = (Note(NoteKind.NOT_GRADED, reason),)
    status = SubmissionStatus.FAILED
    verdict = Verdict(student, LAB, status, 0.0, 10.0, notes=notes, questions=questions)
    return _record(course, submission, Result("fingerprint", 4711, verdict, {}))


def _record(course: Course, submission: Submission, result: Result) -> Result:
    Results(course.results_dir / LAB).write(submission, result)
    CourseGradebook(course).record(submission, result.notebooks)
    return result


def mark_by_hand(
    course: Course, student: str, question: str, score: float, comment: str = "", extra: float = 0.0
) -> None:
    """Give marks as formgrader does."""
    with CourseGradebook(course).open() as gradebook:
        grade = gradebook.find_grade(question, LAB, LAB, student)
        grade.manual_score, grade.extra_credit = score, extra
        grade.needs_manual_grade = False
        if comment:
            gradebook.find_comment(question, LAB, LAB, student).manual_comment = comment
        gradebook.db.commit()


def make_class(course: Course) -> None:
    """Fifteen submissions: everything that the pages can show."""
    lay_down(course, "Çelik, Ada", _with_image(solved(course)))
    mark_by_hand(course, "Çelik, Ada", "curves", 4, "Clear.\nAnd <short>.")
    lay_down(course, "O'Brien, Zoë", solved(course))
    mark_by_hand(course, "O'Brien, Zoë", "curves", 1.5, extra=0.5)
    for number in range(8):
        wrong = {"neuron": (Status.FAILED, FORGOT.format(number))} if number < 3 else {}
        if number < 2:
            wrong["predict"] = (Status.ERROR, "NameError: name 'nq' is not defined")
        name = "no_bias" if number < 3 else None
        notebook = mistaken(course, name) if name else solved(course)
        lay_down(course, f"student-{number}", notebook, wrong, seconds=3.0 + number)
    tests = ("neuron", "softmax", "predict")
    nothing = {name: (Status.ERROR, "NotImplementedError") for name in tests}
    nothing["curves"] = (Status.MISSING, "no answer")
    lay_down(course, "Lindqvist, Max", stub(course), nothing)
    lay_down(course, EVIL, with_attacks(solved(course)))
    lay_down(
        course,
        "Kaya, Deniz",
        solved(course),
        {
            "softmax": (Status.LIMIT, "the test softmax used more than 2048 MB of memory"),
            "predict": (Status.TIMEOUT, "the test predict ran longer than 20 s"),
        },
        notes=(
            Note(NoteKind.REPAIR, "cell predict was missing and was put back"),
            Note(NoteKind.ISOLATION, "weak isolation: no bubblewrap"),
        ),
        seconds=41.0,
    )
    lay_down(course, "Ivanova, Mila", _with_loud_cells(solved(course)))
    turn_down(course, "Moreau, Léa", '{"cells": [', f"{LAB}.ipynb is not a notebook: line 1")


def _with_image(notebook: NotebookNode) -> NotebookNode:
    figure, file = Figure(figsize=(12, 3)), io.BytesIO()
    figure.add_subplot().plot([3, 2, 1])
    figure.savefig(file, format="png")
    image = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}
    notebook.cells.append(new_code_cell("plt.show()", outputs=[new_output("display_data", image)]))
    return notebook


def with_attacks(notebook: NotebookNode) -> NotebookNode:
    attack = (
        "<script>document.title='pwned'</script>"
        "<img src='http://127.0.0.1:9/spy.png' onerror=\"document.title='pwned'\">"
        "<a href=\"javascript:document.title='pwned'\">click</a>"
        "<iframe src='http://127.0.0.1:9/'></iframe><style>body { display: none }</style>"
        "<svg onload=\"document.title='pwned'\"></svg><form action='http://127.0.0.1:9/'></form>"
        "<p id='question-1' style='position: fixed'>hello <b>bold</b></p>"
    )
    outputs = [
        new_output("display_data", {"text/html": attack}),
        new_output("display_data", {"application/javascript": "document.title = 'pwned'"}),
        new_output(
            "display_data",
            {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{attack}</svg>"},
        ),
        new_output(
            "display_data",
            {"image/png": "AAAA\" onerror=\"document.title='pwned'"},
            metadata={"image/png": {"width": "1 onerror=document.title='pwned'"}},
        ),
    ]
    notebook.cells.append(new_markdown_cell(attack))
    notebook.cells.append(
        new_code_cell(attack, outputs=outputs, metadata={"tags": ['"><script>1</script>']})
    )
    notebook.metadata["language_info"] = {"name": attack, "pygments_lexer": attack}
    return notebook


def _with_loud_cells(notebook: NotebookNode) -> NotebookNode:
    test = "large = softmax(np.array([[1000.0, 0.0]]))"
    notebook.cells += [
        new_code_cell("print(In[6])", outputs=[new_output("stream", text=f"x\n{test}\n")]),
        new_code_cell("In[6]", outputs=[new_output("display_data", {"text/plain": repr(test)})]),
        new_code_cell("loop()", outputs=[new_output("stream", text="line of text\n" * 20_000)]),
        new_code_cell("wide()", outputs=[new_output("stream", text="wide" * 2000)]),
        new_code_cell("fit()", outputs=[new_output("stream", text="1/2 loss 9\r2/2 loss 1\n")]),
    ]
    return notebook
