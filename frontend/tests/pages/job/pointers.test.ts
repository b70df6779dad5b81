import { expect, test, vi } from "vitest";
import { pointers } from "../../../src/pages/job/pointers";

function stage() {
  const gestures = { drag: vi.fn(), pinch: vi.fn(), tap: vi.fn() };
  const listeners = new Map<string, (event: object) => void>();
  const end = pointers(gestures)({
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
    removeEventListener: (name: string) => listeners.delete(name),
    setPointerCapture: () => {},
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 200, height: 100 }),
  } as unknown as HTMLElement);
  const send = (type: string, clientX: number, clientY = 50, pointerId = 1) =>
    listeners.get(type)?.({ type, clientX, clientY, pointerId, button: 0 });
  return { ...gestures, send, end: end as () => void, listeners };
}

test("a pointer that goes down and up is a tap, even if the hand trembles", () => {
  const { send, tap, drag } = stage();
  send("pointerdown", 150);
  send("pointermove", 152);
  send("pointerup", 152);
  expect(tap).toHaveBeenCalledExactlyOnceWith({ x: 50, y: 0 });
  expect(drag).not.toHaveBeenCalled();
});

test("a pointer that moves drags, and does not tap", () => {
  const { send, tap, drag } = stage();
  send("pointerdown", 100);
  send("pointermove", 110);
  send("pointermove", 130);
  send("pointerup", 130);
  expect(drag).toHaveBeenLastCalledWith({ x: 30, y: 0 }, { x: 20, y: 0 }, { x: 0, y: 0 });
  expect(tap).not.toHaveBeenCalled();
});

test("two fingers pinch around the point between them", () => {
  const { send, pinch } = stage();
  send("pointerdown", 80, 50, 1);
  send("pointerdown", 120, 50, 2);
  send("pointermove", 160, 50, 2);
  expect(pinch).toHaveBeenCalledExactlyOnceWith(2, { x: 20, y: 0 }, { x: 20, y: 0 });
});

test("a scroll of the page that takes the pointer away is no tap", () => {
  const { send, tap } = stage();
  send("pointerdown", 100);
  send("pointercancel", 100);
  expect(tap).not.toHaveBeenCalled();
});

test("a stage that goes leaves no listeners", () => {
  const { end, listeners } = stage();
  end();
  expect(listeners.size).toBe(0);
});
