"""Limits on how often something may happen, by key; kept in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from autograder.server.refused import RefusedError

_MOST_KEYS = 50_000


class RateLimit:
    """A token bucket for each key.

    Args:
        burst: How often at once.
        per_minute: How often in the long run.
    """

    def __init__(self, burst: int, per_minute: float) -> None:
        self._burst, self._rate = burst, per_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count one.

        Raises:
            RefusedError: It was too often.
        """
        now = time.monotonic()
        with self._lock:
            left, before = self._left.pop(key, (float(self._burst), now))
            left = min(self._burst, left + (now - before) * self._rate)
            is_allowed = left >= 1
            self._left[key] = (left - 1 if is_allowed else left, now)
            while len(self._left) > _MOST_KEYS:
                self._left.popitem(last=False)
        if not is_allowed:
            wait = (1 - left) / self._rate
            raise RefusedError(429, "Too many requests.", "Wait a little; try again.", wait)


class RateLimits:
    """The server's limits."""

    def __init__(self) -> None:
        # A computer room may come from one address, where each link has its own limit.
        self.bad_tokens = RateLimit(burst=30, per_minute=30)
        self.logins = RateLimit(burst=400, per_minute=400)
        self.requests = RateLimit(burst=120, per_minute=240)
        self.uploads = RateLimit(burst=6, per_minute=6)
