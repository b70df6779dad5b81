import type { Attempt, Deliveries } from "@darkroom/client";
import { expect, test } from "vitest";
import { outcomeOf, pauseOf } from "../../../src/pages/job/deliveries";

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    event_id: "f5",
    attempt: 1,
    at: "2026-11-30T12:00:00.000Z",
    delivered: false,
    status: null,
    error: null,
    duration_ms: 3,
    ...changes,
  };
}

const deliveries = (...attempts: Attempt[]): Deliveries => ({
  callback_url: "https://hooks.example",
  gone_at: null,
  attempts,
});

test.each([
  [attempt({ delivered: true, status: 204 }), "Delivered, answered 204"],
  [attempt({ status: 410 }), "Refused for good: answered 410"],
  [attempt({ status: 500 }), "Not accepted: answered 500"],
  [attempt({ error: "timeout" }), "No answer in time: the receiver has ten seconds."],
  [attempt({ error: "something_new" }), "something_new"],
])("an attempt is told in words", (tried, text) => expect(outcomeOf(tried)).toBe(text));

test("attempts are looked for until one has arrived", () => {
  expect(pauseOf(deliveries(), true)).toBe(2000);
  expect(pauseOf(deliveries(attempt()), true)).toBe(15_000);
  expect(pauseOf(deliveries(attempt({ delivered: true, status: 200 })), true)).toBeNull();
});

test("nobody looks where nothing will come", () => {
  expect(pauseOf(deliveries(), false)).toBeNull();
  expect(pauseOf({ ...deliveries(attempt()), gone_at: "2026-11-30T12:00:00.000Z" }, true)).toBeNull();
  expect(pauseOf({ ...deliveries(), callback_url: null }, true)).toBeNull();
});
