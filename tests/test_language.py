"""Words that must not come back: texts for readers use the field's terms and plain English."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READ = {".py", ".md", ".toml", ".j2", ".css", ".yml", ".txt", ""}
# An attack's own words are the attacker's.
LEFT_OUT = ("tests/test_language.py", "tests/redteam/cheats/", "tests/redteam/faults/", "LICENSE")

INSTEAD = {
    r"pictures?": "image",
    r"mend(s|ed|ing)?": "fix",
    r"(?<!there )(?<!There )(is|are|was) no (?!(longer|more|less|better|worse)\b)": "is not a",
    r"(is|are) called so": "has that name",
    r"(giv(e|es|en|ing)|gave|hand(s|ed|ing)?) (it |them )?back": "return",
    r"by turns": "alternately",
    r"reckon(s|ed|ing)?": "compute",
    r"whole numbers?": "integer",
    r"whoever": "the person who",
    r"(training|validation|test) parts?": "training set",
    r"(?<!instance )of which": "whose, or a new sentence",
    r"texts? in quotes": "string",
    r"to be had": "available",
    r"as it were": "leave it out",
    r"who (has|have) none": "a relative clause less",
    r"nobody is": "no student is",
    r"is none of": "is not one of",
}


def texts() -> dict[str, str]:
    """By path, the project's texts."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    paths = listed.stdout.splitlines() or [
        path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if ".venv" not in path.parts
    ]
    return {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in paths
        if Path(path).suffix in READ and not path.startswith(LEFT_OUT) and (ROOT / path).is_file()
    }


@pytest.mark.parametrize("word", INSTEAD)
def test_a_word_does_not_come_back(word: str) -> None:
    pattern = re.compile(rf"\b(?:{word})\b" if word[-1] != ")" else rf"\b(?:{word})", re.IGNORECASE)
    found = [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}"
        for path, text in texts().items()
        for match in pattern.finditer(text)
    ]
    assert not found, f"write {INSTEAD[word]!r}:\n" + "\n".join(found)
