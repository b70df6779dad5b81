"""A collector of traces: a real OTLP/HTTP receiver on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan

from darkroom_local.ports import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class SentSpan:
    """A span as the collector received it."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str | int]
    failed: bool


class Collector:
    """Keeps the spans that it receives."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._spans: list[SentSpan] = []
        self._came = asyncio.Event()

    async def trace(self, trace_id: str, *, until: set[str]) -> list[SentSpan]:
        """Wait until a trace has spans with all of these names, and return its spans."""
        async with asyncio.timeout(20):
            while True:
                self._came.clear()
                found = [span for span in self._spans if span.trace_id == trace_id]
                if until <= {span.name for span in found}:
                    return found
                await self._came.wait()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Handle a batch of spans."""
        batch = ExportTraceServiceRequest.FromString(await request.read())
        for of_resource in batch.resource_spans:
            service = _attributes(of_resource.resource.attributes)["service.name"]
            for of_scope in of_resource.scope_spans:
                self._spans += [_sent(str(service), span) for span in of_scope.spans]
        self._came.set()
        body = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=body, content_type="application/x-protobuf")


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Run a collector on a free port during a `with` block."""
    listener = socket.create_server((LOOPBACK, 0))
    collector = Collector(listener.getsockname()[1])
    runner = web.ServerRunner(web.Server(collector.answer))
    await runner.setup()
    await web.SockSite(runner, listener).start()
    try:
        yield collector
    finally:
        await runner.cleanup()


def _sent(service: str, span: WireSpan) -> SentSpan:
    return SentSpan(
        service=service,
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        attributes=_attributes(span.attributes),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
    )


def _attributes(pairs: "list[KeyValue]") -> dict[str, str | int]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in pairs}
