"""The CDK app: `cdk deploy -c stage=dev --all`, with any value of `StageConfig` as further context."""

from aws_cdk import App

from darkroom_cdk.config import from_context
from darkroom_cdk.stage import build

app = App()
build(app, from_context(app.node.get_all_context()))
app.synth()
