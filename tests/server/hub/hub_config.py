"""jupyterhub_config.py of the test: a real Hub that browsers reach without a proxy in front."""

import json
import os

from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    """The Hub's own pages are all that the test opens."""

    should_start = False

    async def add_route(self, routespec: str, target: str, data: dict) -> None:
        pass

    async def delete_route(self, routespec: str) -> None:
        pass

    async def get_all_routes(self) -> dict:
        return {}

    async def check_routes(self, *_: object, **__: object) -> None:
        pass


options = json.loads(os.environ["TEST_HUB"])
c = get_config()  # noqa: F821 (JupyterHub defines it)
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = c.JupyterHub.bind_url = options["url"]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = options["password"]
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = os.path.abspath("cookie_secret")
c.JupyterHub.spawner_class = "simple"
c.Spawner.args = ["--allow-root"]
c.JupyterHub.services = [
    {
        "name": "autograder",
        "api_token": options["token"],
        "oauth_client_id": "service-autograder",
        "oauth_redirect_uri": options["server"] + "/jupyterhub/callback",
        "oauth_no_confirm": True,
    },
    {"name": "testing", "api_token": options["admin_token"]},
]
c.JupyterHub.load_groups = {"staff": {"users": ["prof"]}}
access = "access:services!service=autograder"
c.JupyterHub.load_roles = [
    {"name": "student", "users": ["ada", "bob", "prof", "stranger", "gone"], "scopes": [access]},
    {"name": "server", "scopes": ["users:activity!user", "access:servers!server", access]},
    {
        "name": "testing",
        "services": ["testing"],
        "scopes": ["admin:users", "admin:servers", "tokens"],
    },
]
