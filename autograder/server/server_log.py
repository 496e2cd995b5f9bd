"""The server's log. No line holds a token, a path or a header that a visitor sent."""

from __future__ import annotations

import logging
import sys

log = logging.getLogger("autograder.server")


def set_up_log() -> None:
    """Write the log to stderr, and nothing of uvicorn's below a warning."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name, level in (("autograder.server", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
