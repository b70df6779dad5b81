"""Logging: a static event name and fields, as JSON on standard output or as text for a terminal.

`bound(job_id=…)` puts a field on every line of the work inside it. Users' bytes and secrets are never logged: no names
of files either, and of URLs no more than the host.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from darkroom.runtime import tracing
from darkroom.runtime.redaction import redacted

Logger = structlog.stdlib.BoundLogger


def get_logger(name: str) -> Logger:
    """The logger of a module."""
    logger: Logger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def bound(**fields: str | int) -> Iterator[None]:
    """Add fields to all lines logged inside, in this task and those it starts."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def configure_logging(service: str, *, level: str, log_format: str) -> None:
    """Send the logs of this process, the libraries' included, to standard output in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_json(service) if log_format == "json" else _text()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for chatty in ("botocore", "aiobotocore", "boto3", "asyncio", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
    # It warns of every request that is no HTTP, which is the sender's fault and nothing for people on call.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def _json(service: str) -> list[Processor]:
    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    traceback = structlog.processors.ExceptionRenderer(_traceback)
    return [add_service, traceback, _redact, structlog.processors.JSONRenderer()]


def _text() -> list[Processor]:
    return [
        _redact,
        _show_controls,
        structlog.dev.ConsoleRenderer(
            colors=False,
            pad_event_to=0,
            timestamp_key="timestamp",
            exception_formatter=_plain_traceback,
        ),
    ]


# Local variables hold users' bytes and secrets: a traceback shows places only.
_places = ExceptionDictTransformer(show_locals=False)


def _traceback(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Return the errors as values for JSON, from the last one to its first cause."""
    errors = _places(exc_info)
    for error in errors:
        error["exc_value"] = redacted(error["exc_value"])
        error["exc_notes"] = [redacted(note) for note in error["exc_notes"]]
    return errors


def _plain_traceback(out: TextIO, exc_info: ExcInfo) -> None:
    text = StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    out.write(redacted(text.getvalue()))


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Libraries' errors come in fields too, such as `cause`."""
    return {name: redacted(value) if isinstance(value, str) else value for name, value in event.items()}


def _show_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What clients write must not move the cursor of whoever reads it at a terminal, or colour what follows."""
    return {name: _printable(value) if isinstance(value, str) else value for name, value in event.items()}


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    trace_id = tracing.trace_id()
    return {**event, "trace_id": trace_id} if trace_id else event
