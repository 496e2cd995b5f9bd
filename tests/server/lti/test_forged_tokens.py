"""Tokens that the LMS did not sign: none gets in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.server.lti.conftest import Campus
from tests.server.lti.lms_platform import CLAIM, MEMBERSHIP, LmsPlatform, make_key
from tests.server.lti.lms_visit import is_out

_STRANGER = make_key()
Forge = Callable[[LmsPlatform, dict[str, Any]], str]


def encode(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def sign_with_public_key(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    """HS256, whose secret is the public key in its PEM form."""
    head = encode({"alg": "HS256", "typ": "JWT", "kid": lms.key.get("kid")})
    signed = f"{head}.{encode(claims)}"
    digest = hmac.new(lms.key.export_to_pem(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def change_body(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    head, _, signature = lms.sign(claims).split(".")
    changed = claims | {CLAIM + "roles": [MEMBERSHIP + "Instructor"]}
    return f"{head}.{encode(changed)}.{signature}"


def without_signature(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    return f"{encode({'alg': 'none', 'kid': lms.key.get('kid')})}.{encode(claims)}."


def key_in_header(lms: LmsPlatform, claims: dict[str, Any]) -> str:
    own = json.loads(_STRANGER.export_public())
    return lms.sign(claims, _STRANGER, jwk=own, jku="https://evil.example/keys")


FORGED: dict[str, Forge] = {
    "a stranger's key under the LMS's id": lambda lms, claims: lms.sign(claims, _STRANGER),
    "a stranger's key under its own id": lambda lms, claims: lms.sign(
        claims, _STRANGER, kid=_STRANGER.get("kid")
    ),
    "a key that the token brings": key_in_header,
    "no key id": lambda lms, claims: lms.sign(claims, kid=""),
    "a key id that is a path": lambda lms, claims: lms.sign(claims, kid="../../lti_key.pem"),
    "the algorithm none": without_signature,
    "the algorithm NONE": lambda lms, claims: without_signature(lms, claims).replace(
        encode({"alg": "none", "kid": lms.key.get("kid")}),
        encode({"alg": "NoNe", "kid": lms.key.get("kid")}),
    ),
    "HS256 with the public key": sign_with_public_key,
    "a body that was changed": change_body,
    "a signature that was cut off": lambda lms, claims: lms.sign(claims).rpartition(".")[0] + ".",
    "two parts": lambda lms, claims: lms.sign(claims).rpartition(".")[0],
    "five parts": lambda lms, claims: lms.sign(claims) + ".a.b",
    "no token": lambda lms, claims: "",
    "words": lambda lms, claims: "let me in",
    "a list": lambda lms, claims: f"{encode([])}.{encode([])}.AAAA",
    "deep nesting": lambda lms, claims: f"{encode({'alg': 'RS256'})}."
    + base64.urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=") + ".AAAA",
    "an unknown critical header": lambda lms, claims: lms.sign(claims, crit=["x"], x=1),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_is_forged(campus: Campus, name: str) -> None:
    visit = campus.visit()
    state, nonce = visit.authorize()
    token = FORGED[name](campus.lms, campus.lms.make_claims(nonce))
    assert is_out(visit, visit.post(state, token)), name
