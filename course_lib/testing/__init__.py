"""What the tests of a lab need: the hidden seed, and comparisons that explain a failure.

Each comparison is a plain assertion: it also works under stock nbgrader. It also records what it
compared, so that `autograder lint --seeds` can say how far marks are from a threshold, and
`autograder grade` can name the students who were close to one.

Example:
    >>> from course_lib import testing
    >>> testing.near(0.25, 0.25, "`square(0.5)`")
    >>> testing.at_least(0.93, 0.9, "The accuracy on new images", sd=0.005)
"""

from course_lib.testing.comparison import Comparison, take_comparisons
from course_lib.testing.hidden_seed import hidden_seed
from course_lib.testing.layers_of import layers_of
from course_lib.testing.near import near
from course_lib.testing.thresholds import at_least, at_most

__all__ = [
    "Comparison",
    "at_least",
    "at_most",
    "hidden_seed",
    "layers_of",
    "near",
    "take_comparisons",
]
