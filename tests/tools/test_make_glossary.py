"""The glossary is made from the labs, and a term has one meaning."""

from __future__ import annotations

import pytest

from tools import make_glossary

LAB = "# %% [markdown]\n# ## 1\n#\n# First. A **neuron** adds up\n# its $\\beta x$. Third.\n"


def test_the_glossary_is_up_to_date() -> None:
    advice = "run: python tools/make_glossary.py"
    assert make_glossary.make_glossary() == make_glossary.PAGE.read_text("utf-8"), advice


def test_a_term_and_its_sentence() -> None:
    found = make_glossary.find_definitions(LAB)["neuron"]
    assert found.text() == "A **neuron** adds up its $\\beta x$."
    assert found.text(before=1, after=1).startswith("First. A") and found.place == 1
    assert make_glossary._simplify(found.text(), "neuron") == "A neuron adds up its *β x*."
    assert make_glossary._simplify("**stride** $s$: how far;", "stride") == "*s*, how far."


@pytest.mark.parametrize(
    ("expected", "found", "message"),
    [(["01"], [], "Lab 01 does not have"), (["01"], ["01", "05"], "Lab 05 also defines")],
)
def test_disagreement_between_labs_is_an_error(expected, found, message) -> None:
    with pytest.raises(ValueError, match=message):
        make_glossary._check_labs("neuron", expected, found)
