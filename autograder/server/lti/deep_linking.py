"""Choosing a lab in the LMS: each button sends the LMS a signed link to one lab."""

from __future__ import annotations

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from starlette.requests import Request
from starlette.responses import Response

from autograder.course.course import Lab
from autograder.server.guard import make_policy
from autograder.server.lti.launch import Launch, find_origin, is_service_address
from autograder.server.lti.platforms import Platforms
from autograder.server.refused import RefusedError
from autograder.server.site import Site, show_page


class _LabLink(DeepLinkResource):
    """A link that opens in a window: this server's pages are not shown in frames."""

    def to_dict(self) -> dict[str, object]:
        return {**super().to_dict(), "window": {"targetName": "_blank"}}


def show_choice(request: Request, launch: Launch, launch_url: str) -> Response:
    """The labs, each with a button.

    Raises:
        RefusedError: The person is not an instructor, or the LMS takes no links.
    """
    site: Site = request.app.state.site
    settings = launch.deep_link or {}
    back = settings.get("deep_link_return_url")
    if not launch.is_instructor:
        raise RefusedError(403, "Only an instructor can add a lab to the LMS.", "")
    if not is_service_address(launch.platform, back):
        raise RefusedError(403, "The LMS names no address for its links.", "")
    registration = Platforms(site.course).register(launch.platform)
    takes_marks = settings.get("accept_lineitem") is not False
    link = DeepLink(registration, launch.deployment, {"data": settings.get("data")})
    rows = [
        (lab, _sign(link, _make_link(lab, launch_url, takes_marks))) for lab in site.course.labs()
    ]
    page = show_page(request, "add_lab", None, rows=rows, back=back)
    platform = launch.platform
    origins = {find_origin(str(back)), find_origin(platform.login_url)}
    # The LMS shows this page in a frame; its form goes to the LMS and nowhere else.
    page.headers["content-security-policy"] = make_policy(
        form=find_origin(str(back)), frame=" ".join(sorted(origins))
    )
    return page


def _sign(link: DeepLink, resource: DeepLinkResource) -> str:
    message = link.get_message_jwt([resource])
    # Data that the LMS did not send must not be sent back as null.
    token = link.encode_jwt({key: value for key, value in message.items() if value is not None})
    return str(token)


def _make_link(lab: Lab, launch_url: str, takes_marks: bool) -> DeepLinkResource:
    title = lab.title or lab.name
    link = _LabLink().set_title(title).set_url(launch_url).set_custom_params({"lab": lab.name})
    points = sum(lab.points.values())
    if takes_marks and points:
        column = LineItem().set_label(title).set_resource_id(lab.name).set_score_maximum(points)
        link.set_lineitem(column)
    return link
