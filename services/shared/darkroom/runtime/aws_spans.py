"""Spans for calls of AWS within a trace, by handlers of botocore's events.

OpenTelemetry's own instrumentation wraps the synchronous client and does not see calls of aiobotocore.
"""

from http import HTTPStatus
from typing import Any, Final, Protocol

from darkroom.runtime import tracing
from darkroom.runtime.tracing import Kind

_SPAN: Final = "darkroom_span"
"""Key of a call's span in botocore's context of that call."""


class Events(Protocol):
    """An event emitter of botocore."""

    def register(self, event_name: str, handler: Any) -> None:
        """Call the handler for every event whose name begins with `event_name`."""


def trace_calls(events: Events) -> None:
    """Make spans for all clients that will be made with these events."""
    events.register("before-call", _begin)
    events.register("after-call", _end)
    events.register("after-call-error", _fail)


def _begin(model: Any, context: dict[str, Any], **_: object) -> None:
    service = model.service_model.service_id
    attributes = {
        "rpc.system": "aws-api",
        "rpc.service": service,
        "rpc.method": model.name,
        "aws.region": context["client_region"],
    }
    context[_SPAN] = tracing.begin(f"{service}.{model.name}", Kind.CLIENT, attributes)


def _end(http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    span = context[_SPAN]
    metadata = parsed.get("ResponseMetadata", {})
    span.set_attribute("http.response.status_code", http_response.status_code)
    span.set_attribute("aws.request_id", metadata.get("RequestId", ""))
    span.set_attribute("aws.retries", metadata.get("RetryAttempts", 0))
    if http_response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        tracing.mark_failed(span, parsed.get("Error", {}).get("Code", "unknown"))
    elif http_response.status_code >= HTTPStatus.BAD_REQUEST:
        # A lost condition or a missing object is an answer, and mostly an expected one.
        span.set_attribute("aws.error_code", parsed.get("Error", {}).get("Code", "unknown"))
    span.end()


def _fail(exception: Exception, context: dict[str, Any], **_: object) -> None:
    tracing.mark_failed(context[_SPAN], exception)
    context[_SPAN].end()
