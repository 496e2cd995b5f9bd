"""Environments for reinforcement learning, with gymnasium's interface.

They run in the student's kernel and in the process that checks the answers. Without gymnasium,
which only Lab 15 needs, the package can be imported, and the environments cannot.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course_lib.environments.import_gymnasium import import_gymnasium
from course_lib.environments.tic_tac_toe_rules import Rules, tic_tac_toe_rules

if TYPE_CHECKING:
    from course_lib.environments.catch import Catch
    from course_lib.environments.tic_tac_toe import TicTacToe

__all__ = ["Catch", "Rules", "TicTacToe", "import_gymnasium", "tic_tac_toe_rules"]
_MODULES = {"Catch": "catch", "TicTacToe": "tic_tac_toe"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_gymnasium()
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
