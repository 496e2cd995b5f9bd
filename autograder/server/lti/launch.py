"""What a launch says, once its signature is known to be the LMS's.

PyLTI1p3 checks signature, nonce, deployment and the message's form; `read_launch` checks the rest:
times, audience, context, roles, and that each value is of its type.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from autograder.course.sign_in_settings import LtiPlatform, is_web_address
from autograder.files import make_printable
from autograder.server.refused import RefusedError

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_DEEP_LINK = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
SCORE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
# Roles in this course of the LMS; an institution's instructor may be a student here.
_INSTRUCTORS = {"Instructor", _MEMBERSHIP + "Instructor", _MEMBERSHIP + "Administrator"}
_STUDENTS = {"Learner", _MEMBERSHIP + "Learner"}
_SKEW_SECONDS = 60.0
_OLDEST_SECONDS = 3600.0
_LATEST = 2**40  # seconds
_LONGEST = 300
_LONGEST_URL = 2_000
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Launch:
    """A launch from an LMS.

    Args:
        platform: The LMS.
        context: The LMS's id of the course.
        title: The LMS's name of the course.
        subject: The LMS's id of the person.
        name: Their name.
        email: Their email address, in lower case.
        sourcedid: The school's id of the person.
        is_instructor: Whether the person teaches the LMS's course.
        lab: The lab that the link belongs to; empty for the list of labs.
        line_item: Where the LMS takes marks of the link; empty if it takes none.
        members_url: Where the LMS lists the course's members; empty if it doesn't.
        deep_link: The LMS's settings for choosing a lab; None for an ordinary launch.
        deployment: The LMS's id of the deployment.
    """

    platform: LtiPlatform
    context: str
    title: str
    subject: str
    name: str
    email: str
    sourcedid: str
    is_instructor: bool
    lab: str
    line_item: str
    members_url: str
    deep_link: dict[str, Any] | None
    deployment: str


def read_launch(platform: LtiPlatform, claims: Claims) -> Launch:
    """A launch, from the claims of a token with a valid signature.

    Raises:
        RefusedError: A claim is missing, not valid, or of a course that is not this one.
    """
    _check_token(platform, claims)
    context = _table(claims, _CLAIM + "context")
    roles = claims.get(_CLAIM + "roles")
    launch = Launch(
        platform,
        context=_text(context, "id"),
        title=_text(context, "title") or _text(context, "label"),
        subject=_text(claims, "sub"),
        name=_read_name(claims),
        email=_text(claims, "email").casefold(),
        sourcedid=_text(_table(claims, _CLAIM + "lis"), "person_sourcedid"),
        is_instructor=_has_role(roles, _INSTRUCTORS),
        lab=_text(_table(claims, _CLAIM + "custom"), "lab"),
        line_item=_read_line_item(platform, claims),
        members_url=_read_url(platform, _table(claims, _NRPS), "context_memberships_url"),
        deep_link=_read_deep_link(claims),
        deployment=_text(claims, _CLAIM + "deployment_id"),
    )
    if not launch.subject:
        raise _refuse("it names no person")
    _check_context(launch)
    if not (launch.is_instructor or has_student_role(roles)):
        raise RefusedError(
            403,
            "Your LMS lists you neither as a student nor as an instructor of this course.",
            "Ask your instructor.",
        )
    return launch


def has_student_role(roles: object) -> bool:
    """Whether one of the roles is a student's."""
    return _has_role(roles, _STUDENTS)


def _has_role(roles: object, wanted: set[str]) -> bool:
    return isinstance(roles, list) and any(isinstance(r, str) and r in wanted for r in roles)


def is_service_address(platform: LtiPlatform, value: object) -> bool:
    """Whether a service of the LMS may be there; this machine's only if the LMS is on it."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL or not value.isprintable():
        return False
    address = value.partition("?")[0]
    is_local = address.startswith("http://") and platform.token_url.startswith("http://")
    return is_web_address(address) and (address.startswith("https://") or is_local)


def find_origin(address: str) -> str:
    """The scheme, host and port of an address; for a Content-Security-Policy."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _check_token(platform: LtiPlatform, claims: Claims) -> None:
    """Audience and times, which the specification of OpenID Connect wants checked."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", platform.client_id if len(audiences) == 1 else None)
    if platform.client_id not in audiences or party != platform.client_id:
        raise _refuse("it is for another server")
    now = time.time()
    issued, expires = _number(claims, "iat"), _number(claims, "exp")
    if not now - _OLDEST_SECONDS < issued < now + _SKEW_SECONDS:
        raise _refuse("it was not issued just now; the clocks may differ")
    if expires < now - _SKEW_SECONDS:
        raise _refuse("it has expired")


def _check_context(launch: Launch) -> None:
    if not launch.context or launch.context not in launch.platform.contexts:
        name = launch.platform.name
        hint = (
            f'Add "{launch.context}" to "contexts" of [lti.{name}] in course.toml, if its members '
            "are this class."
            if launch.is_instructor and launch.context
            else "Tell your instructor."
        )
        raise RefusedError(403, "This course of your LMS is not connected to this server.", hint)


def _read_line_item(platform: LtiPlatform, claims: Claims) -> str:
    endpoint = _table(claims, _AGS)
    scopes = endpoint.get("scope")
    may_score = isinstance(scopes, list) and SCORE_SCOPE in scopes
    return _read_url(platform, endpoint, "lineitem") if may_score else ""


def _read_url(platform: LtiPlatform, table: Claims, key: str) -> str:
    value = table.get(key)
    return str(value) if is_service_address(platform, value) else ""


def _read_deep_link(claims: Claims) -> dict[str, Any] | None:
    if claims.get(_CLAIM + "message_type") != "LtiDeepLinkingRequest":
        return None
    return dict(_table(claims, _DEEP_LINK))


def _read_name(claims: Claims) -> str:
    parts = f"{_text(claims, 'given_name')} {_text(claims, 'family_name')}".strip()
    return _text(claims, "name") or parts


def _table(claims: Claims, key: str) -> Claims:
    value = claims.get(key)
    return value if isinstance(value, dict) else {}


def _text(claims: Claims, key: str) -> str:
    value = claims.get(key)
    return (
        make_printable(value).strip() if isinstance(value, str) and len(value) <= _LONGEST else ""
    )


def _number(claims: Claims, key: str) -> float:
    value = claims.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _LATEST:
        return float(value)  # not NaN, which is neither before nor after any time
    raise _refuse(f"it has no {key}")


def _refuse(why: str) -> RefusedError:
    return RefusedError(
        403, f"The message of your LMS is not valid: {why}.", "Open the link in the LMS again."
    )
