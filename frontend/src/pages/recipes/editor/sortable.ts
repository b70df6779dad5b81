/** Lets people drag the items of a list to other places: with a mouse, a pen or a finger. Buttons do the same by key. */

/** Return the items with one of them at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(to, 0, items[from] as Item);
}

/** Give the focus to the first of some buttons that can take it: at the end of a list the one that moved an item cannot. */
export function focusFirst(buttons: readonly (HTMLElement | undefined)[]): void {
  buttons.find((button) => button instanceof HTMLButtonElement && !button.disabled)?.focus();
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Return the place that an item gets when the pointer is at a point: the one that it has moved past the middle of.
 *
 * The middle, and not the edge: after a change of places with a larger item the pointer may lie on that one, and both would
 * change back and forth.
 */
export function placeAt(boxes: readonly Box[], from: number, x: number, y: number, isRow: boolean): number {
  const middles = boxes.map((box) => (isRow ? box.left + box.width / 2 : box.top + box.height / 2));
  const point = isRow ? x : y;
  let place = from;
  while (place > 0 && point < (middles[place - 1] ?? point)) place -= 1;
  while (place < boxes.length - 1 && point > (middles[place + 1] ?? point)) place += 1;
  return place;
}

interface Drag {
  list: HTMLElement;
  from: number;
  move: (from: number, to: number) => void;
  /** Called when the item is let go. */
  end: () => void;
}

/** Move an item while the pointer that went down moves, until it is released. */
export function startDrag(event: PointerEvent, { list, from, move, end }: Drag): void {
  if (event.button !== 0) return;
  event.preventDefault();
  let place = from;
  const moving = ({ pointerId, clientX, clientY }: PointerEvent) => {
    if (pointerId !== event.pointerId) return;
    const boxes = [...list.children].map((child) => child.getBoundingClientRect());
    const isRow = boxes.length > 1 && Math.abs((boxes[0]?.top ?? 0) - (boxes[1]?.top ?? 0)) < 1;
    const next = placeAt(boxes, place, clientX, clientY, isRow);
    if (next === place) return;
    move(place, next);
    place = next;
  };
  const ended = ({ pointerId }: PointerEvent) => {
    if (pointerId !== event.pointerId) return;
    removeEventListener("pointermove", moving);
    removeEventListener("pointerup", ended);
    removeEventListener("pointercancel", ended);
    end();
  };
  addEventListener("pointermove", moving);
  addEventListener("pointerup", ended);
  addEventListener("pointercancel", ended);
}
