"""The CDK command line, as an operator runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
_CDK: Final = PROJECT / "node_modules" / ".bin" / "cdk"
_SECONDS: Final = 300


class CdkFailed(Exception):
    """The command ended with a fault; its output says why."""


@dataclass(frozen=True, kw_only=True)
class Toolkit:
    """Runs `cdk` with an environment that leads to one account."""

    environment: Mapping[str, str]
    directory: Path
    """Where assemblies and outputs go."""

    def synth(self, name: str, **context: str) -> Path:
        """Synthesize the app with this context into an assembly."""
        assembly = self.directory / name
        values = [part for key, value in context.items() for part in ("-c", f"{key}={value}")]
        self._run("synth", "--quiet", "--output", str(assembly), *values)
        return assembly

    def bootstrap(self, assembly: Path, account: str, region: str) -> None:
        """What CDK needs in an account: a bucket, a registry and roles."""
        self._run("bootstrap", f"aws://{account}/{region}", "--app", str(assembly))

    def deploy(self, assembly: Path, stacks: Sequence[str]) -> str:
        """Deploy these stacks and return what the command said."""
        outputs = self.directory / "outputs.json"
        return self._run(
            "deploy", *stacks, "--app", str(assembly), "--require-approval", "never", "--outputs-file", str(outputs)
        )

    def outputs(self) -> dict[str, dict[str, str]]:
        """Outputs of the stacks as last deployed, by the names of the stacks."""
        read: dict[str, dict[str, str]] = json.loads((self.directory / "outputs.json").read_text())
        return read

    def destroy(self, assembly: Path, stacks: Sequence[str]) -> str:
        """Delete these stacks."""
        return self._run("destroy", *stacks, "--app", str(assembly), "--force")

    def _run(self, *arguments: str) -> str:
        # `python app.py` in cdk.json is to be this Python.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        ended = subprocess.run(
            [str(_CDK), *arguments],
            cwd=PROJECT,
            env={
                "PATH": path,
                "HOME": str(self.directory),
                "CI": "true",
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
                **self.environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise CdkFailed(f"cdk {' '.join(arguments)}\n{ended.stdout}")
        return ended.stdout
