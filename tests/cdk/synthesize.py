"""Writes the assemblies that the tests read: `python -m tests.cdk.synthesize <directory>`.

It is a separate program because it starts a jsii kernel and takes ten seconds. The tests then only read JSON.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Stack, Validations
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from darkroom_cdk.stack_composition import build
from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stage_settings import from_context
from tests.cdk.installations import CONTEXTS

CDK_JSON: Final = Path(__file__).parents[2] / "cdk" / "cdk.json"


def main(directory: Path) -> None:
    """Synthesize each installation, a variant with a differently written key, and a stack with a fault for cdk-nag."""
    flags = json.loads(CDK_JSON.read_text())["context"]
    for name, context in CONTEXTS.items():
        app = _app(directory / name, flags)
        build(app, from_context(context))
        app.synth()
    _synthesize_trimmed_key(directory / "trimmed", flags)
    app = _app(directory / "faulty", flags)
    s3.Bucket(Stack(app, "Faulty"), "Bucket")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with suppress(RuntimeError):  # Synthesis fails on a finding, after it has written its report.
        app.synth()


def _synthesize_trimmed_key(directory: Path, flags: dict[str, Any]) -> None:
    """Synthesize the delivery stack of `prod` with its key as `$(cat key.pem)` passes it: without final newline."""
    app = _app(directory, flags)
    config = from_context(CONTEXTS["prod"])
    trimmed = (config.results_public_key or "").rstrip()
    balancer = elb.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        Stack(app, "Balancer"),
        "Balancer",
        load_balancer_arn="arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/darkroom/1",
        security_group_id="sg-1",
    )
    trimmed_config = config.model_copy(update={"results_public_key": trimmed})
    DeliveryStack(app, "Delivery", config=trimmed_config, balancer=balancer)
    app.synth()


def _app(directory: Path, flags: dict[str, Any]) -> App:
    return App(outdir=str(directory), context=flags, analytics_reporting=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
