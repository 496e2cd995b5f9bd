"""The glossary is made of what the labs say, and a term means one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
LAB = "# %% [markdown]\n# ## 1\n#\n# First. A **neuron** adds up\n# its $\\beta x$. Third.\n"


@pytest.fixture
def made(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    import make_glossary

    return make_glossary


def test_the_glossary_is_of_these_labs(made) -> None:
    told = "run: python docs/make_glossary.py"
    assert made.glossary() == made.PAGE.read_text("utf-8"), told


def test_a_term_and_its_sentence(made) -> None:
    found = made.definitions(LAB)["neuron"]
    assert found.text() == "A **neuron** adds up its $\\beta x$."
    assert found.text(before=1, after=1).startswith("First. A") and found.place == 1
    assert made._plain(found.text(), "neuron") == "A neuron adds up its *β x*."
    assert made._plain("**stride** $s$: how far;", "stride") == "*s*, how far."


@pytest.mark.parametrize(
    ("known", "found", "says"),
    [(["01"], [], "Lab 01 has no"), (["01"], ["01", "05"], "Lab 05 defines")],
)
def test_what_the_labs_do_not_agree_on_is_said(made, known, found, says) -> None:
    with pytest.raises(ValueError, match=says):
        made._check("neuron", known, found)
