import { expect, test } from "vitest";
import { Selection } from "../../../src/pages/jobs/selection.svelte";

const ORDER = ["a", "b", "c", "d", "e"];
const ids = (selection: Selection) => [...selection.ids].sort().join("");

test("a job is selected, and selected no more", () => {
  const selection = new Selection();
  selection.toggle("a");
  selection.toggle("b");
  selection.toggle("a");
  expect(ids(selection)).toBe("b");
});

test("a range goes from the last selected job to this one, both ways", () => {
  const selection = new Selection();
  selection.toggle("c");
  selection.extend("e", ORDER);
  selection.extend("b", ORDER);
  expect(ids(selection)).toBe("bcde");
});

test("a range without a beginning is one job", () => {
  const selection = new Selection();
  selection.extend("b", ORDER);
  selection.clear();
  selection.extend("d", ORDER);
  expect(ids(selection)).toBe("d");
});
