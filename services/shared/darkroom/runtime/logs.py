"""Logging: a static event name and fields, as JSON on standard output or as text for a terminal.

`bound(job_id=…)` adds a field to every line that is logged inside. Data of users, names of files and secrets are never
logged, and of a URL only its host.
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
    """Return the logger of a module."""
    logger: Logger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def bound(**fields: str | int) -> Iterator[None]:
    """Add fields to all lines that are logged inside, in this task and in those that it starts."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def configure_logging(service: str, *, level: str, log_format: str) -> None:
    """Send all logs of this process and its libraries to standard output, in one format."""
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
    # It warns of every request that is not HTTP. That is the client's fault, and no operator needs to know.
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


# Local variables have data of users and secrets, so tracebacks do not show them.
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
    """Redact fields too: some, such as `cause`, have texts of libraries' errors."""
    return {name: redacted(value) if isinstance(value, str) else value for name, value in event.items()}


def _show_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape control characters: texts of clients must not move the cursor or change the colours of a terminal."""
    return {name: _printable(value) if isinstance(value, str) else value for name, value in event.items()}


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    trace_id = tracing.trace_id()
    return {**event, "trace_id": trace_id} if trace_id else event
