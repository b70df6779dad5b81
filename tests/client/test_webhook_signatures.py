"""Webhooks are believed only if they are signed, unchanged and fresh."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from darkroom_client import verify_webhook
from darkroom_client.errors import WebhookRefused

SECRET = "whsec_" + "c2VjcmV0IG9mIHRlc3RzIHRoYXQgaXMgbG9uZyE="
OTHER = "whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgdGhlc2UgdGVzdHM="
SENT_AT = datetime(2026, 11, 22, 7, 24, 20, tzinfo=UTC)
NOW = SENT_AT.timestamp()
BODY = json.dumps(
    {
        "type": "job.completed",
        "id": "event-1",
        "timestamp": "2026-11-22T07:24:20.693Z",
        "data": {
            "job_id": "01a20224-4368-7617-9926-a58b591f7f37",
            "status": "completed",
            "recipe": "thumbnails",
            "attempt": 1,
            "progress": {"done": 4, "failed": 0, "total": 4},
            "metadata": {"album": "holidays"},
            "error": None,
            "status_url": "/status/01a20224-4368-7617-9926-a58b591f7f37",
        },
    }
)


def signed(body: str = BODY, event_id: str = "event-1", secret: str = SECRET) -> dict[str, str]:
    return {
        "Webhook-Id": event_id,
        "Webhook-Timestamp": str(int(NOW)),
        "Webhook-Signature": Webhook(secret).sign(event_id, SENT_AT, body),
    }


def test_signed_event_is_read() -> None:
    event = verify_webhook(BODY.encode(), signed(), SECRET, now=NOW)
    assert (event.type, event.data.status, event.data.metadata) == ("job.completed", "completed", {"album": "holidays"})


@pytest.mark.parametrize("late", [-300, 300])
def test_clocks_may_differ_by_the_tolerance(late: int) -> None:
    assert verify_webhook(BODY.encode(), signed(), SECRET, now=NOW + late).id == "event-1"


@pytest.mark.parametrize("late", [-301, 301])
def test_old_and_future_events_are_refused(late: int) -> None:
    with pytest.raises(WebhookRefused, match="300 seconds"):
        verify_webhook(BODY.encode(), signed(), SECRET, now=NOW + late)


def test_either_of_two_secrets_and_of_two_signatures_will_do() -> None:
    both = signed() | {"Webhook-Signature": f"v1a,xx v1,!! {signed(secret=OTHER)['Webhook-Signature']}"}
    assert verify_webhook(BODY.encode(), both, [SECRET, OTHER], now=NOW).id == "event-1"
    with pytest.raises(WebhookRefused, match="No signature"):
        verify_webhook(BODY.encode(), both, SECRET, now=NOW)


def test_changed_body_is_refused() -> None:
    with pytest.raises(WebhookRefused, match="No signature"):
        verify_webhook(BODY.replace("completed", "failed").encode(), signed(), SECRET, now=NOW)


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_missing_header_is_refused(name: str) -> None:
    headers = {header: value for header, value in signed().items() if header != name}
    with pytest.raises(WebhookRefused, match=name.lower()):
        verify_webhook(BODY.encode(), headers, SECRET, now=NOW)


@pytest.mark.parametrize("told", ["", "soon", "-1", "1e3", "²"])
def test_malformed_timestamp_is_refused(told: str) -> None:
    with pytest.raises(WebhookRefused, match="number"):
        verify_webhook(BODY.encode(), signed() | {"Webhook-Timestamp": told}, SECRET, now=NOW)


@pytest.mark.parametrize("body", ["{}", "no JSON", BODY.replace("event-1", "event-2")])
def test_signed_body_that_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(WebhookRefused, match="event"):
        verify_webhook(body.encode(), signed(body), SECRET, now=NOW)


def test_secret_that_is_none_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_webhook(BODY.encode(), signed(), "no secret!", now=NOW)
