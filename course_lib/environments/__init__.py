"""Environments for reinforcement learning, with gymnasium's interface.

They run in the student's kernel and in the process that checks the answers.
"""

from course_lib.environments.import_gymnasium import import_gymnasium

import_gymnasium()

from course_lib.environments.catch import Catch  # noqa: E402
from course_lib.environments.tic_tac_toe import TicTacToe  # noqa: E402
from course_lib.environments.tic_tac_toe_rules import Rules, tic_tac_toe_rules  # noqa: E402

__all__ = ["Catch", "Rules", "TicTacToe", "import_gymnasium", "tic_tac_toe_rules"]
