"""Composes the stacks of a stage."""

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from darkroom_cdk.config import StageConfig
from darkroom_cdk.stacks.balancer import BalancerStack
from darkroom_cdk.stacks.data import DataStack, Tables, TakenOverTables
from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stacks.deployment import DeploymentStack
from darkroom_cdk.stacks.edge import EdgeStack
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.network import NetworkStack
from darkroom_cdk.stacks.observability import ObservabilityStack
from darkroom_cdk.stacks.permissions import PermissionsStack
from darkroom_cdk.stacks.registry import RegistryStack
from darkroom_cdk.stacks.services import ServicesStack
from darkroom_cdk.stacks.storage import ReplicaStack, StorageStack


def build(app: App, config: StageConfig) -> None:
    """Add the stacks of a stage to the app. Their ids are what `cdk deploy` takes."""
    network = NetworkStack(app, "Network", config=config)
    registry = RegistryStack(app, "Registry", config=config)
    messaging = MessagingStack(app, "Messaging", config=config)
    storage = StorageStack(app, "Storage", config=config, uploads=messaging.uploads.queue)
    data = _tables(app, config, messaging)
    permissions = PermissionsStack(app, "Permissions", config=config, messaging=messaging, data=data)
    balancer = BalancerStack(app, "Balancer", config=config, network=network, storage=storage)
    delivery = DeliveryStack(app, "Delivery", config=config, balancer=balancer.origin.balancer)
    # With a domain, the stack has no reference to the load balancer: it only looks up the secret by name. And it knows
    # the orchestrator's role by its name only.
    delivery.add_stack_dependency(balancer)
    delivery.add_stack_dependency(permissions)
    services = ServicesStack(
        app,
        "Services",
        config=config,
        network=network,
        balancer=balancer,
        registry=registry,
        storage=storage,
        messaging=messaging,
        data=data,
        permissions=permissions,
        delivery=delivery,
    )
    # With a domain, the services know the distribution of results by its name only.
    services.add_stack_dependency(delivery)
    edge = EdgeStack(app, "Edge", config=config, delivery=delivery, balancer=balancer.origin.balancer)
    edge.add_stack_dependency(balancer)
    ObservabilityStack(
        app,
        "Observability",
        config=config,
        storage=storage,
        messaging=messaging,
        balancer=balancer,
        services=services,
    )
    if config.github_repository:
        DeploymentStack(
            app,
            "Deployment",
            config=config,
            repository=config.github_repository,
            images=registry.repositories,
        )
    if config.replica_region:
        storage.add_stack_dependency(ReplicaStack(app, "Replica", config=config, region=config.replica_region))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def _tables(app: App, config: StageConfig, messaging: MessagingStack) -> Tables:
    """Return the tables: a stack of their own, or references to those of the installation to recover."""
    return (
        TakenOverTables(messaging, "Tables", config=config)
        if config.recovers
        else DataStack(app, "Data", config=config)
    )
