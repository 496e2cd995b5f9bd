"""Signing in by a provider: an LMS or a Hub says who somebody is, and the roster who that is here.

A sign-in has a state: a secret of the browser in which it began, stored as a hash and used once.
"""

from __future__ import annotations

import hmac
import secrets
import time

from sqlalchemy import delete, select
from starlette.requests import Request
from starlette.responses import Response

from autograder.server.database import Database
from autograder.server.links import FOREIGN_SESSION_SECONDS, hash_token, open_foreign_session
from autograder.server.refused import RefusedError
from autograder.server.site import Site, find_address, set_session_cookie, show_page
from autograder.server.tables import PendingLogin, Role, Source

LOGIN_SECONDS = 10 * 60
_STATE_BYTES = 32
_COOKIE = "autograder_login_"


def make_secret() -> str:
    """A state or a nonce."""
    return secrets.token_urlsafe(_STATE_BYTES)


def begin_login(request: Request, state: str, nonce: str, provider: str) -> None:
    """Store that a sign-in has begun.

    Raises:
        RefusedError: Too many begin at this address.
    """
    site: Site = request.app.state.site
    site.limits.logins.take(find_address(request))
    now = time.time()
    with site.database.write() as session:
        session.execute(delete(PendingLogin).where(PendingLogin.expires < now))
        session.add(
            PendingLogin(
                state_hash=hash_token(state),
                nonce=nonce,
                provider=provider,
                expires=now + LOGIN_SECONDS,
            )
        )


def add_state_cookie(request: Request, answer: Response, state: str) -> None:
    """Have the browser keep the state: only this browser can end the sign-in."""
    attributes = f"Max-Age={LOGIN_SECONDS}; Path=/; HttpOnly"
    if request.url.scheme == "https":
        # The LMS sends the browser back with a form of its own site, perhaps inside a frame.
        attributes += "; Secure; SameSite=None; Partitioned"
    answer.headers.append("set-cookie", f"{name_cookie(state)}={state}; {attributes}")


def take_login(request: Request, state: str, provider: str) -> PendingLogin:
    """End a sign-in: the state is this browser's, is not too old, and is not used again.

    Raises:
        RefusedError: It is not.
    """
    site: Site = request.app.state.site
    kept = request.cookies.get(name_cookie(state), "") if state else ""
    found = None
    if kept and hmac.compare_digest(kept.encode(), state.encode()):
        found = _take(site.database, state)
    if found is None or found.provider != provider:
        site.limits.bad_tokens.take(find_address(request))
        raise RefusedError(
            403,
            "This sign-in is too old, was used before, or began in another browser.",
            "Go back to the page you came from, and open the link there again. Your browser has "
            "to allow cookies.",
        )
    return found


def _take(database: Database, state: str) -> PendingLogin | None:
    with database.write() as session:
        own = select(PendingLogin).where(PendingLogin.state_hash == hash_token(state))
        found: PendingLogin | None = session.scalar(own.with_for_update())
        if found is None:
            return None
        taken = session.execute(
            delete(PendingLogin)
            .where(PendingLogin.state_hash == found.state_hash)
            .execution_options(synchronize_session=False)
        )
        is_first = taken.rowcount == 1  # type: ignore[attr-defined]
        session.expunge(found)
    return found if is_first and found.expires > time.time() else None


def let_in(
    request: Request, source: Source, role: Role, person: str, name: str, target: str
) -> Response:
    """Begin a session, and go on to a page of this site.

    Args:
        request: The request that ends the sign-in.
        source: The provider.
        role: What the person may do.
        person: The student's id, or the provider's id of an instructor.
        name: The name to show.
        target: The path of the page.
    """
    site: Site = request.app.state.site
    key = open_foreign_session(site.database, source, role, person, name)
    # Not a redirect: after one from another site, browsers hold strict cookies back.
    answer = show_page(request, "signed_in", None, name=name, target=target)
    set_session_cookie(request, answer, key, FOREIGN_SESSION_SECONDS)
    return answer


def name_cookie(state: str) -> str:
    """The name of the cookie that keeps a state."""
    # Several sign-ins may run in one browser.
    return _COOKIE + hash_token(state)[:16]
