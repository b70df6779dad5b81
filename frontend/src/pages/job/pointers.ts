/** Tells drags, pinches and taps on a stage apart. Points are CSS pixels from the centre of the stage. */

import type { Point } from "./zoom";

export interface Gestures {
  /** Called for each movement of one pointer. `start` is the point at which it went down. */
  drag: (to: Point, by: Point, start: Point) => void;
  /** Called while two fingers move: by how much they spread, around which point, and how far that moved. */
  pinch: (factor: number, at: Point, by: Point) => void;
  /** Called when a pointer went down and up at the same place. */
  tap: (at: Point) => void;
}

/** Distance in pixels up to which a trembling hand is still a tap. */
const TREMBLING = 4;

/** Return an attachment that follows the pointers on an element. */
export function pointers(gestures: Gestures) {
  return (stage: HTMLElement) => {
    const down = new Map<number, Point>();
    let start: Point = { x: 0, y: 0 };
    let isTap = false;

    const pointOf = (event: PointerEvent): Point => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    };
    const began = (event: PointerEvent) => {
      if (event.button !== 0) return;
      stage.setPointerCapture(event.pointerId);
      down.set(event.pointerId, pointOf(event));
      isTap = down.size === 1;
      if (isTap) start = pointOf(event);
    };
    const moved = (event: PointerEvent) => {
      const from = down.get(event.pointerId);
      if (!from) return;
      const to = pointOf(event);
      if (isTap && distance(start, to) <= TREMBLING) return;
      isTap = false;
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, to);
      if (!other) return gestures.drag(to, difference(to, from), start);
      const [before, after] = [middle(from, other), middle(to, other)];
      gestures.pinch(distance(to, other) / Math.max(1, distance(from, other)), after, difference(after, before));
    };
    const ended = (event: PointerEvent) => {
      if (!down.delete(event.pointerId)) return;
      if (isTap && event.type === "pointerup") gestures.tap(start);
      isTap = false;
    };

    const listeners = { pointerdown: began, pointermove: moved, pointerup: ended, pointercancel: ended };
    const entries = Object.entries(listeners) as ["pointerdown", typeof began][];
    for (const [name, listener] of entries) stage.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) stage.removeEventListener(name, listener);
    };
  };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function difference(one: Point, other: Point): Point {
  return { x: one.x - other.x, y: one.y - other.y };
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
