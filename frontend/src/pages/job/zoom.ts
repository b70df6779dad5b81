/** The arithmetic of a stage that shows an image in any size. Lengths are CSS pixels, unless they are pixels of the image. */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** How an image lies on a stage. */
export interface View extends Point {
  /** CSS pixels for each pixel of the image. `x` and `y` lead from the centre of the stage to that of the image. */
  scale: number;
}

/** Most CSS pixels for a pixel of the image, where the pixels are what people want to see. */
const LARGEST = 16;
/** Most CSS pixels for a pixel of an image that is fitted: small images do not become a blur. */
const LARGEST_FIT = 4;

/** Return the view in which the whole image is seen, as large as the stage allows. */
export function fitted(image: Size, stage: Size): View {
  const scale = Math.min(stage.width / image.width, stage.height / image.height, LARGEST_FIT);
  return { scale: scale > 0 ? scale : 1, x: 0, y: 0 };
}

/** Return the view with `scale`, in which the point of the image that lies at `at` stays there. */
export function scaled(view: View, scale: number, at: Point, image: Size, stage: Size): View {
  const smallest = Math.min(fitted(image, stage).scale, 1);
  const next = Math.min(LARGEST, Math.max(smallest, scale));
  const factor = next / view.scale;
  const moved = { scale: next, x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor };
  return within(moved, image, stage);
}

/** Return the view moved by some pixels, as far as there is something to see. */
export function moved(view: View, by: Point, image: Size, stage: Size): View {
  return within({ ...view, x: view.x + by.x, y: view.y + by.y }, image, stage);
}

/** Whether a part of the image lies outside the stage. */
export function isCut(view: View, image: Size, stage: Size): boolean {
  return image.width * view.scale > stage.width + 1 || image.height * view.scale > stage.height + 1;
}

/** Return a scale as people read it: 100 is one pixel of the image on each pixel of the screen. */
export function percentOf(scale: number, devicePixels: number): number {
  return Math.round(scale * devicePixels * 100);
}

function within(view: View, image: Size, stage: Size): View {
  const most = {
    x: Math.max(0, (image.width * view.scale - stage.width) / 2),
    y: Math.max(0, (image.height * view.scale - stage.height) / 2),
  };
  return { scale: view.scale, x: clamped(view.x, most.x), y: clamped(view.y, most.y) };
}

function clamped(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value)) + 0;
}
