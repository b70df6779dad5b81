"""An installation that a benchmark has to itself, on an emulator of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from darkroom.topology import Topology
from darkroom_local.bootstrap import PREFIX, bootstrap
from darkroom_local.clients import Clients, open_clients
from darkroom_local.emulator import running_emulator
from darkroom_local.installation import Installation
from darkroom_local.log import Log


@asynccontextmanager
async def new_installation() -> AsyncIterator[tuple[Clients, Installation]]:
    """Create empty resources, and clients for them, for the length of a `with` block."""
    async with running_emulator(sink=Log().append) as emulator, open_clients(emulator.endpoint_url) as clients:
        yield clients, await bootstrap(clients, Topology.named(PREFIX), endpoint_url=emulator.endpoint_url)
