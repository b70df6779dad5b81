"""Settings from the environment."""

import pytest

from darkroom.runtime.settings import Environment, ServiceSettings, load_settings


class Settings(ServiceSettings):
    """Return the settings as a service has them."""

    port: int = 8000
    bucket: str
    queue_url: str
    period_seconds: float = 1


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DARKROOM_BUCKET": "originals", "DARKROOM_QUEUE_URL": "http://queue"}.items():
        monkeypatch.setenv(name, value)


def test_settings_have_safe_defaults() -> None:
    settings = load_settings(Settings)
    assert settings.environment is Environment.PRODUCTION
    assert (settings.host, settings.log_level, settings.log_format) == ("127.0.0.1", "INFO", "json")
    assert (settings.drain_seconds, settings.receive_wait_seconds) == (25, 20)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARKROOM_ENVIRONMENT", "development")
    monkeypatch.setenv("DARKROOM_PORT", "9000")
    monkeypatch.setenv("DARKROOM_UNKNOWN", "is not ours to judge")
    settings = load_settings(Settings)
    assert (settings.environment, settings.port, settings.bucket) == (Environment.DEVELOPMENT, 9000, "originals")


def test_all_faults_are_reported_together_with_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DARKROOM_BUCKET")
    monkeypatch.setenv("DARKROOM_PORT", "eighty")
    monkeypatch.setenv("DARKROOM_LOG_LEVEL", "LOUD")
    monkeypatch.setenv("DARKROOM_DRAIN_SECONDS", "111")
    monkeypatch.setenv("DARKROOM_RECEIVE_WAIT_SECONDS", "21")
    with pytest.raises(SystemExit) as exited:
        load_settings(Settings)
    assert exited.value.code == 2
    captured = capsys.readouterr()
    told = captured.err.splitlines()
    assert captured.out == ""
    assert told[0] == "The settings in the environment do not fit:"
    assert [line.split(":")[0].strip() for line in told[1:]] == [
        "DARKROOM_LOG_LEVEL",
        "DARKROOM_DRAIN_SECONDS",
        "DARKROOM_RECEIVE_WAIT_SECONDS",
        "DARKROOM_PORT",
        "DARKROOM_BUCKET",
    ]


def test_an_invalid_value_is_not_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DARKROOM_PORT", "hunter2")
    with pytest.raises(SystemExit):
        load_settings(Settings)
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_number_that_is_not_finite_is_refused(
    number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DARKROOM_PERIOD_SECONDS", number)
    with pytest.raises(SystemExit):
        load_settings(Settings)
    assert "DARKROOM_PERIOD_SECONDS: Input should be a finite number" in capsys.readouterr().err


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(Settings).bucket = "other"  # type: ignore[misc] # What mypy refuses must fail at run time too.
