"""Writes the assemblies that the tests look at: `python -m tests.cdk.synthesize <directory>`.

A program of its own, since it takes a CDK kernel and ten seconds; the tests then only read JSON.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stage import build
from darkroom_cdk.stages import from_context
from tests.cdk.installations import CONTEXTS

CDK_JSON: Final = Path(__file__).parents[2] / "cdk" / "cdk.json"


def main(directory: Path) -> None:
    """Synthesize each installation, a key that is written otherwise, and a stack that cdk-nag must find fault with."""
    flags = json.loads(CDK_JSON.read_text())["context"]
    for name, context in CONTEXTS.items():
        app = _app(directory / name, flags)
        build(app, from_context(context))
        app.synth()
    _synthesize_trimmed_key(directory / "trimmed", flags)
    app = _app(directory / "faulty", flags)
    s3.Bucket(Stack(app, "Faulty"), "Bucket")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with suppress(RuntimeError):  # Synthesis fails when there is fault to find; it has written its report by then.
        app.synth()


def _synthesize_trimmed_key(directory: Path, flags: dict[str, Any]) -> None:
    """The delivery of `prod`, whose key comes as `$(cat key.pem)` gives it."""
    app = _app(directory, flags)
    config = from_context(CONTEXTS["prod"])
    trimmed = (config.results_public_key or "").rstrip()
    DeliveryStack(app, "Delivery", config=config.model_copy(update={"results_public_key": trimmed}))
    app.synth()


def _app(directory: Path, flags: dict[str, Any]) -> App:
    return App(outdir=str(directory), context=flags, analytics_reporting=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
