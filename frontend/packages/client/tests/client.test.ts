import { afterEach, expect, test, vi } from "vitest";
import { ApiError, Client, Unreachable } from "../src/index";

afterEach(() => vi.unstubAllGlobals());

function answering(...answers: (Response | Error)[]) {
  const fetch = vi.fn(async (_url: string, _request: RequestInit) => {
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer;
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const problem = (status: number, code: string, headers = {}) =>
  new Response(JSON.stringify({ status, code, detail: "Why." }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

test("parameters are put into the path and the query, lists as repeated pairs", () => {
  const client = new Client();
  expect(client.address("/jobs/{job_id}/variants/{name}", { path: { job_id: "1", name: "a/b ü" } })).toBe(
    "/jobs/1/variants/a%2Fb%20%C3%BC",
  );
  expect(client.address("/jobs", { query: { status: ["failed", "queued"], cursor: undefined, limit: 40 } })).toBe(
    "/jobs?status=failed&status=queued&limit=40",
  );
});

test("a body is sent as JSON with the headers of the client", async () => {
  const fetch = answering(Response.json({ outcomes: [] }));
  const client = new Client({ headers: () => ({ "X-CSRF-Token": "t" }) });
  await client.post("/jobs/actions", { body: { action: "retry", job_ids: ["1"] }, idempotencyKey: "k" });
  expect(fetch.mock.lastCall?.[1]).toMatchObject({
    method: "POST",
    body: '{"action":"retry","job_ids":["1"]}',
    headers: { "Content-Type": "application/json", "X-CSRF-Token": "t", "Idempotency-Key": "k" },
  });
});

test("an answer without content is undefined", async () => {
  answering(new Response(null, { status: 204 }));
  expect(await new Client().delete("/jobs/{job_id}", { path: { job_id: "1" } })).toBeUndefined();
});

test("a refusal becomes an error with its code and the time to wait", async () => {
  answering(problem(429, "rate_limited", { "Retry-After": "7" }));
  const error = await new Client().get("/usage").catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 429, code: "rate_limited", retryAfter: 7, message: "Why." });
});

test("a proxy's answer without a problem document is an error by its status", async () => {
  answering(new Response("<html>", { status: 502 }));
  await expect(new Client().get("/usage")).rejects.toMatchObject({
    status: 502,
    code: "unavailable",
    retryAfter: null,
  });
});

test("no answer is an error of its own", async () => {
  answering(new TypeError("Failed to fetch"));
  await expect(new Client().get("/usage")).rejects.toBeInstanceOf(Unreachable);
});

test("a refused request is sent again once if its cause was removed", async () => {
  const fetch = answering(problem(403, "forbidden"), new Response(null, { status: 204 }));
  await new Client({ recover: async () => true }).delete("/jobs/{job_id}", { path: { job_id: "1" } });
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("a request that is refused again fails", async () => {
  answering(problem(403, "forbidden"), problem(403, "forbidden"));
  await expect(new Client({ recover: async () => true }).get("/usage")).rejects.toMatchObject({ code: "forbidden" });
});

test("a link may be the answer, without loading what it leads to", async () => {
  const link = Object.defineProperties(Response.json({}), {
    ok: { value: false },
    type: { value: "opaqueredirect" },
    headers: { value: new Headers() },
  });
  const fetch = answering(link);
  const path = { job_id: "1", name: "card" };
  await new Client().ask("get", "/jobs/{job_id}/variants/{name}", { path, isLinkEnough: true });
  expect(fetch.mock.lastCall?.[1]).toMatchObject({ redirect: "manual" });
});

test("an answer without content is no JSON, whatever its type says", async () => {
  answering(new Response(null, { status: 204, headers: { "Content-Type": "application/json" } }));
  expect(await new Client().delete("/jobs/{job_id}", { path: { job_id: "1" } })).toBeUndefined();
});
