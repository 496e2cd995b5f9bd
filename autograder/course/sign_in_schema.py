"""The settings of `[lti.PLATFORM]` and `[jupyterhub]`; `schema.py` has all others."""

from __future__ import annotations

from autograder.course.setting import Kind, Setting
from autograder.course.sign_in_settings import MATCHES, HubSettings, is_web_address


def _is_list_of_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


_WORD = Kind("a string that is not empty", lambda value: isinstance(value, str) and bool(value))
_WORDS = Kind("a list of strings", _is_list_of_words)
_MATCHES = Kind(
    'a list of "sourcedid" and "email"',
    lambda value: isinstance(value, list) and all(item in MATCHES for item in value),
)
_ADDRESS = Kind("an address that begins with https://, without ? and #", is_web_address)
# A Hub's API is often reached inside a cluster.
_HUB_ADDRESS = Kind(
    "an address that begins with http:// or https://",
    lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
)

LTI = "lti.PLATFORM"
REQUIRED = ("issuer", "client_id", "login_url", "token_url", "keys_url")
SIGN_IN_TABLES = {
    LTI: "An LMS that opens labs by LTI 1.3, such as `[lti.canvas]`; see [signing in](sign-in.md). "
    f"It needs {', '.join(f'`{key}`' for key in REQUIRED)}.",
    "jupyterhub": "Sign in with JupyterHub; see [signing in](sign-in.md).",
}
SIGN_IN_SETTINGS = (
    Setting(LTI, "issuer", _WORD, None, "The LMS's name for itself (`iss`)."),
    Setting(LTI, "client_id", _WORD, None, "The number that the LMS gave this server."),
    Setting(LTI, "login_url", _ADDRESS, None, "Where the LMS authenticates its users."),
    Setting(LTI, "token_url", _ADDRESS, None, "Where it issues access tokens for its services."),
    Setting(LTI, "keys_url", _ADDRESS, None, "Where its public keys are."),
    Setting(
        LTI,
        "token_audience",
        _WORD,
        None,
        "The audience of requests for access tokens.",
        "`token_url`",
    ),
    Setting(LTI, "deployment_ids", _WORDS, [], "The deployments that may open labs."),
    Setting(
        LTI,
        "contexts",
        _WORDS,
        [],
        "The LMS's ids of the courses whose members are this class; without one, nobody comes in.",
    ),
    Setting(
        LTI,
        "match",
        _MATCHES,
        list(MATCHES),
        "What finds a student in the roster: the school's id (`sourcedid`), the email address. "
        "Leave `email` out if students can change theirs unchecked.",
    ),
    Setting(
        "jupyterhub",
        "api_url",
        _HUB_ADDRESS,
        None,
        "The Hub's API, such as `https://hub.example.org/hub/api`.",
        "`JUPYTERHUB_API_URL`",
    ),
    Setting(
        "jupyterhub",
        "public_url",
        _HUB_ADDRESS,
        None,
        "The Hub as browsers reach it, such as `https://hub.example.org`.",
        "the host of `api_url`",
    ),
    Setting(
        "jupyterhub",
        "service",
        _WORD,
        HubSettings.service,
        "The name of this service in the Hub; `JUPYTERHUB_SERVICE_NAME` goes before it.",
    ),
    Setting("jupyterhub", "instructors", _WORDS, [], "The Hub's users who are instructors."),
    Setting("jupyterhub", "instructor_groups", _WORDS, [], "The Hub's groups who are instructors."),
)
