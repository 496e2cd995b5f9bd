"""Whether a server can be reached, answered within seconds."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

PATIENCE = 4.0  # seconds for name lookup, connection, proxy and first answer together
MEMORY = 60.0  # seconds for which a failure is remembered

_failures: dict[str, tuple[float, str]] = {}


def explain_unreachable(url: str, patience: float = PATIENCE) -> str | None:
    """Return why a URL cannot be fetched now, or None if it answers.

    A firewall that drops packets, or a name server that does not answer, can block `urlopen` for
    minutes, because a name lookup has no timeout. Therefore a thread makes the request, and is
    abandoned when its time is over.

    Args:
        url: The URL; a proxy named in the environment is used, as Keras does.
        patience: Seconds to wait.

    Returns:
        None, or the reason as a clause.

    Example:
        >>> explain_unreachable("http://127.0.0.1:9/mnist.npz")
        '127.0.0.1:9 does not answer (Connection refused)'
    """
    host = urlsplit(url).netloc
    when, reason = _failures.get(host, (-MEMORY, ""))
    if time.monotonic() - when < MEMORY:
        return reason
    answers: list[str | None] = []
    thread = threading.Thread(target=lambda: answers.append(_request(url, patience)), daemon=True)
    thread.start()
    thread.join(patience)
    answer = answers[0] if answers else f"{host} does not answer within {patience:.0f} seconds"
    if answer is not None:
        _failures[host] = time.monotonic(), answer
    return answer


def _request(url: str, patience: float) -> str | None:
    host = urlsplit(url).netloc
    try:
        request = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(request, timeout=patience):
            return None
    except urllib.error.HTTPError as error:
        return f"{host} answers {error.code} {error.reason} to {url}"
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return f"{host} does not answer ({getattr(reason, 'strerror', None) or reason})"
