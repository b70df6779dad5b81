"""Faults of calls to AWS, for `tests.support.aws_proxy`."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, Forward


class LostAnswers:
    """Loses the first response of every call, which takes effect. The SDK repeats the call, and gets that response.

    Receives are excepted: their messages would stay hidden until the visibility timeout, and no SDK gets them back.
    """

    def __init__(self) -> None:
        self.lost: list[str] = []
        self._seen: set[str] = set()

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.operation != "ReceiveMessage" and not call.is_check and _invocation(call) not in self._seen

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception."""
        self._seen.add(_invocation(call))
        self.lost.append(call.name)
        await forward(call)
        return None


class Echoes:
    """Sends every message three times, with delays of 0 to 2 seconds. Messages `task.started` are delayed 3 seconds."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same order each time

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.operation == "SendMessageBatch"

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception. The response is that of the last batch of copies, which the services accept."""
        fields = call.fields()
        copies = [
            {**entry, "Id": f"{entry['Id']}-{number}", "DelaySeconds": self._delay(entry)}
            for entry in fields["Entries"]
            for number in range(3)
        ]
        self._random.shuffle(copies)
        answer = None
        for start in range(0, len(copies), 10):
            answer = await forward(_with_entries(call, fields, copies[start : start + 10]))
        return answer

    def _delay(self, entry: dict[str, Any]) -> int:
        return 3 if '"task.started"' in entry["MessageBody"] else self._random.randint(0, 2)


class PartlyRefused:
    """Refuses the last entry of the first batch of messages to a queue."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.batches: list[int] = []
        """Number of messages in each call."""

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.name == self._name

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception."""
        fields = call.fields()
        *taken, refused = fields["Entries"]
        self.batches.append(len(fields["Entries"]))
        if len(self.batches) > 1 or not taken:
            return await forward(call)
        answer = await forward(_with_entries(call, fields, taken))
        said = json.loads(answer.body)
        said["Failed"] = [{"Id": refused["Id"], "SenderFault": False, "Code": "InternalError"}]
        return replace(answer, body=json.dumps(said).encode())


class Observed:
    """Shows a test the responses of an operation before the clients get them."""

    def __init__(self, operation: str, look: Callable[[Call, Answer], Any]) -> None:
        self._operation = operation
        self._look = look

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.operation == self._operation

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception."""
        answer = await forward(call)
        await self._look(call, answer)
        return answer


def _invocation(call: Call) -> str:
    """Return the SDK's id of a call, which its repetitions share."""
    return call.headers["amz-sdk-invocation-id"]


def _with_entries(call: Call, fields: dict[str, Any], entries: list[dict[str, Any]]) -> Call:
    return replace(call, body=json.dumps({**fields, "Entries": entries}).encode())


class Flaky:
    """Fails a share of all calls: by throttling, status 500, or a connection that breaks before or after the call."""

    def __init__(self, share: float, random_source: random.Random) -> None:
        self.faults = 0
        self._share = share
        self._random = random_source

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return not call.is_check and self._random.random() < self._share

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception."""
        self.faults += 1
        kind = self._random.choice(("throttled", "broken", "cut", "unanswered"))
        if kind == "throttled":
            return _THROTTLED[call.service]
        if kind == "broken":
            return _BROKEN
        if kind == "unanswered" and call.operation != "ReceiveMessage":
            await forward(call)
        return None


def _json_error(code: str) -> Answer:
    headers = {"Content-Type": "application/x-amz-json-1.0"}
    return Answer(status=400, headers=headers, body=json.dumps({"__type": code, "message": "Slow down."}).encode())


def _xml_error(status: int, code: str) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>Slow down.</Message></Error>"
    return Answer(status=status, headers={"Content-Type": "application/xml"}, body=body.encode())


_BROKEN = Answer(status=500, headers={}, body=b"")
_THROTTLED = {
    "dynamodb": _json_error("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
    "sqs": _json_error("com.amazonaws.sqs#RequestThrottled"),
    "s3": _xml_error(503, "SlowDown"),
    "sns": Answer(
        status=400,
        headers={"Content-Type": "text/xml"},
        body=b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Slow down.</Message></Error>"
        b"</ErrorResponse>",
    ),
}
