/**
 * Reads Server-Sent Events from the body of an answer.
 *
 * `EventSource` would do the same, but it gives up for good at an answer that is not 200, does not say which, and
 * cannot begin with the last event that another tab has received.
 */

export interface ServerEvent {
  /** Position in the stream, to be sent as `Last-Event-ID`; null if the event has none. */
  id: string | null;
  /** Name of the event; empty for a block that only moves the position. */
  name: string;
  data: string;
  /** Milliseconds to wait before connecting again, if the block says so. */
  retry: number | null;
}

/** Yield the events until the body ends. Throws what reading the body throws. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      // A carriage return at the end may be the first half of a line's end.
      const complete = text.endsWith("\r") ? text.length - 1 : text.length;
      const blocks = (text.slice(0, complete).replace(/\r\n?/g, "\n") + text.slice(complete)).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Return the event of a block, or null for one of comments. */
function eventOf(block: string): ServerEvent | null {
  const event: ServerEvent = { id: null, name: "", data: "", retry: null };
  const data: string[] = [];
  let isEmpty = true;
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (!field) continue;
    isEmpty = false;
    if (field === "id") event.id = value;
    else if (field === "event") event.name = value;
    else if (field === "data") data.push(value);
    else if (field === "retry") event.retry = Number(value) || null;
  }
  return isEmpty ? null : { ...event, data: data.join("\n") };
}
