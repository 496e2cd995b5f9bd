"""An IPython kernel on inherited sockets."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import Any

import zmq
from ipykernel import ipkernel
from ipykernel.heartbeat import Heartbeat
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop
from traitlets.config import Config

from autograder.engine.student.agent import Agent
from autograder.engine.wire.channels import CHANNELS
from autograder.engine.wire.seed_libraries import seed_libraries


class _InheritedHeartbeat(Heartbeat):
    """The kernel's echo, on an inherited listening socket."""

    def __init__(
        self, context: zmq.Context[Any], address: tuple[str, str, int], listener: int
    ) -> None:
        super().__init__(context, address)
        self._listener = listener

    def _try_bind_socket(self) -> None:
        self.socket.setsockopt(zmq.USE_FD, self._listener)
        super()._try_bind_socket()


class _SysWithoutModules:
    modules: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class InheritedKernelApp(IPKernelApp):
    """IPython's kernel without a connection file: it inherits its listening sockets.

    So it needs no access to the grader's file system.
    """

    listeners: dict[str, int] = {}

    def _try_bind_socket(self, s: Any, port: int) -> int:
        channel = CHANNELS[port - 1]
        s.setsockopt(zmq.USE_FD, self.listeners[channel])
        s.bind(f"ipc://{self.ip}-{port}")
        return port

    def parse_command_line(self, argv: Any = None) -> None:
        """There is none; to make a parser for all options takes a fifth of a kernel's start."""

    def init_kernel(self) -> None:
        # For its debugger, absent here, it asks all 5,000 modules for their files. Touching them
        # copies them from the parent: a third of a kernel's start, and 16 MB.
        ipkernel.sys = _SysWithoutModules()  # type: ignore[assignment]
        try:
            super().init_kernel()
        finally:
            setattr(ipkernel, "sys", sys)  # noqa: B010

    def init_heartbeat(self) -> None:
        address = (self.transport, self.ip, self.hb_port)
        self.heartbeat = _InheritedHeartbeat(zmq.Context(), address, self.listeners["hb"])
        self.heartbeat.start()

    def init_connection_file(self) -> None:
        """No file is needed."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """No file is needed."""

    def init_crash_handler(self) -> None:
        """The grader sees a crash from outside."""


def run_kernel(listeners: dict[str, int], agent_fd: int, key: str, seed: int) -> None:
    """Run a kernel and its agent until the kernel is told to shut down.

    Args:
        listeners: for each of the kernel's channels, the descriptor of a listening unix socket.
        agent_fd: the descriptor of the socket to the trusted side.
        key: what messages are signed with.
        seed: what random numbers start from.
    """
    config = Config()
    # A database of inputs would be one more file, and slower.
    config.HistoryManager.enabled = False
    config.IPKernelApp.log_level = 50
    app = InheritedKernelApp.instance(config=config)
    app.listeners = listeners
    app.transport, app.ip = "ipc", "kernel"
    for number, channel in enumerate(CHANNELS, start=1):
        setattr(app, f"{channel}_port", number)
    app.session.key = key.encode()
    app.initialize([])
    with contextlib.suppress(ImportError):  # another environment may lack matplotlib
        from matplotlib_inline.backend_inline import configure_inline_support

        # It was imported before the shell existed, and could not set up its figures.
        configure_inline_support(app.shell, "module://matplotlib_inline.backend_inline")
    connection = socket.socket(fileno=agent_fd)
    agent = Agent(connection, app.shell.user_ns)  # type: ignore[union-attr]
    loop = IOLoop.current()
    # Last, so that whatever starts the kernel cannot change what the first cell draws.
    seed_libraries(seed)

    def answer_question(*_: Any) -> None:
        if not agent.serve_one():
            loop.remove_handler(connection)

    loop.add_handler(connection, answer_question, IOLoop.READ)
    app.start()
