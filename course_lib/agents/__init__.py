"""Parts of agents that learn from reward: memory, roll-outs, search.

They run in the student's kernel and in the process that checks the answers.
"""

from course_lib.agents.minimax_values import minimax_values
from course_lib.agents.puct_search import puct_search
from course_lib.agents.replay_memory import ReplayMemory, Transitions
from course_lib.agents.roll_out import RollOut, roll_out
from course_lib.agents.worst_results import worst_results

__all__ = [
    "ReplayMemory",
    "RollOut",
    "Transitions",
    "minimax_values",
    "puct_search",
    "roll_out",
    "worst_results",
]
