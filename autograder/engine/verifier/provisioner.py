"""Connects Jupyter's kernel manager to kernels that a warm parent forks."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any

import zmq
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo, channel_socket_types
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerBase
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from autograder.engine.wire.channels import CHANNELS

_NAME = "autograder-fork"
_MIB = 1 << 20


@dataclass(frozen=True)
class ForkedKernel:
    """A running kernel: where its sockets are, and descriptors of its process and its agent."""

    prefix: str
    key: str
    pidfd: int
    agent_fd: int


class ForkProvisioner(KernelProvisionerBase):
    """A `KernelProvisioner` whose kernels are forks; its manager's `take_kernel` returns one."""

    forked: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        return self.forked is not None

    async def poll(self) -> int | None:
        if self.forked is None:
            return 0
        return 0 if select.select([self.forked.pidfd], [], [], 0)[0] else None

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(0.02)
        return 0

    async def send_signal(self, signum: int) -> None:
        if self.forked is not None and await self.poll() is None:
            try:
                signal.pidfd_send_signal(self.forked.pidfd, signum)
            except (ProcessLookupError, PermissionError):
                return

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        self.forked = self.parent.take_kernel()  # type: ignore[union-attr]
        about: Any = {
            "transport": "ipc",
            "ip": self.forked.prefix,
            "key": self.forked.key.encode(),
            "signature_scheme": "hmac-sha256",
            **{f"{name}_port": number for number, name in enumerate(CHANNELS, start=1)},
        }
        self.connection_info = about
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if self.forked is not None:
            os.close(self.forked.pidfd)
            self.forked = None


class _BoundedSockets:
    """Sockets that accept messages up to `largest_mb`, and never reconnect.

    A kernel may try to fill its client's memory, or to make it connect to other sockets.
    """

    largest_mb = 64.0
    context: Any
    _make_url: Callable[[str], str]

    def _create_connected_socket(
        self, channel: str, identity: bytes | None = None
    ) -> zmq.Socket[bytes]:
        sock: zmq.Socket[bytes] = self.context.socket(channel_socket_types[channel])
        sock.linger = 0
        sock.maxmsgsize = int(self.largest_mb * _MIB)
        sock.reconnect_ivl = -1
        if identity:
            sock.identity = identity
        sock.connect(self._make_url(channel))
        return sock


class BoundedClient(_BoundedSockets, AsyncKernelClient):
    """A kernel client that a kernel cannot flood."""


class ForkedKernelManager(_BoundedSockets, AsyncKernelManager):
    """A kernel manager for forked kernels.

    Args:
        take_kernel: called for each start; returns a running kernel.
    """

    client_factory = BoundedClient

    def __init__(self, take_kernel: Callable[[], ForkedKernel], **options: Any) -> None:
        super().__init__(**options)
        self.take_kernel = take_kernel
        self._kernel_spec = KernelSpec(
            argv=[],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": _NAME}},
        )
        KernelProvisionerFactory.instance().provisioners[_NAME] = EntryPoint(
            _NAME, f"{__name__}:{ForkProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
        )

    def write_connection_file(self, **kwargs: Any) -> None:
        """No file is needed: the sockets were made before the kernel."""
