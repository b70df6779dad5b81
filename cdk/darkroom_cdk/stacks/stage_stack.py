"""The base class of all stacks."""

from aws_cdk import DefaultStackSynthesizer, Environment, Stack, Tags
from constructs import Construct

from darkroom_cdk.config import US_EAST_1, StageConfig


class StageStack(Stack):
    """A stack of one stage, named after the stage's prefix and tagged with it.

    The region is fixed and the account is not. So templates are the same on every machine, and synthesis calls no AWS
    API.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        description: str,
        region: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=f"{config.prefix}-{construct_id.lower()}",
            description=description,
            env=Environment(region=region or config.region),
            termination_protection=config.keep_data,
            # The edge stack is in us-east-1. References to other regions then go through SSM parameters.
            cross_region_references=config.region != US_EAST_1,
            synthesizer=DefaultStackSynthesizer(use_lookup_role_for_stack_operations=not config.reads_as_caller),
        )
        Tags.of(self).add("darkroom:stage", config.stage)
