import socket
import time
from importlib import import_module

import pytest

network = import_module("course_lib.data.network")


@pytest.fixture
def silent_server():
    """A server that takes connections and never answers, like a firewall that swallows packets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_server_that_never_answers_is_given_up(silent_server):
    began = time.monotonic()
    reason = network.unreachable(f"http://{silent_server}/mnist.npz", patience=0.5)
    assert "does not answer" in reason and silent_server in reason
    assert time.monotonic() - began < 30


def test_a_no_is_remembered(silent_server):
    url = f"http://{silent_server}/mnist.npz"
    first = network.unreachable(url, patience=0.5)
    # Would wait an hour if it asked again.
    assert network.unreachable(url, patience=3600) == first


def test_a_refusal_names_the_host_and_the_reason():
    assert network.unreachable("http://127.0.0.1:9/x") == (
        "127.0.0.1:9 does not answer (Connection refused)"
    )


def test_a_page_that_is_not_there_is_no_network_problem(files_on_a_server):
    url, folder = files_on_a_server
    (folder / "here").write_bytes(b"data")
    assert network.unreachable(f"{url}/here") is None
    assert "answers 404" in network.unreachable(f"{url}/not_here")


def test_a_firewall_does_not_hold_up_a_student(in_new_process, silent_server):
    done = in_new_process(
        'from course_lib.data import load; print(len(load("mnist")[0][0]))',
        https_proxy=f"http://{silent_server}",
        HTTPS_PROXY=f"http://{silent_server}",
    )
    assert done.returncode == 0, done.stderr
    assert "mnist is a STAND-IN" in done.stdout and "does not answer" in done.stdout
    assert done.stdout.endswith("\n5000\n") and not done.stderr
