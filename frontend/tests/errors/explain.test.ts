import { ApiError, type Problem, Unreachable } from "@darkroom/client";
import { expect, test } from "vitest";
import { explain } from "../../src/errors/explain";

const refused = (status: number, code: string, retryAfter: number | null = null) =>
  explain(new ApiError({ status, code, detail: "10 MiB at most." } as Problem, retryAfter));

test("a refusal has a title, the API's own text, and its code", () =>
  expect(refused(413, "upload_too_large")).toEqual({
    title: "The file is too large",
    text: "10 MiB at most.",
    code: "upload_too_large",
    retryAfter: null,
    canRetry: false,
  }));

test("a request may be sent again where that can help", () => {
  expect(refused(429, "rate_limited", 7)).toMatchObject({ canRetry: true, retryAfter: 7 });
  expect(refused(500, "http_500").canRetry).toBe(true);
  expect(explain(new Unreachable("")).canRetry).toBe(true);
});

test("an unknown code still has a text", () => expect(refused(418, "teapot").title).toBe("Something went wrong"));
test("a fault of the page is said to be one", () =>
  expect(explain(new TypeError("x is undefined")).code).toBe("TypeError"));
