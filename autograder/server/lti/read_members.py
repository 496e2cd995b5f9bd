"""Reads the members of an LMS's course (names and roles), and matches them to the roster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import requests
from pylti1p3.exception import LtiException
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.service_connector import ServiceConnector

from autograder.course.sign_in_settings import LtiPlatform
from autograder.files import make_printable
from autograder.lms.read_class import read_class
from autograder.server.lti.launch import find_origin, has_student_role
from autograder.server.lti.lms_people import Member, match_member
from autograder.server.lti.platforms import Platforms
from autograder.server.outgoing import OutgoingSession
from autograder.server.refused import RefusedError
from autograder.server.server_log import log
from autograder.server.site import Site
from autograder.server.tables import LmsCourse

_MOST_PAGES = 100
_LONGEST = 300


def read_members(site: Site, course: LmsCourse) -> int:
    """Match the students of an LMS's course to the roster; returns their number.

    Raises:
        RefusedError: The LMS does not return its members.
    """
    platform = next((p for p in site.course.lti_platforms if p.key == course.platform), None)
    if platform is None or not course.members_url:
        raise RefusedError(
            409, "The LMS has not said where its members are.", "Open a lab from the LMS first."
        )
    try:
        members = list(_list_students(site, platform, course.members_url))
    except (requests.RequestException, LtiException, ValueError, KeyError, TypeError) as error:
        log.error("the members of [lti.%s] cannot be read: %s", platform.name, error)
        raise RefusedError(
            502, "The LMS does not return its members.", "Try again later."
        ) from error
    roster = read_class(site.course)
    with site.database.write() as session:
        for member in members:
            match_member(session, course, member, roster, platform)
    return len(members)


def _list_students(site: Site, platform: LtiPlatform, url: str) -> Iterator[Member]:
    connector = ServiceConnector(Platforms(site.course).register(platform), OutgoingSession())
    service = NamesRolesProvisioningService(connector, {"context_memberships_url": url})
    for _ in range(_MOST_PAGES):
        answer = service.get_nrps_data(url)
        body = answer["body"]
        for member in body.get("members", []) if isinstance(body, dict) else []:
            is_active = isinstance(member, dict) and member.get("status", "Active") == "Active"
            if is_active and has_student_role(member.get("roles")) and member.get("user_id"):
                yield _make_member(member)
        following = _find_next(answer["headers"], url)
        if not following or find_origin(following) != find_origin(url):
            return
        url = following
    raise ValueError("the list of members has no end")


def _find_next(headers: Any, url: str) -> str:
    # PyLTI1p3 writes the address in lower case, which changes it.
    for name, text in headers.items():
        if name.lower() == "link":
            for link in requests.utils.parse_header_links(text):
                if link.get("rel", "").lower() == "next":
                    return urljoin(url, link["url"])
    return ""


def _make_member(member: dict[str, Any]) -> Member:
    def text(key: str) -> str:
        return make_printable(str(member.get(key) or ""))[:_LONGEST].strip()

    name = text("name") or f"{text('given_name')} {text('family_name')}".strip()
    return Member(text("user_id"), name, text("email").casefold(), text("lis_person_sourcedid"))
