"""A lab with all that decides its marks, in one file that another machine grades with."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config import Config

from autograder.course.course import Course, Lab
from autograder.engine.wire.limits import Limits
from autograder.errors import AutograderError
from autograder.grading.engine_recipe import EngineRecipe
from autograder.grading.marking import Marking

_FORM = 1
# The settings of nbgrader that say where a hidden test begins and ends.
_MARKERS = ("ClearHiddenTests", "ClearMarkScheme")


@dataclass(frozen=True)
class PackedLab:
    """A lab to be graded elsewhere. It names no student.

    Args:
        lab: The lab's name.
        title: Its title.
        marking: Marks submissions.
        recipe: How the engine is started.
        markers: nbgrader's settings of hidden tests.
        extra: The questions whose points are extra credit.
    """

    lab: str
    title: str
    marking: Marking
    recipe: EngineRecipe
    markers: Config
    extra: tuple[str, ...] = ()

    @classmethod
    def of(cls, course: Course, lab: Lab, marking: Marking) -> PackedLab:
        """The lab with its hidden tests and the class's seed.

        Args:
            course: The course.
            lab: The lab.
            marking: Its marking, as `autograder grade` uses it.

        Raises:
            AutograderError: A limit is unknown, or the lab's notebooks name several kernels.
        """
        config = course.nbgrader_config
        markers = Config({name: config[name] for name in _MARKERS if name in config})
        extra = lab.extra_credit if isinstance(lab.extra_credit, tuple) else ()
        recipe = EngineRecipe.of(course, lab)
        return cls(lab.name, lab.title or lab.name, marking, recipe, markers, extra)

    def drop_hidden_tests(self) -> PackedLab:
        """The lab with nothing but its visible checks, and with a seed of its own."""
        seed = secrets.randbits(128)
        return replace(
            self, marking=replace(self.marking, sources=self.marking.released, seed=seed)
        )

    def as_json(self) -> str:
        """The packed lab as JSON."""
        marking = self.marking
        trust = marking.trust if isinstance(marking.trust, str) else list(marking.trust)
        fields = {
            "form": _FORM,
            "lab": self.lab,
            "title": self.title,
            "extra": list(self.extra),
            "markers": {name: dict(self.markers[name]) for name in self.markers},
            "trust": trust,
            "limits": marking.limits,
            "seed": f"{marking.seed:032x}",
            "labs": {name: sorted(ids) for name, ids in marking.labs.items()},
            "sources": marking.sources,
            "released": marking.released,
            "companions": {
                path: base64.b64encode(content).decode()
                for path, content in marking.companions.items()
            },
            "recipe": {**vars(self.recipe), "limits": self.recipe.limits.as_dict()},
        }
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def read(cls, path: Path) -> PackedLab:
        """Read what `as_json` wrote.

        Raises:
            AutograderError: The file cannot be read, or it is not a packed lab.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            if fields["form"] != _FORM:
                raise ValueError(f"form {fields['form']}")
            return cls._from_fields(fields)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AutograderError(
                f"{path.name} is not a packed lab of this version: {error}",
                "pack the lab again: autograder pack LAB",
            ) from error

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> PackedLab:
        trust = fields["trust"]
        marking = Marking(
            trust if isinstance(trust, str) else tuple(trust),
            fields["limits"],
            {name: nbformat.from_dict(n) for name, n in fields["sources"].items()},
            {name: nbformat.from_dict(n) for name, n in fields["released"].items()},
            {path: base64.b64decode(text) for path, text in fields["companions"].items()},
            int(fields["seed"], 16),
            fields["labs"],
        )
        recipe = EngineRecipe(
            **{**fields["recipe"], "limits": Limits.of(fields["recipe"]["limits"])}
        )
        markers = Config(fields["markers"])
        return cls(fields["lab"], fields["title"], marking, recipe, markers, tuple(fields["extra"]))
