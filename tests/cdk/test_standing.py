"""Tests of the fixed costs, which are counted in the templates."""

import pytest

from bench.prices import ENDPOINT_HOUR, FARGATE, HOURS_A_MONTH, NAT_HOUR, SPOT
from bench.standing import main, monthly
from darkroom_cdk.config import Architecture
from tests.cdk.assembly import Assembly


def test_dev_pays_for_endpoints_and_prod_for_gateways_too(dev: Assembly, prod: Assembly) -> None:
    assert monthly(dev.directory)["NAT gateways"] == 0
    assert monthly(dev.directory)["interface endpoints"] == pytest.approx(7 * 2 * ENDPOINT_HOUR * HOURS_A_MONTH)
    assert monthly(prod.directory)["NAT gateways"] == pytest.approx(3 * NAT_HOUR * HOURS_A_MONTH)


@pytest.mark.parametrize("architecture", list(Architecture))
def test_the_only_processor_of_dev_runs_on_spot(architecture: Architecture, dev: Assembly, abroad: Assembly) -> None:
    price = FARGATE[architecture]
    upload, orchestrator, processor = ((0.5, 1), (0.25, 0.5), (1, 2))
    hours = [cpu * price.vcpu + gib * price.gb for cpu, gib in (upload, orchestrator, processor)]
    expected = HOURS_A_MONTH * (hours[0] + hours[1] + SPOT * hours[2])
    assembly = {Architecture.X86_64: dev, Architecture.ARM64: abroad}[architecture]
    assert monthly(assembly.directory)["tasks"] == pytest.approx(expected)


def test_the_sum_is_printed(dev: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    main(dev.directory)
    assert f"| together | {sum(monthly(dev.directory).values()):,.0f} |" in capsys.readouterr().out
