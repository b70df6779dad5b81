import { expect, test } from "vitest";
import { Speed } from "../../src/uploads/speed";

test("the speed is that of the last seconds", () => {
  const speed = new Speed();
  expect(speed.mark(0, 0)).toBe(0);
  expect(speed.mark(1000, 1000)).toBe(1000);
  speed.mark(1000, 5000);
  expect(speed.mark(3000, 6000)).toBe(2000);
});

test("too short a time tells no speed", () => {
  const speed = new Speed();
  speed.mark(0, 0);
  expect(speed.mark(900, 100)).toBe(0);
});
