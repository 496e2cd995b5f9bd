"""A lab's source that an editor or an author got slightly wrong: one sentence each."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.instructor_notebook import make_instructor_notebook
from autograder.authoring.read_source import read_source
from autograder.course.course import Course
from autograder.errors import AutograderError
from tests.autograder.tiny_course import COURSE_TOML, LAB, NBGRADER_CONFIG, SOURCE

TEXT = '# %% [markdown]\n# # Größe\n\n# %% solution="neuron"\nx = "größe"\n'


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "lab.py"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_text_of_any_editor(tmp_path: Path, encoding: str, end: str) -> None:
    notebook = read_source(write(tmp_path, TEXT.replace("\n", end), encoding))
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        ("markdown", "# Größe"),
        ("code", 'x = "größe"'),
    ]
    assert [dict(cell.metadata) for cell in notebook.cells] == [{}, {"solution": "neuron"}]


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("cp1252", "is not written in UTF-8: line 2: # # Größe"),
        ("iso8859-15", "is not written in UTF-8: line 2"),
        ("mac_roman", "is not written in UTF-8: line 2"),
        ("utf-16", "is written in UTF-16"),
        ("utf-16-le", "is written in UTF-16"),
        ("utf-16-be", "is written in UTF-16"),
        ("utf-32", "is written in UTF-32"),
    ],
)
def test_other_encodings(tmp_path: Path, encoding: str, message: str) -> None:
    with pytest.raises(AutograderError, match=message) as caught:
        read_source(write(tmp_path, TEXT, encoding))
    assert caught.value.hint == "save it as UTF-8"


HEADERS = {
    'solutions="neuron"': ("unknown attribute 'solutions'", "did you mean 'solution'?"),
    'Solution="neuron"': ("unknown attribute 'Solution'", "did you mean 'solution'?"),
    'soluton="neuron"': ("unknown attribute 'soluton'", "did you mean 'solution'?"),
    'test="neuron"': ("unknown attribute 'test'", "did you mean 'tests'?"),
    'TESTS="neuron"': ("unknown attribute 'TESTS'", "did you mean 'tests'?"),
    '[markdown] writen="q"': ("unknown attribute 'writen'", "did you mean 'written'?"),
    'points="2"': ("unknown attribute 'points'", "known attributes: solution, tests, written"),
    "solution=neuron": ("attributes cannot be read", 'solution="softmax"'),
    'solution="neuron': ("attributes cannot be read", 'solution="softmax"'),
    'solution "neuron"': ("needs = and quotes", 'solution="softmax"'),
    "tests neuron": ("needs = and quotes", 'solution="softmax"'),
    "solution=1": ("1 is not a name for a question", "letters a to z"),
    'solution=""': ("'' is not a name for a question", "letters a to z"),
    'solution="my neuron"': ("'my neuron' is not a name", "letters a to z"),
    'tests="neuron "': ("'neuron ' is not a name", "letters a to z"),
    'tests="größe"': ("'größe' is not a name", "letters a to z"),
    'tests="a/b"': ("'a/b' is not a name", "letters a to z"),
    f'tests="{"q" * 51}"': ("is not a name", "letters a to z"),
    'solution="a" tests="a"': ("solution or tests, not both", "keep one"),
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("before", ["", "import os\n\n", "# %%\nx = 1\n\n"])
def test_a_wrong_header(tmp_path: Path, header: str, before: str) -> None:
    problem, advice = HEADERS[header]
    with pytest.raises(AutograderError) as caught:
        read_source(write(tmp_path, f"{before}# %% {header}\ny = 2\n"))
    line = before.count("\n") + 1
    assert f"lab.py: line {line} `# %% {header}"[:90] in str(caught.value)
    assert problem in str(caught.value) and "\n" not in str(caught.value)
    assert advice in caught.value.hint


@pytest.mark.parametrize(
    "header",
    ['solution="a.b_c-1"', 'tags=["x"] solution="a"', 'A title solution="a"', "[markdown]", "",
     'solution = "a"', "solution='a'", 'Tested ideas', '{"solution": "a"}'],
)  # fmt: skip
def test_right_headers(tmp_path: Path, header: str) -> None:
    assert read_source(write(tmp_path, f"# %% {header}\n# y = 2\n")).cells


def test_a_name_with_a_point(course: Course) -> None:
    toml, lab = course.root / "course.toml", course.lab(LAB)
    toml.write_text(toml.read_text().replace("neuron = 2", '"neuron.1" = 2'))
    source = course.source_dir / LAB / f"{LAB}.py"
    source.write_text(source.read_text().replace('="neuron"', '="neuron.1"'), "utf-8")
    course = Course(course.root)
    notebook = make_instructor_notebook(course, course.lab(lab.name))
    assert {"neuron-1", "neuron-1_answer"} <= {cell.id for cell in notebook.cells}


@pytest.mark.parametrize("letter", ["?", "%", "$", "\\"])
def test_a_course_path_that_nbgrader_cannot_read(tmp_path: Path, letter: str) -> None:
    (tmp_path / f"a{letter}b").mkdir()
    with pytest.raises(AutograderError, match="the path of the course has a ") as caught:
        Course(tmp_path / f"a{letter}b")
    assert caught.value.hint == "rename the folder"


@pytest.mark.parametrize("name", ["my course", "a [1]", "a {x}", "a#1", "it's", "Übung", "a;b"])
def test_other_course_paths(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "solutions" / LAB
    folder.mkdir(parents=True)
    (tmp_path / name / "course.toml").write_text(COURSE_TOML, "utf-8")
    (tmp_path / name / "nbgrader_config.py").write_text(NBGRADER_CONFIG, "utf-8")
    (folder / f"{LAB}.py").write_text(SOURCE, "utf-8-sig")
    course = Course(tmp_path / name)
    notebook = make_instructor_notebook(course, course.lab(LAB))
    assert notebook.cells[0].cell_type == "markdown"
