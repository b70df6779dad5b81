"""The CDK app: `cdk deploy -c stage=dev --all`, with any value of `StageConfig` as further context."""

from aws_cdk import App

from darkroom_cdk.stack_composition import build
from darkroom_cdk.stage_settings import from_context

app = App()
build(app, from_context(app.node.get_all_context()))
app.synth()
