import socket
import time

import pytest

from course_lib.data.sources.explain_unreachable import explain_unreachable


@pytest.fixture
def silent_server():
    """Start a server that accepts connections and never answers, like a firewall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_server_that_never_answers_is_abandoned(silent_server):
    began = time.monotonic()
    reason = explain_unreachable(f"http://{silent_server}/mnist.npz", patience=0.5)
    assert "does not answer" in reason and silent_server in reason
    assert time.monotonic() - began < 30


def test_failure_is_remembered(silent_server):
    url = f"http://{silent_server}/mnist.npz"
    first = explain_unreachable(url, patience=0.5)
    # A second request would wait an hour.
    assert explain_unreachable(url, patience=3600) == first


def test_reason_names_the_host():
    assert explain_unreachable("http://127.0.0.1:9/x") == (
        "127.0.0.1:9 does not answer (Connection refused)"
    )


def test_missing_page_is_reported_with_its_status(files_on_a_server):
    url, folder = files_on_a_server
    (folder / "here").write_bytes(b"data")
    assert explain_unreachable(f"{url}/here") is None
    assert "answers 404" in explain_unreachable(f"{url}/not_here")


def test_load_does_not_wait_for_a_firewall(in_new_process, silent_server):
    done = in_new_process(
        'from course_lib.data import load; print(len(load("mnist")[0][0]))',
        https_proxy=f"http://{silent_server}",
        HTTPS_PROXY=f"http://{silent_server}",
    )
    assert done.returncode == 0, done.stderr
    assert "mnist is a STAND-IN" in done.stdout and "does not answer" in done.stdout
    assert done.stdout.endswith("\n5000\n") and not done.stderr
