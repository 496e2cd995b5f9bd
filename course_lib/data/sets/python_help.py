"""Python's help texts, about the language itself: what `help("for")` prints.

They are part of Python's standard library, so that there is real English prose without a network.
Paragraphs that occur in several topics are kept once: otherwise a part of the held-out text would
be in the training text, too. The texts differ a little between versions of Python.
"""

from __future__ import annotations

from functools import lru_cache

from course_lib.data.sources.corpus_set import CorpusSet


@lru_cache(maxsize=1)
def _write() -> str:
    from pydoc_data.topics import topics

    paragraphs = (p.strip("\n") for name in sorted(topics) for p in topics[name].split("\n\n"))
    return "\n\n".join(dict.fromkeys(p for p in paragraphs if p.strip()))


CORPUS = CorpusSet(
    name="python_help",
    page="https://docs.python.org/3/reference/",
    write=_write,
)
