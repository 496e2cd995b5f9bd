"""An LMS, written from the specifications: OpenID Connect, keys, tokens, names and roles, scores.

LTI 1.3 core, the security framework, Names and Role Provisioning 2.0, Assignment and Grade
Services 2.0. It checks what the server sends as strictly as they say.
"""

from __future__ import annotations

import html
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import jwt
from jwcrypto.jwk import JWK

CLIENT, DEPLOYMENT, CONTEXT = "client-7", "deployment-1", "context-1"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
SCORE = AGS + "scope/score"
MEMBERS_SCOPE = NRPS + "scope/contextmembership.readonly"


def make_key() -> JWK:
    return JWK.generate(kty="RSA", size=2048, kid=JWK.generate(kty="oct", size=128).get("k"))


class LmsPlatform:
    """A running LMS.

    `answers` says how it answers the next scores, one each: "ok", "conflict", an HTTP status,
    "lose" (it stores the score and closes the connection), "hang", "huge", "page", "redirect".
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.key = make_key()
        self.tool = ""  # the server's address, and what a browser that comes here wants of it
        self.wanted: dict[str, Any] = {}
        self.linked: list[str] = []
        self.member_answer = ""  # "endless", "elsewhere", "words", or an HTTP status
        self.members: list[list[dict[str, Any]]] = [[]]
        self.scores: dict[tuple[str, str], dict[str, Any]] = {}
        self.received: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.tool_keys_url = ""
        self.is_strict = True  # like Moodle: a score that is not newer is a conflict
        self.got_score = threading.Event()
        self._tokens: dict[str, set[str]] = {}
        self._used: set[str] = set()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.lms = self  # type: ignore[attr-defined]
        self.url = f"http://{host}:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def settings(self) -> str:
        """What an instructor writes into course.toml."""
        return f"""
[lti.campus]
issuer = "{self.url}"
client_id = "{CLIENT}"
login_url = "{self.url}/authorize"
token_url = "{self.url}/token"
keys_url = "{self.url}/keys"
deployment_ids = ["{DEPLOYMENT}"]
contexts = ["{CONTEXT}"]
"""

    def make_claims(self, nonce: object, **changes: Any) -> dict[str, Any]:
        """The claims of a student's launch."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": "Ada Lovelace",
            "email": "ada@example.org",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": DEPLOYMENT,
            CLAIM + "target_link_uri": "unused",
            CLAIM + "resource_link": {"id": "link-1", "title": "A lab"},
            CLAIM + "roles": [MEMBERSHIP + "Learner"],
            CLAIM + "context": {"id": CONTEXT, "title": "Deep Learning", "label": "DL"},
            AGS + "claim/endpoint": {
                "scope": [SCORE],
                "lineitems": f"{self.url}/items",
                "lineitem": f"{self.url}/items/1?type_id=3",
            },
            NRPS + "claim/namesroleservice": {
                "context_memberships_url": f"{self.url}/members?page=0",
                "service_versions": ["2.0"],
            },
        } | changes
        return {key: value for key, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: JWK | None = None, **header: Any) -> str:
        """A token as this LMS signs it."""
        one = key or self.key
        pem = one.export_to_pem(private_key=True, password=None)
        kid = {"kid": self.key.get("kid")} | header
        return jwt.encode(claims, pem, algorithm="RS256", headers=kid)

    def read_tool_token(self, token: str, audience: str) -> dict[str, Any]:
        """What the server has signed, checked with the key that it publishes.

        Raises:
            jwt.PyJWTError: It is not valid.
        """
        context = ssl._create_unverified_context()  # the test's own certificate
        keys = jwt.PyJWKSet.from_json(urlopen(self.tool_keys_url, context=context).read().decode())
        kid = jwt.get_unverified_header(token)["kid"]
        (key,) = (one for one in keys.keys if one.key_id == kid)
        return jwt.decode(token, key, ["RS256"], audience=audience, issuer=CLIENT)

    def show_course(self, parts: SplitResult) -> str:
        """A page with a link, or with a frame."""
        target = parts.query.partition("=")[2]
        query = make_login_query(self, self.tool, target_link_uri=f"{self.tool}/lti/{target}")
        address = html.escape(f"{self.tool}/lti/login?{query}")
        if parts.query.startswith("frame"):
            return f'<iframe width="900" height="700" src="{address}"></iframe>'
        return f'<a href="{address}">Lab 1</a>'

    def grant(self, fields: dict[str, str]) -> dict[str, Any]:
        """An access token for a signed assertion (RFC 7523), used once."""
        assert fields["grant_type"] == "client_credentials"
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert fields["client_assertion_type"] == kind
        claims = self.read_tool_token(fields["client_assertion"], f"{self.url}/token")
        assert claims["sub"] == CLIENT and claims["jti"] not in self._used
        self._used.add(claims["jti"])
        token = f"access-{len(self._used)}"
        self._tokens[token] = set(fields["scope"].split())
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def allows(self, header: str, scope: str) -> bool:
        return scope in self._tokens.get(header.removeprefix("Bearer "), set())

    def put_score(self, item: str, score: dict[str, Any]) -> int:
        """Store a score unless it is not newer than the one that it has; returns the status."""
        self.received.append(score)
        self.got_score.set()
        assert score["activityProgress"] == "Completed"
        assert score["gradingProgress"] == "FullyGraded" and "T" in score["timestamp"]
        known = self.scores.get((item, score["userId"]))
        if known and known["timestamp"] >= score["timestamp"]:
            return 409 if self.is_strict else 200
        self.scores[item, score["userId"]] = score
        return 200


class _Handler(BaseHTTPRequestHandler):
    @property
    def _lms(self) -> LmsPlatform:
        return self.server.lms  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:  # noqa: N802 (its name in http.server)
        parts = urlsplit(self.path)
        if parts.path == "/keys":
            key = json.loads(self._lms.key.export_public()) | {"alg": "RS256", "use": "sig"}
            self._answer(200, {"keys": [key]})
        elif parts.path == "/members" and self._is_allowed(MEMBERS_SCOPE):
            self._answer_members(int(parse_qs(parts.query)["page"][0]))
        elif parts.path in ("/course", "/authorize"):
            page = (
                self._lms.show_course(parts) if parts.path == "/course" else self._authorize(parts)
            )
            self._send(200, page.encode(), {"Content-Type": "text/html"})
        else:
            self._answer(404, {})

    def _answer_members(self, number: int) -> None:
        how, pages = self._lms.member_answer, self._lms.members
        if how.isdigit() or how == "words":
            self._send(int(how) if how.isdigit() else 200, b"<p>Sorry</p>", {})
            return
        following = ""
        if how or number + 1 < len(pages):
            host = "http://127.0.0.1:9" if how == "elsewhere" else self._lms.url
            following = f'<{host}/members?page={number + 1}&Key=AbC>; rel="next"'
        content = {"id": self.path, "members": pages[min(number, len(pages) - 1)]}
        self._answer(200, content, {"Link": following})

    def _authorize(self, parts: SplitResult) -> str:
        """The form that brings a browser back, as OpenID Connect's form_post says."""
        sent = {key: one[0] for key, one in parse_qs(parts.query).items()}
        claims = {"nonce": sent["nonce"]} | self._lms.wanted
        token = self._lms.sign(self._lms.make_claims(**claims))
        return (
            f'<form method="post" action="{sent["redirect_uri"]}">'
            f'<input type="hidden" name="state" value="{sent["state"]}">'
            f'<input type="hidden" name="id_token" value="{token}">'
            "</form><script>document.forms[0].submit()</script>"
        )

    def do_POST(self) -> None:  # noqa: N802 (its name in http.server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            fields = {key: one[0] for key, one in parse_qs(body.decode()).items()}
            self._answer(200, self._lms.grant(fields))
        elif self.path == "/links":
            self._lms.linked.append(parse_qs(body.decode())["JWT"][0])
            self._send(200, b"<p>The lab was added.</p>", {"Content-Type": "text/html"})
        elif self.path == "/items/1/scores?type_id=3" and self._is_allowed(SCORE):
            assert self.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
            self._take_score(json.loads(body))
        else:
            self._answer(403, {})

    def _is_allowed(self, scope: str) -> bool:
        return self._lms.allows(self.headers["Authorization"], scope)

    def _take_score(self, score: dict[str, Any]) -> None:
        how = self._lms.answers.pop(0) if self._lms.answers else "ok"
        if how.isdigit():
            self._lms.received.append(score)
            self._answer(int(how), {"error": "<script>alert(1)</script>" * 50})
            return
        if how == "conflict":
            self._answer(409, {})
            return
        if how == "redirect":
            self._answer(302, {}, {"Location": f"{self._lms.url}/keys"})
            return
        status = self._lms.put_score("1", score)
        if how == "lose":
            self.close_connection = True
            self.connection.close()
        elif how == "hang":
            time.sleep(600)
        elif how == "huge":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 30_000_000)
        elif how == "page":
            self._send(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"})
        else:
            self._answer(status, {} if status == 200 else {"error": "not newer"})

    def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), headers or {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **headers}.items():
            if text:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def make_login_query(lms: LmsPlatform, server: str, **changes: str) -> str:
    """What an LMS adds to the address of the login, when somebody opens a link."""
    fields = {
        "iss": lms.url,
        "client_id": CLIENT,
        "login_hint": "u-1",
        "target_link_uri": f"{server}/lti/launch",
        "lti_message_hint": "m-1",
        "lti_deployment_id": DEPLOYMENT,
    } | changes
    return urlencode({key: value for key, value in fields.items() if value})
