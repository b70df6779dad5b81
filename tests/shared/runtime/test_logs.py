"""Logging of a service. Each test runs a process, since logging is configured once for each process."""

import asyncio
import json
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SETUP = """
import logging, sys, warnings
from darkroom.runtime.logs import bound, configure_logging, get_logger
configure_logging("upload", level={level!r}, log_format={log_format!r})
log = get_logger("darkroom.test")
"""


async def lines_of(script: str, *, level: str = "INFO", log_format: str = "json") -> list[str]:
    """Run the script in a process and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SETUP.format(level=level, log_format=log_format) + script,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    return out.decode().splitlines()


async def events_of(script: str, *, level: str = "INFO") -> list[dict[str, Any]]:
    return [json.loads(line) for line in await lines_of(script, level=level)]


FAILURE = """
def handle(api_key):
    body = b"bytes of a user"
    raise ValueError("no good")
try:
    handle("hunter2")
except ValueError as error:
    log.error("request_failed", exc_info=error)
"""


async def test_an_event_is_one_json_object_with_its_fields() -> None:
    (event,) = await events_of('log.info("job_created", recipe="web", size=3)')
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "service": "upload",
        "event": "job_created",
        "level": "info",
        "logger": "darkroom.test",
        "recipe": "web",
        "size": 3,
    }


async def test_bound_fields_are_on_every_line_inside_and_on_none_after() -> None:
    events = await events_of(
        """
with bound(job_id="0199"):
    log.info("inside")
    logging.getLogger("library").warning("also inside")
    with bound(task=1):
        log.info("deeper")
log.info("after")
"""
    )
    assert [event.get("job_id") for event in events] == ["0199", "0199", "0199", None]
    assert [event.get("task") for event in events] == [None, None, 1, None]


async def test_libraries_and_warnings_log_in_the_same_format() -> None:
    events = await events_of('logging.getLogger("library").error("broke %s", "down"); warnings.warn("old")')
    assert [event["logger"] for event in events] == ["library", "py.warnings"]
    assert events[0]["event"] == "broke down"
    assert {event["service"] for event in events} == {"upload"}


async def test_a_traceback_shows_no_values() -> None:
    (line,) = await lines_of(FAILURE)
    event = json.loads(line)
    assert event["exception"][0]["exc_type"] == "ValueError"
    assert event["exception"][0]["exc_value"] == "no good"
    assert event["exception"][0]["frames"][-1]["name"] == "handle"
    assert "hunter2" not in line
    assert "bytes of a user" not in line


async def test_the_text_format_shows_no_values_either() -> None:
    lines = await lines_of(FAILURE, log_format="text")
    text = "\n".join(lines)
    assert "request_failed" in lines[0]
    assert "ValueError: no good" in text
    assert "hunter2" not in text
    assert "bytes of a user" not in text


async def test_verbose_libraries_log_warnings_only() -> None:
    script = """
log.debug("debug"); log.info("info"); log.warning("warning")
logging.getLogger("botocore").info("chatter"); logging.getLogger("botocore").warning("botocore warns")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
"""
    assert [event["event"] for event in await events_of(script)] == ["info", "warning", "botocore warns"]
    assert [event["event"] for event in await events_of(script, level="ERROR")] == []


async def test_a_line_names_the_trace_it_belongs_to() -> None:
    (event,) = await events_of(
        """
from darkroom.runtime import tracing
with tracing.incoming({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}):
    log.info("traced")
"""
    )
    assert event["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


async def test_a_line_break_in_a_field_makes_no_second_line() -> None:
    (event,) = await events_of('log.info("job_created", filename="a\\n{\\"event\\": \\"forged\\"}")')
    assert event["event"] == "job_created"


async def test_control_characters_are_escaped_in_text() -> None:
    (line,) = await lines_of(r'log.info("request_handled", path="/\x1b[2J\x1b]0;x\x07\u202e\r\x00")', log_format="text")
    assert line.isprintable()
    assert "x1b[2J" in line
