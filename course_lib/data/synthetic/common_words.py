"""Frequent English words, the most frequent first, for made-up texts."""

from __future__ import annotations

COMMON_WORDS = str.split(
    """
    the a of to and in it is this that was as for with but on his you are not have be one he at
    all by an who they from so like there her or just about out has if what some can when more
    she up time even my would which only story see their had we will were me than first make
    other people get after watch made then two because into do him them much its how where never
    most character could life scene years way made show know films any man here long off seen
    love too while again actors director night house father mother town war city road
    """
)
