"""How people sign in to `autograder serve` besides personal links: an LMS, or JupyterHub."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MATCHES = ("sourcedid", "email")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class LtiPlatform:
    """An LMS that opens labs by LTI 1.3: `[lti.PLATFORM]`; see `sign_in_schema.py`.

    Args:
        name: The name of its table.
    """

    name: str
    issuer: str
    client_id: str
    login_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    deployment_ids: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    match: list[str] = field(default_factory=lambda: list(MATCHES))

    @property
    def key(self) -> str:
        """What tells it from all others; LTI promises that no two have the same."""
        return f"{self.issuer} {self.client_id}"


@dataclass(frozen=True)
class HubSettings:
    """The settings of `[jupyterhub]`; see `sign_in_schema.py`."""

    api_url: str = ""
    public_url: str = ""
    service: str = "autograder"
    instructors: list[str] = field(default_factory=list)
    instructor_groups: list[str] = field(default_factory=list)


def is_web_address(value: object) -> bool:
    """Whether a value is an https address without a query; http is for this machine only.

    Example:
        >>> [is_web_address(one) for one in ("https://lms.org/a", "http://lms.org", "https://a?b")]
        [True, False, False]
    """
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.username is not None or parts.query or parts.fragment:
            return False
        # The host stands in a Content-Security-Policy.
        if not re.fullmatch(r"[A-Za-z0-9.:-]+", parts.hostname or ""):
            return False
        _ = parts.port
    except ValueError:
        return False
    is_local = parts.hostname in LOCAL_HOSTS
    return parts.scheme == "https" or (parts.scheme == "http" and is_local)
