"""Is there a network? Asked in seconds, whatever the network does."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

PATIENCE = 4.0  # seconds for the whole question: name, connection, proxy, first answer
MEMORY = 60.0  # seconds for which a "no" is believed without asking again

_refused: dict[str, tuple[float, str]] = {}


def unreachable(url: str, patience: float = PATIENCE) -> str | None:
    """Return why ``url`` cannot be fetched now, or None where it answers.

    A firewall that drops packets, or a name server that does not answer, would hold up
    ``urlopen`` for minutes whatever its ``timeout`` (a name's look-up has none): so a thread
    asks, and is left to itself when its time is over.

    Args:
        url: what is to be fetched; a proxy named in the environment is used, as Keras would.
        patience: seconds to wait. Default 4.

    Returns:
        None, or the reason as the end of a sentence.

    Example:
        >>> unreachable("http://127.0.0.1:9/mnist.npz")
        '127.0.0.1:9 does not answer (Connection refused)'
    """
    host = urlsplit(url).netloc
    when, reason = _refused.get(host, (-MEMORY, ""))
    if time.monotonic() - when < MEMORY:
        return reason
    answer: list[str | None] = []
    asking = threading.Thread(target=lambda: answer.append(_ask(url, patience)), daemon=True)
    asking.start()
    asking.join(patience)
    reason = answer[0] if answer else f"{host} does not answer within {patience:.0f} seconds"
    if reason is not None:
        _refused[host] = time.monotonic(), reason
    return reason


def _ask(url, patience):
    host = urlsplit(url).netloc
    try:
        question = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(question, timeout=patience):
            return None
    except urllib.error.HTTPError as error:
        return f"{host} answers {error.code} {error.reason} to {url}"
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return f"{host} does not answer ({getattr(reason, 'strerror', None) or reason})"
