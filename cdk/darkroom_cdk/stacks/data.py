"""Tables."""

from constructs import Construct

from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.table import OnDemandTable
from darkroom_cdk.stacks.stage_stack import StageStack


class DataStack(StageStack):
    """What is remembered: jobs, and the accounts that own them."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: tables")
        replicas = (config.replica_region,) if config.replica_region else ()
        topology = config.topology
        self.jobs = OnDemandTable(
            self, "Jobs", spec=topology.jobs, keep=config.keep_data, replica_regions=replicas
        ).table
        self.accounts = OnDemandTable(
            self, "Accounts", spec=topology.accounts, keep=config.keep_data, replica_regions=replicas
        ).table
