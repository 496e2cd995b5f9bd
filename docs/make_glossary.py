"""Writes docs/glossary.md: each term of docs/glossary.toml as a lab defines it.

python docs/make_glossary.py
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course, read_toml

ROOT = Path(__file__).resolve().parents[1]
TERMS = ROOT / "docs" / "glossary.toml"
PAGE = ROOT / "docs" / "glossary.md"

HEAD = """\
# Glossary

<!-- Made by docs/make_glossary.py from the labs: don't edit it here. -->

Each term as a lab defines it, in its own words. A term that another lab defines once more means the
same there.
"""
SIGNS = {
    r"\beta": "β", r"\eta": "η", r"\sigma": "σ", r"\mu": "μ", r"\alpha": "α", r"\rho": "ρ",
    r"\lambda": "λ", r"\lvert": "|", r"\rvert": "|", r"\ln": "ln", r"\leftarrow": "←",
    r"\dots": "…", r"\partial": "∂", r"\cdot": "·", r"\le": "≤", "^2": "²",
    r"^\top": "ᵀ",
}  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """A lab's sentence in which a term stands in bold, and those around it."""

    lab: str
    paragraph: tuple[str, ...]
    place: int

    def text(self, before: int = 0, after: int = 0) -> str:
        """The sentence, with so many of its neighbours."""
        return " ".join(self.paragraph[max(0, self.place - before) : self.place + after + 1])


def definitions(source: str, lab: str = "") -> dict[str, Definition]:
    """By term, in small letters, the first sentence of a lab's text that has it in bold.

    Args:
        source: the lab, in jupytext's percent format.
        lab: its number.

    Example:
        >>> definitions("# %% [markdown]\\n# Once round is an **epoch**. Again!")["epoch"].text()
        'Once round is an **epoch**.'
    """
    found: dict[str, Definition] = {}
    for cell in re.split(r"^# %%", source, flags=re.MULTILINE):
        if not cell.startswith(" [markdown]") or "written=" in cell.split("\n")[0]:
            continue
        text = "\n".join(line[2:] for line in cell.splitlines()[1:])
        for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-#|]|\d\.) ?)|\$\$", text):
            words = re.sub(r"^(?:[-#]+|\d\.) ", "", " ".join(block.split()))
            sentences = tuple(re.split(r"(?<!et al\.)(?<=[.?!])\)? (?=[A-Z*$])", words))
            for place, sentence in enumerate(sentences):
                for term in re.findall(r"\*\*([^*]+)\*\*", sentence):
                    found.setdefault(term.lower(), Definition(lab, sentences, place))
    return found


def glossary() -> str:
    """The page.

    Raises:
        ValueError: a lab does not define what glossary.toml says it does, or defines a term that
            glossary.toml knows only of other labs.
    """
    course = Course.find(ROOT)
    by_lab = {}
    for lab in course.labs():
        number, source = lab.name.split("_")[0], course.source_dir / lab.name / f"{lab.name}.py"
        by_lab[number] = definitions(source.read_text("utf-8"), number)
    lines = []
    for term, table in sorted(read_toml(TERMS).items(), key=lambda item: item[0].lower()):
        # A course may leave a lab out.
        known = [lab for lab in table["labs"] if lab in by_lab]
        spellings = [one.lower() for one in (term, *table.get("as", []))]
        first = [[said[s] for s in spellings if s in said][:1] for said in by_lab.values()]
        all_of_them = [one for ones in first for one in ones]
        _check(term, known, [one.lab for one in all_of_them])
        if not known:
            continue
        said = next((d for d in all_of_them if d.lab == table.get("from")), all_of_them[0])
        others = ", ".join(f"Lab {one.lab}" for one in all_of_them if one is not said)
        where = f"Lab {said.lab}" + (f"; also {others}" if others else "")
        text = _plain(said.text(table.get("before", 0), table.get("after", 0)), term)
        lines.append(f"- **{term}**: {text} *({where})*\n")
    return HEAD + "\n" + "".join(lines)


def _check(term: str, known: list[str], found: list[str]) -> None:
    if missing := [lab for lab in known if lab not in found]:
        raise ValueError(
            f"Lab {missing[0]} has no **{term}** in bold: mark it where it is defined, or take "
            f"{missing[0]} from docs/glossary.toml"
        )
    if new := [lab for lab in found if lab not in known]:
        raise ValueError(
            f"Lab {new[0]} defines **{term}**, too: if it means there what it means in Lab "
            f"{', '.join(known)}, add {new[0]} to docs/glossary.toml; if not, one of them needs "
            "another word"
        )


def _plain(text: str, term: str) -> str:
    """Without bold and LaTeX, `$\\beta$` → *β*, and without the term where it is a heading."""

    def formula(match: re.Match) -> str:
        plain = re.sub(r"\\text\{(\w+)\}", r"\1", match[1])
        for sign, letter in SIGNS.items():
            plain = plain.replace(sign, letter)
        if "\\" in plain:
            raise ValueError(f"docs/make_glossary.py can't write {match[0]} without LaTeX")
        return f"*{plain.strip()}*"

    text = re.sub(r"\$([^$]+)\$", formula, text.replace("**", ""))
    heading = re.compile(rf"^(?:the )?{re.escape(term)}(?: (\*\w\*))?: ", re.IGNORECASE)
    text = heading.sub(lambda match: f"{match[1]}, " if match[1] else "", text)
    text = text.strip().rstrip(":;,")
    return text if text.endswith((".", "?", "!", ")")) else text + "."


if __name__ == "__main__":
    if sys.argv[1:] == ["--bold"]:
        for lab in Course.find(ROOT).labs():
            path = Course.find(ROOT).source_dir / lab.name / f"{lab.name}.py"
            for term, said in definitions(path.read_text("utf-8")).items():
                print(f"{lab.name[:2]} [{term}] {said.text()}")
    else:
        PAGE.write_text(glossary(), encoding="utf-8")
