import { expect, test } from "vitest";
import { searched } from "../../src/shell/search";

const ITEMS = ["Go to Jobs", "Go to Usage & keys", "Show all keys", "Theme: dark"].map((label) => ({ label }));
const labels = (text: string) => searched(ITEMS, text).map(({ label }) => label);

test("without a text there is everything", () => expect(labels(" ")).toHaveLength(ITEMS.length));
test("each word may be the beginning of any word", () => expect(labels("us go")).toEqual(["Go to Usage & keys"]));
test("the middle of a word finds nothing", () => expect(labels("eys")).toEqual([]));
test("what begins with the text comes first", () => expect(labels("sh")).toEqual(["Show all keys"]));
