"""The addresses that an LMS is given: the two steps of a launch, and the server's public key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

import jwt
from pylti1p3.exception import LtiException, OIDCException
from pylti1p3.registration import Registration, TKeySet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from autograder.server.lti.deep_linking import show_choice
from autograder.server.lti.launch import Launch, read_launch
from autograder.server.lti.lms_people import find_student, note_course
from autograder.server.lti.platforms import PlatformKeys, Platforms
from autograder.server.lti.pylti_adapter import (
    LoginSession,
    StarletteLaunch,
    StarletteLogin,
    StarletteRequest,
    StateCookies,
)
from autograder.server.lti.tool_key import read_key
from autograder.server.refused import RefusedError
from autograder.server.server_log import log
from autograder.server.sign_in import add_state_cookie, begin_login, let_in, take_login
from autograder.server.site import Site, in_thread, show_page
from autograder.server.tables import Role, Source

_LAUNCH, _DEEP_LINK = "/lti/launch", "/lti/deep-link"
_LOGIN_FIELDS = ("iss", "client_id", "login_hint", "target_link_uri", "lti_message_hint",
                 "lti_deployment_id")  # fmt: skip
_LONGEST_HINTS = 6_000  # bytes of an address that browsers and proxies accept
# PyLTI1p3 has no tolerance for clocks: `read_launch` compares the times.
_TIMES_LATER = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}


async def begin(request: Request) -> Response:
    """The first step: send the browser to the LMS, which knows who is there."""
    fields = await _read_fields(request)
    return await run_in_threadpool(_begin, request, fields)


def _begin(request: Request, fields: dict[str, str]) -> Response:
    site: Site = request.app.state.site
    _check_target(request, fields.get("target_link_uri", ""))
    if sum(map(len, fields.values())) > _LONGEST_HINTS:
        raise RefusedError(400, "The LMS sent too long a message.", "Tell your instructor.")
    is_choice = fields["target_link_uri"].partition("?")[0].endswith(_DEEP_LINK)
    if request.headers.get("sec-fetch-dest") == "iframe" and not is_choice:
        return _offer_tab(request, fields)
    read = StarletteRequest(request, fields)
    cookies, nonces = StateCookies(read), LoginSession()
    try:
        login = StarletteLogin(read, Platforms(site.course), nonces, cookies)
        address = login.redirect(_find_base(request) + _LAUNCH)
    except OIDCException as error:
        raise RefusedError(
            400,
            "This LMS is not one of the course's, or its message is not complete.",
            "Tell your instructor to compare [lti] in course.toml with the settings of the LMS.",
        ) from error
    begin_login(request, cookies.state, nonces.nonce, _name_provider(login))
    answer = RedirectResponse(address, 302)
    add_state_cookie(request, answer, cookies.state)
    return answer


def _name_provider(step: StarletteLogin | StarletteLaunch) -> str:
    return f"lti {step.get_iss()} {step.get_client_id()}"


def _check_target(request: Request, target: str) -> None:
    """The LMS may send people to this server's own pages for LTI only."""
    address = target.partition("?")[0]
    if address not in [_find_base(request) + path for path in (_LAUNCH, _DEEP_LINK)]:
        raise RefusedError(
            400,
            "The LMS asks for a page that this server does not have.",
            f"Its address for this tool is {_find_base(request)}{_LAUNCH}.",
        )


def _offer_tab(request: Request, fields: dict[str, str]) -> Response:
    """A page for the LMS's frame: other sites could click on everything that a frame shows."""
    kept = {key: fields[key] for key in _LOGIN_FIELDS if fields.get(key)}
    page = show_page(request, "open_tab", None, target=f"/lti/login?{urlencode(kept)}")
    # There is nothing to click on but the way out of the frame.
    page.headers["content-security-policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors *"
    )
    return page


async def launch(request: Request) -> Response:
    """The second step: the LMS says who is there, and which lab is wanted."""
    fields = await _read_fields(request)
    return await run_in_threadpool(_launch, request, fields)


def _launch(request: Request, fields: dict[str, str]) -> Response:
    site: Site = request.app.state.site
    said = _validate(request, fields)
    if said.deep_link is not None:
        return show_choice(request, said, _find_base(request) + _LAUNCH)
    labs = {lab.name for lab in site.course.labs()}
    if said.lab and said.lab not in labs:
        raise RefusedError(404, "The course has no such lab.", "Tell your instructor.")
    course = note_course(site.database, said)
    if said.is_instructor:
        person, name = f"{said.platform.name} {said.subject}", said.name or "Instructor"
        target = f"/class/{said.lab}" if said.lab else "/class"
        return let_in(request, Source.LTI, Role.INSTRUCTOR, person, name, target)
    student = find_student(site, course, said)
    target = f"/labs/{said.lab}" if said.lab else "/"
    return let_in(request, Source.LTI, Role.STUDENT, student.id, student.name, target)


def _validate(request: Request, fields: dict[str, str]) -> Launch:
    """What the LMS says, if it is the LMS that says it, to this browser, and once.

    Raises:
        RefusedError: It is not.
    """
    site: Site = request.app.state.site
    if fields.get("error"):
        raise RefusedError(403, "Your LMS did not sign you in.", "Open the link there again.")
    issuer, client, key_id = _peek(fields.get("id_token", ""))
    platforms = Platforms(site.course)
    platform = platforms.find_platform(issuer, client)
    pending = take_login(request, fields.get("state", ""), f"lti {issuer} {client}")
    if platform is None:
        raise RefusedError(403, "This LMS is not one of the course's.", "Tell your instructor.")
    registration = platforms.register(platform)
    keys: PlatformKeys = request.app.state.lti_keys
    registration.set_key_set(cast(TKeySet, {"keys": keys.find(platform, key_id)}))
    read = StarletteRequest(request, fields)
    one = _KnownPlatform(site, registration)
    step = StarletteLaunch(read, one, LoginSession(pending.nonce), StateCookies(read))
    try:
        step.set_jwt_verify_options(_TIMES_LATER).validate()
        claims = step.get_launch_data()
    except (LtiException, jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        log.warning("a launch from [lti.%s] is not valid: %s", platform.name, error)
        raise RefusedError(
            403, "The message of your LMS is not valid.", "Open the link in the LMS again."
        ) from error
    return read_launch(platform, claims)


class _KnownPlatform(Platforms):
    """The one LMS whose keys have been read."""

    def __init__(self, site: Site, registration: Registration) -> None:
        super().__init__(site.course)
        self._registration = registration

    def find_registration_by_params(
        self, iss: str, client_id: str, *_: Any, **__: Any
    ) -> Registration:
        """See `ToolConfAbstract`."""
        one = self._registration
        is_it = (iss, client_id) == (one.get_issuer(), one.get_client_id())
        return one if is_it else None  # type: ignore[return-value]


def _peek(token: str) -> tuple[str, str, object]:
    """Issuer, client id and key id of a token, whose signature has not been checked.

    Raises:
        RefusedError: It is not a token.
    """
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
        key_id = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError as error:
        raise RefusedError(403, "The message of your LMS is not valid.", "") from error
    audience = claims.get("aud")
    first = audience[0] if isinstance(audience, list) and audience else audience
    return str(claims.get("iss")), str(first), key_id


def show_keys(request: Request) -> Response:
    """The server's public key."""
    site: Site = request.app.state.site
    if not site.course.lti_platforms:
        raise RefusedError(404, "This server has no LMS.", "")
    _, public = read_key(site.course)
    return JSONResponse({"keys": [Registration.get_jwk(public)]})


async def _read_fields(request: Request) -> dict[str, str]:
    form = request.query_params
    if request.method == "POST":
        sent = await request.form(max_files=0, max_fields=30)
        return {key: value for key, value in sent.items() if isinstance(value, str)}
    return dict(form.items())


def _find_base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


ROUTES = [
    Route("/lti/login", begin, methods=["GET", "POST"]),
    Route(_LAUNCH, launch, methods=["POST"]),
    Route("/lti/keys", in_thread(show_keys)),
]
