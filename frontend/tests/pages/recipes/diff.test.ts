import { expect, test } from "vitest";
import { difference, hunksOf } from "../../../src/pages/recipes/versions/diff";

function shown(before: string, after: string): string {
  const signs = { same: " ", added: "+", removed: "-" };
  return difference(before, after)
    .map(({ kind, text }) => signs[kind] + text)
    .join("\n");
}

test("a changed line is removed and added", () => {
  expect(shown("a\nb\nc", "a\nB\nc")).toBe(" a\n-b\n+B\n c");
});

test("lines that only one text has are marked, at the ends too", () => {
  expect(shown("a\nb", "a\nb\nc")).toBe(" a\n b\n+c");
  expect(shown("x\na\nb", "a\nb")).toBe("-x\n a\n b");
});

test("equal texts differ in nothing", () => {
  expect(difference("a\nb", "a\nb").every(({ kind }) => kind === "same")).toBe(true);
});

test("far from changes, lines are left out", () => {
  const lines = difference("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\nfive\n6\n7\n8\n9");
  const hunks = hunksOf(lines, 1);
  expect(hunks.map((hunk) => ("hidden" in hunk ? hunk.hidden : hunk.lines.map(({ text }) => text)))).toEqual([
    3,
    ["4", "5", "five", "6"],
    3,
  ]);
});
