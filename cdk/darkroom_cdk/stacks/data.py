"""The DynamoDB tables."""

from typing import Protocol

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.table import OnDemandTable
from darkroom_cdk.stacks.stage_stack import StageStack


class Tables(Protocol):
    """The tables of an installation, new or taken over."""

    @property
    def jobs(self) -> dynamodb.ITableV2:
        """The jobs table."""

    @property
    def accounts(self) -> dynamodb.ITableV2:
        """The accounts table: API keys, users, counters."""

    @property
    def keys(self) -> secretsmanager.ISecret:
        """The secret that encrypts secrets in the tables. No role that reads the tables may read this secret."""


class TakenOverTables(Construct):
    """Tables that another installation has replicated to this region."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id)
        topology = config.topology
        self.jobs = dynamodb.TableV2.from_table_name(self, "Jobs", topology.jobs.name)
        self.accounts = dynamodb.TableV2.from_table_name(self, "Accounts", topology.accounts.name)
        self.keys = secretsmanager.Secret.from_secret_name_v2(self, "DataKeys", config.data_keys_name)


class DataStack(StageStack):
    """The tables of jobs and accounts, and the secret that encrypts secrets in them."""

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
        self.keys = self._data_keys(config)

    def _data_keys(self, config: StageConfig) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "DataKeys",
            secret_name=config.data_keys_name,
            description="Encrypts secrets in the tables",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=48),
            removal_policy=RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY,
            # The copies of the tables must be readable in their region after this region is lost.
            replica_regions=[secretsmanager.ReplicaRegion(region=config.replica_region)]
            if config.replica_region
            else [],
        )
        accept(
            secret,
            "Secrets must be encrypted again while both keys are known; docs/operations.md has the steps.",
            "AwsSolutions-SMG4",
        )
        return secret
