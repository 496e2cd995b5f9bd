"""One file a graded submission, written whole: what makes a killed run resume."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.files import write_whole
from autograder.verdict import Verdict


@dataclass(frozen=True)
class Result:
    """A verdict, the executed notebooks it was read from, and what it is a verdict on.

    Args:
        fingerprint: digest of the submission, the lab and the engine.
        seed: what the hidden tests drew their inputs from.
        verdict: the scores.
        notebooks: by name, the executed notebooks; empty when nothing could be run.
    """

    fingerprint: str
    seed: int
    verdict: Verdict
    notebooks: dict[str, NotebookNode]

    def write(self, path: Path) -> None:
        """Put the result on the disk, whole."""
        fields = {
            "fingerprint": self.fingerprint,
            "seed": self.seed,
            "verdict": json.loads(self.verdict.as_json()),
            "notebooks": self.notebooks,
        }
        write_whole(path, json.dumps(fields, ensure_ascii=False))

    @classmethod
    def read(cls, path: Path) -> Result | None:
        """The result in a file; None where there is none, or none that can be read."""
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                fingerprint=fields["fingerprint"],
                seed=fields["seed"],
                verdict=Verdict.from_dict(fields["verdict"]),
                notebooks={k: nbformat.from_dict(v) for k, v in fields["notebooks"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
