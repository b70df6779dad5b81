import { expect, test } from "vitest";
import { nextPath } from "../../src/routing/address";
import { matched } from "../../src/routing/match";

test.each([
  ["/", "/", {}],
  ["/jobs/:id", "/jobs/01a2", { id: "01a2" }],
  ["/jobs/:id", "/jobs/01a2/", { id: "01a2" }],
  ["/recipes/:name", "/recipes/a%2Fb%20%C3%BC", { name: "a/b ü" }],
  ["/recipes/:name", "/recipes/100%", { name: "100%" }],
  ["/jobs/:id", "/jobs", null],
  ["/jobs/:id", "/jobs/1/2", null],
  ["/upload", "/uploads", null],
])("%s with %s has the parameters %o", (pattern, path, parameters) =>
  expect(matched(pattern, path)).toEqual(parameters),
);

test.each([
  ["/jobs/1?a=b", "/jobs/1?a=b"],
  [null, "/"],
  ["", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["/login?next=/login", "/"],
])("after a login with next=%s the path is %s", (next, path) => expect(nextPath(next)).toBe(path));
