"""The orchestrator as a process."""

import asyncio
import sys

from darkroom.clock import now
from darkroom.recipes import Presets, load_presets
from darkroom.runtime.aws import Aws
from darkroom.runtime.logs import configure_logging
from darkroom.runtime.server import serve
from darkroom.runtime.settings import load_settings
from darkroom_orchestrator.composition import Composition, open_clients
from darkroom_orchestrator.settings import Settings


def main() -> None:
    """Run until SIGTERM or SIGINT. Exits with status 2 if the settings or the presets file are invalid."""
    settings = load_settings(Settings)
    configure_logging("orchestrator", level=settings.log_level, log_format=settings.log_format)
    try:
        presets = load_presets(settings.presets_file)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The presets file cannot be used: {error}\n")
        sys.exit(2)
    with settings.exported_traces("orchestrator"):
        asyncio.run(run(settings, presets))


async def run(settings: Settings, presets: Presets) -> None:
    """Open the clients, serve until stopped, and close the clients."""
    stop = asyncio.Event()
    async with open_clients(Aws(), with_cdn=settings.results_distribution_id is not None) as clients:
        orchestrator = Composition(settings, clients, presets, now=now)
        await serve(
            orchestrator.app(stop), orchestrator.background(), stop=stop, host=settings.host, port=settings.port
        )
