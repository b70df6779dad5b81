"""The CDK command line, called as an operator calls it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
_CDK: Final = PROJECT / "node_modules" / ".bin" / "cdk"
_PIPELINE: Final = PROJECT.parent / ".github" / "stacks"
_SECONDS: Final = 300
_AT_A_TIME: Final = ("--concurrency", "4")


class CdkFailed(Exception):
    """The command failed. The text is its output."""


@dataclass(frozen=True, kw_only=True)
class Toolkit:
    """Runs `cdk` with an environment for one account."""

    environment: Mapping[str, str]
    directory: Path
    """Directory for assemblies and outputs."""

    def synth(self, name: str, **context: str) -> Path:
        """Synthesize the app with this context. Return the path of the assembly."""
        assembly = self.directory / name
        values = [part for key, value in context.items() for part in ("-c", f"{key}={value}")]
        self._run("synth", "--quiet", "--output", str(assembly), *values)
        return assembly

    def bootstrap(self, assembly: Path, account: str, *regions: str) -> None:
        """Create what CDK needs in each region of an account: a bucket, a registry and roles."""
        self._run("bootstrap", *(f"aws://{account}/{region}" for region in regions), "--app", str(assembly))

    def deploy(self, assembly: Path, *stacks: str) -> str:
        """Deploy these stacks, or all if none is named. Return the command's output."""
        return self._run(
            "deploy", *(stacks or ("--all",)), "--app", str(assembly), "--require-approval", "never", *_AT_A_TIME
        )

    def destroy(self, assembly: Path, *stacks: str) -> str:
        """Delete these stacks, or all if none is named, and the stacks that depend on them."""
        return self._run("destroy", *(stacks or ("--all",)), "--app", str(assembly), "--force", *_AT_A_TIME)

    def pipeline(self, *arguments: str, **variables: str) -> str:
        """Run the pipelines' script `.github/stacks`, which synthesizes the app again."""
        return self._execute([str(_PIPELINE), *arguments, "--output", str(self.directory / "pipeline")], variables)

    def _run(self, *arguments: str) -> str:
        return self._execute([str(_CDK), *arguments], {})

    def _execute(self, command: Sequence[str], variables: Mapping[str, str]) -> str:
        # So that `python app.py` in cdk.json is this Python.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        ended = subprocess.run(
            command,
            cwd=PROJECT,
            env={
                "PATH": path,
                "HOME": str(self.directory),
                "CI": "true",
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
                # jsii's cache of unpacked libraries, which is otherwise in the home directory.
                "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache/aws/jsii/package-cache"),
                # `make synth` checks with cdk-nag's rules.
                "CDK_VALIDATION": "false",
                **self.environment,
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise CdkFailed(f"{' '.join(command)}\n{ended.stdout}")
        return ended.stdout
