"""One deployment, from an empty account to its end. The tests run in the order in which they are written."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from rehearsal.emulator import StrictEmulator, strict_emulator
from rehearsal.toolkit import Toolkit

ACCOUNT: Final = "000000000000"
"""The emulator's."""
REGION: Final = "us-east-1"
STACKS: Final = ("Messaging", "Storage", "Data", "Permissions", "Registry")
"""What the emulator takes; docs/deployment.md says what it does not take of the others."""


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A deployed stage."""

    emulator: StrictEmulator
    toolkit: Toolkit
    assembly: Path
    """The dev stage, as deployed first."""

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        """Outputs of the stacks."""
        return self.toolkit.outputs()


@pytest_asyncio.fixture(scope="session")
async def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rehearsal]:
    """An account with the stacks in it; this process's AWS settings lead to it meanwhile."""
    async with strict_emulator() as emulator:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in emulator.environment().items():
                patch.setenv(name, value)
            toolkit = Toolkit(environment=emulator.environment(), directory=tmp_path_factory.mktemp("cdk"))
            assembly = toolkit.synth("first", stage="dev")
            toolkit.bootstrap(assembly, ACCOUNT, REGION)
            toolkit.deploy(assembly, STACKS)
            yield Rehearsal(emulator=emulator, toolkit=toolkit, assembly=assembly)
