import { expect, test } from "vitest";
import { bytesText, counted, countText, pixelsText, savedText } from "../../src/formats/sizes";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [2080, "2.08 kB"],
  [63_400, "63.4 kB"],
  [722_000, "722 kB"],
  [999_499, "999 kB"],
  [999_500, "1.00 MB"],
  [10_485_760, "10.5 MB"],
  [107_374_182_400, "107 GB"],
  [5e15, "5000 TB"],
])("%i bytes are %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));

test("counts have separators, and their noun in the right number", () => {
  expect(countText(10_000)).toBe("10,000");
  expect(counted(1, "job")).toBe("1 job");
  expect(counted(2000, "job")).toBe("2,000 jobs");
  expect(counted(0, "delivery", "deliveries")).toBe("0 deliveries");
});

test("a size in pixels has width and height", () => expect(pixelsText(640, 480)).toBe("640 × 480"));

test.each([
  [160, 1000, "−84 %"],
  [1, 1000, "−99 %"],
  [1120, 1000, "+12 %"],
  [1000, 1000, "0 %"],
])("%i of %i bytes are %s", (bytes, original, text) => expect(savedText(bytes, original)).toBe(text));
