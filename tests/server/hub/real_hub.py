"""A real JupyterHub on loopback, and a browser that signs in with it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

PASSWORD = "one for all"


class RealHub:
    """A running JupyterHub whose service is the course's server at `server`."""

    def __init__(self, folder: Path, port: int, server: str) -> None:
        self.url, self.server = f"http://127.0.0.1:{port}", server
        self.token, self.admin_token = secrets.token_hex(20), secrets.token_hex(20)
        self.log = folder / "hub.log"
        options = {
            "url": self.url,
            "server": server,
            "token": self.token,
            "admin_token": self.admin_token,
            "password": PASSWORD,
        }
        command = [
            sys.executable,
            "-m",
            "jupyterhub",
            "-f",
            Path(__file__).with_name("hub_config.py"),
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log,
                env={**os.environ, "TEST_HUB": json.dumps(options)},
            )  # fmt: skip

    def wait(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            try:
                if requests.get(f"{self.url}/hub/health", timeout=5).ok:
                    return
            except requests.ConnectionError:
                assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.3)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def ask(self, method: str, path: str, **content: Any) -> requests.Response:
        """A request with all rights, to the Hub's API."""
        headers = {"Authorization": f"token {self.admin_token}"}
        return requests.request(
            method, f"{self.url}/hub/api{path}", json=content, headers=headers, timeout=60
        )

    def make_token(self, user: str, *scopes: str) -> str:
        answer = self.ask("POST", f"/users/{user}/tokens", scopes=list(scopes))
        assert answer.ok, answer.text
        return answer.json()["token"]

    def sign_in(self, user: str) -> tuple[requests.Session, requests.Response]:
        """Sign in to the server with the Hub, as a browser does."""
        browser = requests.Session()
        page = browser.get(f"{self.server}/jupyterhub/login", timeout=60)
        form = re.search(r'action="([^"]+)"', page.text)
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert form and xsrf, page.text[:2000]
        fields = {"username": user, "password": PASSWORD, "_xsrf": xsrf[1]}
        address = self.url + form[1].replace("&amp;", "&")
        return browser, browser.post(address, fields, timeout=60)
