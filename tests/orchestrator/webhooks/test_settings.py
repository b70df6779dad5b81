"""Tests the orchestrator's settings of webhooks."""

import pytest
from pydantic import ValidationError

from darkroom.runtime.settings import load_settings
from darkroom_local.installation import Installation
from darkroom_orchestrator.settings import LONGEST_WEBHOOK_RETRY_SECONDS, WEBHOOK_RETRY_SECONDS, Settings


@pytest.fixture(autouse=True)
def environment(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in installation.environment().items():
        monkeypatch.setenv(name, value)


def test_developer_receives_webhooks_on_the_same_machine() -> None:
    assert Settings().webhook_allow_private
    assert Settings().webhook_retry_seconds == WEBHOOK_RETRY_SECONDS


@pytest.mark.parametrize("value", ["production", None])
def test_service_allows_private_addresses_only_in_development(
    value: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DARKROOM_ENVIRONMENT")
    monkeypatch.setenv("DARKROOM_DATA_KEYS", "k" * 32)
    if value:
        monkeypatch.setenv("DARKROOM_ENVIRONMENT", value)
    with pytest.raises(SystemExit) as exited:
        load_settings(Settings)
    assert exited.value.code == 2
    fault = capsys.readouterr().err
    assert "DARKROOM_WEBHOOK_ALLOW_PRIVATE" in fault
    assert "in development only" in fault

    monkeypatch.setenv("DARKROOM_WEBHOOK_ALLOW_PRIVATE", "false")
    assert not load_settings(Settings).webhook_allow_private


def test_pauses_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARKROOM_WEBHOOK_RETRY_SECONDS", "[1, 60]")
    assert Settings().webhook_retry_seconds == (1, 60)


@pytest.mark.parametrize("pauses", ["[]", "[-1]", f"[{LONGEST_WEBHOOK_RETRY_SECONDS + 1}]"])
def test_pauses_longer_than_sqs_allows_are_refused(pauses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARKROOM_WEBHOOK_RETRY_SECONDS", pauses)
    with pytest.raises(ValidationError):
        Settings()
