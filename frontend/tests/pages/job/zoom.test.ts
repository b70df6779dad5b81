import { expect, test } from "vitest";
import { fitted, isCut, moved, percentOf, scaled } from "../../../src/pages/job/zoom";

const IMAGE = { width: 2000, height: 1000 };
const STAGE = { width: 500, height: 500 };

test("a large image is made to fit, a small one is enlarged up to four times", () => {
  expect(fitted(IMAGE, STAGE)).toEqual({ scale: 0.25, x: 0, y: 0 });
  expect(fitted({ width: 300, height: 100 }, STAGE).scale).toBeCloseTo(5 / 3);
  expect(fitted({ width: 10, height: 10 }, STAGE).scale).toBe(4);
});

test("a stage without a size yet does no harm", () => expect(fitted(IMAGE, { width: 0, height: 0 }).scale).toBe(1));

test("what is under the pointer stays there when the size changes", () => {
  const at = { x: 100, y: -50 };
  const before = scaled(fitted(IMAGE, STAGE), 1, at, IMAGE, STAGE);
  const after = scaled(before, 2, at, IMAGE, STAGE);
  const pixel = (view: typeof before) => [(at.x - view.x) / view.scale, (at.y - view.y) / view.scale];
  expect(pixel(after)[0]).toBeCloseTo(pixel(before)[0] as number);
  expect(pixel(after)[1]).toBeCloseTo(pixel(before)[1] as number);
});

test("an image is never smaller than it fits, unless it is at 100 %, and pixels have at most 16", () => {
  const fit = fitted(IMAGE, STAGE);
  expect(scaled(fit, 0.01, { x: 0, y: 0 }, IMAGE, STAGE).scale).toBe(0.25);
  expect(scaled(fit, 99, { x: 0, y: 0 }, IMAGE, STAGE).scale).toBe(16);
  const small = { width: 100, height: 100 };
  expect(scaled(fitted(small, STAGE), 0.01, { x: 0, y: 0 }, small, STAGE).scale).toBe(1);
});

test("an image moves up to its edges, and stays in the centre where it fits", () => {
  const view = { scale: 0.5, x: 0, y: 0 };
  expect(moved(view, { x: 9999, y: 9999 }, IMAGE, STAGE)).toEqual({ scale: 0.5, x: 250, y: 0 });
  expect(moved(view, { x: -100, y: 0 }, IMAGE, STAGE)).toEqual({ scale: 0.5, x: -100, y: 0 });
});

test("an image is cut if a part of it lies outside", () => {
  expect(isCut(fitted(IMAGE, STAGE), IMAGE, STAGE)).toBe(false);
  expect(isCut({ scale: 0.5, x: 0, y: 0 }, IMAGE, STAGE)).toBe(true);
});

test("100 % is a pixel of the image on a pixel of the screen", () => expect(percentOf(0.5, 2)).toBe(100));
