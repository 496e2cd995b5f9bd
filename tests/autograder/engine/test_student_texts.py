"""A student's text never runs on the trusted side, also where a library would run it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.engine.engine import Engine
from tests.autograder.engine.judge import judge

pytestmark = pytest.mark.slow

DOCTEST = (
    "import doctest\nrunner = doctest.DocTestRunner(verbose=False)\n"
    "for one in doctest.DocTestFinder().find(f, 'f', globs={'f': f}):\n    runner.run(one)\n"
    "assert runner.failures == 0 and runner.tries > 0"
)
# A function of the student's, and a test that hands what it returns to a library; with what would
# run, the test would pass.
RUN_HERE = {
    "pickle": (
        "def f():\n    return b\"cbuiltins\\neval\\n(S'6*7'\\ntR.\"",
        "import pickle\nassert pickle.loads(f()) == 42",
    ),
    "pickle of Python": (
        "def f():\n    return b\"cbuiltins\\neval\\n(S'6*7'\\ntR.\"",
        "import pickle, io\nassert pickle._Unpickler(io.BytesIO(f())).load() == 42",
    ),
    "packed pickle": (
        'def f():\n    import zlib\n    return zlib.compress(b"cos\\ngetpid\\n)R.")',
        "import pickle, zlib\nassert pickle.loads(zlib.decompress(f()))",
    ),
    "array of objects": (
        "def f():\n    import io, numpy as np\n    class Evil:\n        def __reduce__(self):\n"
        "            return eval, ('6*7',)\n    file = io.BytesIO()\n"
        "    np.save(file, np.array([Evil()], object), allow_pickle=True)\n"
        "    return file.getvalue()",
        "import io, numpy as np\nassert np.load(io.BytesIO(f()), allow_pickle=True)[0] == 42",
    ),
    "marshal": (
        "def f():\n    import marshal\n    return marshal.dumps(compile('x=6*7', 'a', 'exec'))",
        "import marshal, types\nd = {}\ntypes.FunctionType(marshal.loads(f()), d)()\n"
        "assert d['x'] == 42",
    ),
    "timeit": (
        "def f():\n    return 'import sys; sys.setrecursionlimit(777)'",
        "import timeit, sys\ntimeit.timeit(f(), number=1)\nassert sys.getrecursionlimit() == 777",
    ),
    "timeit in lines": (
        "def f():\n    return 'import sys\\nsys.setrecursionlimit(\\n  777)'",
        "import timeit, sys\ntimeit.timeit(f(), number=1)\nassert sys.getrecursionlimit() == 777",
    ),
    "a text kept from an earlier call": (
        "def f():\n    return 'import sys; sys.setrecursionlimit(777)'",
        "import timeit, sys\ntext = f()\nf()\ntimeit.timeit(stmt=text, number=1)\n"
        "assert sys.getrecursionlimit() == 777",
    ),
    "annotation": (
        "def f(x: \"print('here')\"):\n    return x",
        "import typing\nassert typing.get_type_hints(f)['x'] is type(None)",
    ),
    "interpreter": (
        "def f():\n    return 'x = 6 * 7'",
        "import code\nd = {}\ncode.InteractiveInterpreter(d).runsource(f())\nassert d['x'] == 42",
    ),
    "dataclass field": (
        "def f():\n    return ('x', int, 'no'), \"__import__('os').getpid()\"",
        "import typing\nassert typing.get_type_hints(type('T', (), {'__annotations__': "
        "{'x': f()[1]}}))",
    ),
    "command": (
        "def f():\n    return 'print(6*7)'",
        "import subprocess, sys\ndone = subprocess.run([sys.executable, '-c', f()], "
        "capture_output=True, text=True)\nassert done.stdout.strip() == '42'",
    ),
    "shell": ("def f():\n    return 'exit 0'", "import os\nassert os.system(f()) == 0"),
    "template": (
        "def f():\n    return '{{ cycler.__init__.__globals__.os.getpid() > 0 }}'",
        "import jinja2\nassert jinja2.Template(f()).render() == 'True'",
    ),
    "example with an import": (
        "def f():\n    '''\n    >>> import sys\n    '''",
        DOCTEST,
    ),
    "example that opens": ("def f():\n    '''\n    >>> x = open('/dev/null')\n    '''", DOCTEST),
    "example that looks inside": (
        "def f():\n    '''\n    >>> g = f.__globals__\n    '''",
        DOCTEST,
    ),
    "example that patches": (
        "def f():\n    '''\n    >>> import numpy as np\n    >>> np.allclose = f\n    '''",
        DOCTEST,
    ),
    "formula": (
        "def f():\n    return \"len(open('/dev/null').read())\"",
        "sympy = pytest_importorskip('sympy')\nassert sympy.sympify(f()) == 0",
    ),
    "attributes in a formula": (
        "def f():\n    return 'x.__class__.__name__.__len__()'",
        "sympy = pytest_importorskip('sympy')\nassert sympy.sympify(f()) == 6",
    ),
    "lambdify": (
        "def f():\n    return '__import__(\"os\").getpid()*0 + x'",
        "sympy = pytest_importorskip('sympy')\nassert sympy.lambdify('x', f())(3) == 3",
    ),
}
HONEST = {
    "eval": ("def f():\n    return '6 * 7 + len(\"\")'", "assert eval(f()) == 42"),
    "exec": ("def f():\n    return 'y = max(6, 7)'", "exec(f())\nassert y == 7"),
    "named tuple": (
        "def f():\n    return ['width', 'height of it'.split()[0]]",
        "from collections import namedtuple\nassert namedtuple('P', f())(1, 2).height == 2",
    ),
    "made dataclass": (
        "def f():\n    return ['width', 'height']",
        "import dataclasses\nassert dataclasses.make_dataclass('P', f())(1, 2).height == 2",
    ),
    "annotations": (
        "from __future__ import annotations\ndef f(x: dict[str, list[int]]) -> float | None:\n"
        "    return x",
        "import typing\nassert typing.get_type_hints(f)['x'] == dict[str, list[int]]",
    ),
    "own pickle": (
        "def f():\n    return 'text (of mine)'",
        "import pickle, fractions\nf()\n"
        "assert pickle.loads(pickle.dumps(fractions.Fraction(1, 2))) == 0.5",
    ),
    "plain pickle": (
        "def f(x):\n    import pickle\n    return pickle.dumps(x)",
        "import datetime, pickle, numpy as np\n"
        "for x in ([1, {'a': (2.0, None)}], {3}, datetime.date(2026, 2, 1), b'bytes', 1j):\n"
        "    assert pickle.loads(f(x)) == x\n"
        "assert np.all(pickle.loads(f(np.arange(3.0))) == np.arange(3.0))",
    ),
    "text of the test": (
        "def f(text):\n    return text",
        "import timeit\nassert timeit.timeit(f('sum(range(3))'), number=1) >= 0",
    ),
    "read, not run": (
        "def f():\n    return 'print(6 * 7)'",
        "import ast\nassert isinstance(ast.parse(f()).body[0].value, ast.Call)\n"
        "assert ast.literal_eval(\"{'a': [1, (2,)]}\")",
    ),
    "own command": (
        "def f():\n    return 'something (else)'",
        "import subprocess, sys\nf()\n"
        "done = subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True)\n"
        "assert done.stdout.strip() == b'1'",
    ),
    "import": (
        "def f():\n    return b'bytes', 'import this (one)'",
        "f()\nimport colorsys, wave, this\nassert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)",
    ),
    "graph": (
        "import tensorflow as tf\ndef f(x):\n    return x\ntext = 'if x > 0: print(x)'",
        "import tensorflow as tf\nassert text\n@tf.function\ndef g(x):\n    if x > 0:\n"
        "        x = x + 1\n    return x\nassert g(tf.constant(1.0)) == 2",
    ),
    "docstring": (
        "def f(x=0):\n    '''Half.\n\n    >>> import numpy as np\n    >>> f(np.array([2.0, 4]))\n"
        "    array([1., 2.])\n    >>> sorted([f(4), f(2)])\n    [1.0, 2.0]\n"
        "    >>> f('a')\n    Traceback (most recent call last):\n    TypeError: unsupported "
        "operand type(s) for /: 'str' and 'int'\n    '''\n    return x / 2",
        DOCTEST,
    ),
    "sum": (
        "def f():\n    return 'x**2 + sin(pi*x) + sqrt(4) + max(1, 2)'",
        "sympy = pytest_importorskip('sympy')\nassert sympy.sympify(f()).subs('x', 1) == 5",
    ),
    "template": (
        "def f():\n    return 'Zoë'",
        "import jinja2\nassert jinja2.Template('Hi {{ name }}').render(name=f()) == 'Hi Zoë'",
    ),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def prepare(answer: str, test: str) -> tuple[str, str]:
    if "pytest_importorskip" in test:
        pytest.importorskip("sympy")
        test = test.replace("sympy = pytest_importorskip('sympy')", "import sympy")
    return answer, test


@pytest.mark.parametrize("case", RUN_HERE)
def test_a_library_does_not_run_a_students_text(engine: Engine, case: str) -> None:
    question = judge(engine, *prepare(*RUN_HERE[case]))
    assert question.score == 0
    if case.startswith("example"):  # doctest counts the error as a failure of the example
        return
    assert "the test " in question.message and "student" in question.message, question.message


@pytest.mark.parametrize("case", HONEST)
def test_honest_texts_do_no_harm(engine: Engine, case: str) -> None:
    question = judge(engine, *prepare(*HONEST[case]))
    assert question.score == 1, question.message


def test_many_texts_stay_bounded_and_are_still_known(engine: Engine) -> None:
    answer = (
        "def words():\n    return [f'two words {n}' for n in range(150_000)]\n"
        "def text():\n    return 'import sys; sys.setrecursionlimit(777)'"
    )
    test = (
        "import timeit, sys\nassert len(words()) == 150_000 and words()[1] == 'two words 1'\n"
        "from collections import namedtuple\nassert namedtuple('P', 'x y')(1, 2).y == 2\n"
        "timeit.timeit(text(), number=1)"
    )
    question = judge(engine, answer, test)
    assert question.score == 0 and "has a library run text" in question.message
