"""Tests of the settings for the CDN and for limits."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from darkroom.accounts.allowances import NO_LIMITS, Rate
from darkroom.runtime.settings import load_settings
from darkroom_upload.settings import UploadSettings

REQUIRED = {
    "DARKROOM_ORIGINALS_BUCKET": "originals",
    "DARKROOM_RESULTS_BUCKET": "results",
    "DARKROOM_JOBS_TABLE": "jobs",
    "DARKROOM_ACCOUNTS_TABLE": "accounts",
    "DARKROOM_UPLOADS_QUEUE_URL": "http://127.0.0.1/uploads",
    "DARKROOM_IMPORTS_QUEUE_URL": "http://127.0.0.1/imports",
    "DARKROOM_ORCHESTRATOR_URL": "http://127.0.0.1:8001",
    "DARKROOM_DATA_KEYS": "k" * 32,
}
URL, ID, KEY = "DARKROOM_RESULTS_CDN_URL", "DARKROOM_RESULTS_KEY_PAIR_ID", "DARKROOM_RESULTS_PRIVATE_KEY"
PEM = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LIMITS = (
    "DARKROOM_DEFAULT_REQUESTS_PER_SECOND",
    "DARKROOM_DEFAULT_JOBS_PER_DAY",
    "DARKROOM_DEFAULT_BYTES_PER_DAY",
    "DARKROOM_DEFAULT_STORED_BYTES",
)
CDN = {URL: "https://results.example.org", ID: "K1", KEY: PEM}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set all required variables of the environment."""
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_signing_key_is_accepted_and_never_shown(told: pytest.MonkeyPatch) -> None:
    for name, value in CDN.items():
        told.setenv(name, value)
    settings = load_settings(UploadSettings)
    assert settings.results_private_key
    assert settings.results_private_key.get_secret_value() == PEM
    assert PEM.splitlines()[1] not in repr(settings)


def test_a_list_that_is_not_json_is_reported_among_the_other_faults(
    told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told.setenv("DARKROOM_CORS_ORIGINS", "https://app.example.com")
    told.setenv("DARKROOM_PORT", "eighty")
    with pytest.raises(SystemExit):
        load_settings(UploadSettings)
    said = capsys.readouterr().err
    assert 'DARKROOM_CORS_ORIGINS: Value error, not JSON; a list is written as ["one", "another"]' in said
    assert "DARKROOM_PORT: " in said


def test_a_list_is_read_from_json(told: pytest.MonkeyPatch) -> None:
    told.setenv("DARKROOM_CORS_ORIGINS", '["https://app.example.com", "http://localhost:3000"]')
    assert load_settings(UploadSettings).cors_origins == ("https://app.example.com", "http://localhost:3000")


@pytest.mark.parametrize("missing", [(URL,), (ID,), (KEY,), (ID, KEY), (URL, ID), (URL, KEY)], ids="+".join)
def test_url_id_and_key_belong_together(
    missing: tuple[str, ...], told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in CDN.keys() - set(missing):
        told.setenv(name, CDN[name])
    with pytest.raises(SystemExit):
        load_settings(UploadSettings)
    said = capsys.readouterr().err
    assert f"{KEY}: " in said
    assert "together, or none of them" in said
    assert PEM.splitlines()[1] not in said


def test_an_invalid_signing_key_is_reported_at_the_start_without_its_text(
    told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (CDN | {KEY: "hunter2"}).items():
        told.setenv(name, value)
    with pytest.raises(SystemExit):
        load_settings(UploadSettings)
    said = capsys.readouterr().err
    assert "not a private key in PEM" in said
    assert "hunter2" not in said


def test_only_the_word_unlimited_removes_a_limit(told: pytest.MonkeyPatch) -> None:
    allowance = load_settings(UploadSettings).allowance
    assert allowance.rate == Rate(per_second=20, burst=100)
    quotas = (allowance.jobs_per_day, allowance.bytes_per_day, allowance.stored_bytes)
    assert quotas == (10_000, 20 * 1024**3, 100 * 1024**3)
    for name in LIMITS:
        told.setenv(name, "unlimited")
    assert load_settings(UploadSettings).allowance == NO_LIMITS


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", ["", "none", "0", "-1", "Unlimited", "infinity", "null"])
def test_a_text_that_is_neither_a_limit_nor_unlimited_is_refused(
    name: str, value: str, told: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told.setenv(name, value)
    with pytest.raises(SystemExit):
        load_settings(UploadSettings)
    assert f"{name}: " in capsys.readouterr().err
