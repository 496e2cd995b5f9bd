"""A browser that comes from the LMS: it keeps cookies, and follows the two steps of a launch."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.autograder.tiny_course import LAB
from tests.server.lti.lms_platform import CLAIM, CLIENT, MEMBERSHIP, LmsPlatform, make_login_query
from tests.server.served_course import FORM, Answer, ServedCourse

INSTRUCTOR = {CLAIM + "roles": [MEMBERSHIP + "Instructor"], "sub": "t-1", "name": "Grace Hopper"}


class LmsVisit:
    """One browser.

    Args:
        server: The course's server.
        lms: The LMS.
    """

    def __init__(self, server: ServedCourse, lms: LmsPlatform) -> None:
        self._server, self._lms = server, lms
        self.cookies: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{server.port}"

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        cookies = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        sent = {**(FORM if body is not None else {}), **headers}
        answer = self._server.request(method, path, body, {**sent, "Cookie": cookies})
        for line in answer.headers.get_all("set-cookie") or []:
            name, _, text = line.partition(";")[0].partition("=")
            self.cookies[name] = text
        return answer

    def begin(self, **changes: str) -> Answer:
        """Open a link in the LMS: the first step."""
        return self.request("GET", f"/lti/login?{make_login_query(self._lms, self.url, **changes)}")

    def authorize(self, **changes: str) -> tuple[str, str]:
        """The first step, as the LMS checks it; returns state and nonce."""
        answer = self.begin(**changes)
        assert answer.status == 302, answer.text
        place = urlsplit(answer.headers["location"])
        assert f"{place.scheme}://{place.netloc}{place.path}" == f"{self._lms.url}/authorize"
        sent = {key: one[0] for key, one in parse_qs(place.query).items()}
        expected = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": CLIENT,
            "redirect_uri": f"{self.url}/lti/launch",
            "login_hint": changes.get("login_hint", "u-1"),
        }
        assert sent.items() >= expected.items()
        return sent["state"], sent["nonce"]

    def post(self, state: str, token: str) -> Answer:
        """The second step."""
        fields = urlencode({"state": state, "id_token": token})
        return self.request("POST", "/lti/launch", fields, Origin=self._lms.url)

    def launch(self, **changes: Any) -> Answer:
        """Both steps, as an honest LMS does them."""
        state, nonce = self.authorize()
        claims = {"nonce": nonce, CLAIM + "custom": {"lab": LAB}} | changes
        return self.post(state, self._lms.sign(self._lms.make_claims(**claims)))

    def csrf(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.request("GET", path).text)
        assert found
        return found[1]

    def send_form(self, path: str, page: str = "", **fields: str) -> Answer:
        """Send a form of a page, which is at the same path unless `page` says otherwise."""
        body = urlencode({"csrf": self.csrf(page or path), **fields})
        return self.request("POST", path, body, Origin=self.url)


def is_out(visit: LmsVisit, answer: Answer) -> bool:
    """Whether a launch was refused, and began no session."""
    is_refused = answer.status in (400, 403, 404, 429)
    return is_refused and "autograder_session" not in visit.cookies
