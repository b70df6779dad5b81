"""Tables."""

from typing import Protocol

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.table import OnDemandTable
from darkroom_cdk.stacks.stage_stack import StageStack


class Tables(Protocol):
    """The tables, wherever they come from."""

    @property
    def jobs(self) -> dynamodb.ITableV2:
        """Jobs."""

    @property
    def accounts(self) -> dynamodb.ITableV2:
        """API keys, users, counters."""


class TakenOverTables(Construct):
    """Tables that another installation has replicated to this region."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        topology = config.topology
        self.jobs = dynamodb.TableV2.from_table_name(self, "Jobs", topology.jobs.name)
        self.accounts = dynamodb.TableV2.from_table_name(self, "Accounts", topology.accounts.name)


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
