import { expect, test } from "vitest";
import { type ServerEvent, serverEvents } from "../src/events";

function bodyOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

async function eventsOf(...chunks: string[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(bodyOf(...chunks))) events.push(event);
  return events;
}

test("an event has its id, name and data", async () => {
  expect(await eventsOf('id: 7\nevent: job\ndata: {"a":1}\n\n')).toEqual([
    { id: "7", name: "job", data: '{"a":1}', retry: null },
  ]);
});

test("events may be cut anywhere, also within a line's end", async () => {
  const text = "id: 1\r\nevent: job\r\ndata: a\r\n\r\nid: 2\r\nevent: job\r\ndata: b\r\n\r\n";
  for (let cut = 0; cut <= text.length; cut++) {
    const events = await eventsOf(text.slice(0, cut), text.slice(cut));
    expect(events.map(({ id, data }) => id + data)).toEqual(["1a", "2b"]);
  }
});

test("a block that only moves the position has no name, and comments are no events", async () => {
  expect(await eventsOf(": ping\n\nid: 9\n\nretry: 1500\n\n")).toEqual([
    { id: "9", name: "", data: "", retry: null },
    { id: null, name: "", data: "", retry: 1500 },
  ]);
});

test("an event that has not ended is left out", async () => {
  expect(await eventsOf("event: job\ndata: a\n")).toEqual([]);
});
