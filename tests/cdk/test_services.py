"""Tests of tasks and scaling."""

import json

import pytest
from pydantic_settings import BaseSettings

from darkroom_orchestrator.settings import Settings as OrchestratorSettings
from darkroom_processor.settings import Settings as ProcessorSettings
from darkroom_upload.settings import UploadSettings
from tests.cdk.assembly import Assembly, Json, Template, text

_DATA_KEYS = "<DataKeys>"

SETTINGS: dict[str, type[BaseSettings]] = {
    "upload": UploadSettings,
    "orchestrator": OrchestratorSettings,
    "processor": ProcessorSettings,
}


@pytest.fixture
def services(prod: Assembly) -> Template:
    return prod["Services"]


def container(template: Template, service: str) -> Json:
    found: Json
    (found,) = [
        each
        for definition in template.properties("AWS::ECS::TaskDefinition")
        for each in definition["ContainerDefinitions"]
        if each["Name"] == service
    ]
    return found


@pytest.mark.parametrize("service", list(SETTINGS))
def test_a_task_sets_exactly_the_variables_that_its_service_knows(service: str, services: Template) -> None:
    told = {each["Name"] for each in container(services, service)["Environment"]}
    fields = SETTINGS[service].model_fields
    required = {f"DARKROOM_{name.upper()}" for name, field in fields.items() if field.is_required()}
    known = {f"DARKROOM_{name.upper()}" for name in fields}
    secret = {each["Name"] for each in container(services, service).get("Secrets", [])}
    assert required <= told <= known - secret
    assert secret <= known


@pytest.mark.parametrize("service", list(SETTINGS))
def test_a_container_is_hardened(service: str, services: Template) -> None:
    found = container(services, service)
    assert found["ReadonlyRootFilesystem"] is True
    assert found["LinuxParameters"] == {"Capabilities": {"Drop": ["ALL"]}, "InitProcessEnabled": True}
    assert {each["ContainerPath"] for each in found["MountPoints"]} == {"/var/lib/amazon", "/var/log/amazon"}
    assert "Privileged" not in found
    assert ("Secrets" in found) == (service != "processor")


def test_tasks_have_time_to_drain(services: Template) -> None:
    stops = {service: container(services, service)["StopTimeout"] for service in SETTINGS}
    assert stops == {"upload": 60, "orchestrator": 60, "processor": 120}
    told = {each["Name"]: each["Value"] for each in container(services, "processor")["Environment"]}
    assert int(told["DARKROOM_DRAIN_SECONDS"]) < stops["processor"]


def test_logs_are_kept_two_weeks(stage: Assembly) -> None:
    for template in stage.stacks.values():
        for group in template.properties("AWS::Logs::LogGroup"):
            assert group["RetentionInDays"] == 14


def test_every_service_rolls_back_automatically_and_allows_ecs_exec(services: Template) -> None:
    for service in services.properties("AWS::ECS::Service"):
        assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
        assert service["EnableExecuteCommand"] is True
        assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


def test_a_deployment_leaves_the_number_of_tasks_to_scaling(services: Template) -> None:
    for service in services.properties("AWS::ECS::Service"):
        assert "DesiredCount" not in service, "CloudFormation would set it back to this at each deployment"
    bounds = {each["MinCapacity"] for each in services.properties("AWS::ApplicationAutoScaling::ScalableTarget")}
    assert bounds == {2}


def test_services_wait_for_the_role_that_pulls_their_image_and_for_spot(services: Template) -> None:
    policies = {
        role: key
        for key, each in services.all("AWS::IAM::Policy").items()
        for role in [text(each["Properties"]["Roles"][0])]
    }
    for service in services.all("AWS::ECS::Service").values():
        name = service["Properties"]["ServiceName"].title()
        assert policies[f"<{name}TaskDefinitionExecutionRole>"] in service["DependsOn"]
    (cluster,) = services.properties("AWS::ECS::Cluster")
    assert cluster["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert cluster["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enhanced"}]


def test_tasks_run_on_the_configured_architecture(services: Template, abroad: Assembly) -> None:
    for template, architecture in ((services, "X86_64"), (abroad["Services"], "ARM64")):
        for each in template.properties("AWS::ECS::TaskDefinition"):
            assert each["RuntimePlatform"]["CpuArchitecture"] == architecture


def test_processors_run_mostly_on_spot(services: Template) -> None:
    processor = services.named("AWS::ECS::Service", "ServiceName", "processor")
    assert processor["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 20},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 80},
    ]


def test_processors_scale_on_messages_for_each_task(services: Template) -> None:
    (policy,) = [
        each
        for each in services.properties("AWS::ApplicationAutoScaling::ScalingPolicy")
        if each["PolicyName"] == "backlog-per-task"
    ]
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    # 60 s of acceptable wait × two children ÷ half a second for each message.
    assert tracking["TargetValue"] == 240
    metrics = {each["Id"]: each for each in tracking["CustomizedMetricSpecification"]["Metrics"]}
    assert metrics["backlog"]["Expression"] == "visible / IF(FILL(running, 0) > 0, running, 1)"
    assert [key for key, each in metrics.items() if each["ReturnData"]] == ["backlog"]
    visible = metrics["visible"]["MetricStat"]["Metric"]
    assert visible["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert [text(each["Value"]) for each in visible["Dimensions"]] == ["<TasksQueue.QueueName>"]
    assert metrics["running"]["MetricStat"]["Metric"]["MetricName"] == "RunningTaskCount"


def test_the_services_stack_creates_only_execution_roles(services: Template) -> None:
    roles = {text({"Ref": key}) for key in services.all("AWS::IAM::Role")}
    assert roles == {f"<{service.title()}TaskDefinitionExecutionRole>" for service in SETTINGS}


def test_every_service_scales_on_cpu_and_uploads_on_requests(services: Template) -> None:
    kinds = [
        each["TargetTrackingScalingPolicyConfiguration"]
        .get("PredefinedMetricSpecification", {})
        .get("PredefinedMetricType")
        for each in services.properties("AWS::ApplicationAutoScaling::ScalingPolicy")
    ]
    assert sorted(filter(None, kinds)) == [
        "ALBRequestCountPerTarget",
        *(["ECSServiceAverageCPUUtilization"] * len(SETTINGS)),
    ]


def test_digests_take_precedence_over_the_tag(services: Template) -> None:
    images = {service: json.dumps(container(services, service)["Image"]) for service in SETTINGS}
    assert f"@sha256:{'a' * 64}" in images["upload"]
    assert ":main" in images["processor"]


def test_repositories_scan_what_is_pushed_and_forget_old_images(prod: Assembly) -> None:
    repositories = prod["Registry"].properties("AWS::ECR::Repository")
    assert {each["RepositoryName"] for each in repositories} == {
        f"darkroom/{name}" for name in (*SETTINGS, "collector")
    }
    for each in repositories:
        assert each["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert each["ImageTagMutability"] == "IMMUTABLE"
        assert len(json.loads(each["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]) == 2


def secrets_of(template: Template, service: str) -> dict[str, str]:
    return {each["Name"]: text(each["ValueFrom"]) for each in container(template, service).get("Secrets", [])}


def readers(template: Template) -> set[tuple[str, str]]:
    """Return pairs of a role and a secret that it may read."""
    return {
        (text(policy["Roles"][0]), text(secret))
        for policy in template.properties("AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        if "secretsmanager:GetSecretValue" in each["Action"]
        for secret in (each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]])
    }


def test_only_ecs_reads_the_keys_that_secrets_in_tables_are_encrypted_with(prod: Assembly) -> None:
    assert {role for role, secret in readers(prod["Services"]) if secret == _DATA_KEYS} == {
        "<UploadTaskDefinitionExecutionRole>",
        "<OrchestratorTaskDefinitionExecutionRole>",
    }
    for name, template in prod.stacks.items():
        assert name == "Services" or not readers(template), name
    assert prod["Data"].named("AWS::SecretsManager::Secret", "Name", "darkroom/data-keys")["ReplicaRegions"] == [
        {"Region": "us-west-2"}
    ]


def test_a_recovering_installation_uses_the_data_keys_of_the_lost_one(abroad: Assembly) -> None:
    for service in ("upload", "orchestrator"):
        keys = secrets_of(abroad["Services"], service)["DARKROOM_DATA_KEYS"]
        assert keys.endswith(":secret:darkroom-dev/data-keys")


def test_links_are_signed_with_a_secret_that_no_template_holds(services: Template, dev: Assembly) -> None:
    secrets = secrets_of(services, "upload")
    arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:darkroom/results-key-a1B2c3"
    assert secrets == {
        "DARKROOM_DATA_KEYS": _DATA_KEYS,
        "DARKROOM_RESULTS_KEY_PAIR_ID": f"{arn}:key_pair_id::",
        "DARKROOM_RESULTS_PRIVATE_KEY": f"{arn}:private_key::",
    }
    assert readers(services) == {
        ("<UploadTaskDefinitionExecutionRole>", arn),
        ("<UploadTaskDefinitionExecutionRole>", _DATA_KEYS),
        ("<OrchestratorTaskDefinitionExecutionRole>", _DATA_KEYS),
    }
    told = {each["Name"]: each["Value"] for each in container(services, "upload")["Environment"]}
    assert told["DARKROOM_RESULTS_CDN_URL"] == "https://results.pictures.example.org"
    bare = container(dev["Services"], "upload")
    assert set(secrets_of(dev["Services"], "upload")) == {"DARKROOM_DATA_KEYS"}
    assert "DARKROOM_RESULTS_CDN_URL" not in {each["Name"] for each in bare["Environment"]}


@pytest.mark.parametrize("service", list(SETTINGS))
def test_each_service_has_a_collector_if_traces_are_sampled(service: str, services: Template, dev: Assembly) -> None:
    (definition,) = [
        each
        for each in services.properties("AWS::ECS::TaskDefinition")
        if service in {one["Name"] for one in each["ContainerDefinitions"]}
    ]
    (collector,) = [each for each in definition["ContainerDefinitions"] if each["Name"] == "collector"]
    assert collector["Essential"] is False, "a service outlives its collector"
    assert collector["ReadonlyRootFilesystem"] is True
    assert "OutputRefCollector" in json.dumps(collector["Image"]), "from the account's own registry"
    assert container(services, service)["DependsOn"] == [{"Condition": "START", "ContainerName": "collector"}]
    (configuration,) = [json.loads(each["Value"]) for each in collector["Environment"]]
    listens = configuration["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    told = {each["Name"]: each["Value"] for each in container(services, service)["Environment"]}
    assert told["DARKROOM_TRACES_URL"] == f"http://{listens}"
    assert told["DARKROOM_TRACES_SAMPLED"] == "0.05"
    for each in dev["Services"].properties("AWS::ECS::TaskDefinition"):
        assert len(each["ContainerDefinitions"]) == 1, "no collector where no traces are kept"
