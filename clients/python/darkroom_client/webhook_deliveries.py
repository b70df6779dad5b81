"""How the webhooks of a job were delivered, and the secret that signs them."""

from darkroom_client.response_model import Moment, ResponseModel


class Attempt(ResponseModel):
    """One POST to the callback URL."""

    event_id: str
    attempt: int
    at: Moment
    delivered: bool
    status: int | None
    error: str | None
    duration_ms: int


class Deliveries(ResponseModel):
    """The last twenty attempts, the newest first."""

    callback_url: str | None
    gone_at: Moment | None
    attempts: tuple[Attempt, ...]


class WebhookSecret(ResponseModel):
    """The secret that signs your webhooks."""

    secret: str
    created_at: Moment
    previous_until: Moment | None
    """The time until which the previous secret signs, too."""
