import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", (_name: string, listener: () => void) => {
    closePage = listener;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

let closePage = () => {};
const { performLater, startUndoable } = await import("../../src/actions/undoable");
const { toasts } = await import("../../src/stores/toasts.svelte");

function deletion() {
  const perform = vi.fn(async (_options: { keepalive: boolean }) => {});
  const undo = vi.fn();
  performLater({ text: "Deleted sample.png.", perform, undo });
  return { perform, undo };
}

test("the request goes out after six seconds", () => {
  const { perform } = deletion();
  vi.advanceTimersByTime(5900);
  expect(perform).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(perform).toHaveBeenCalledExactlyOnceWith({ keepalive: false });
  expect(toasts.shown).toEqual([]);
});

test("undone, it never goes out", () => {
  const { perform, undo } = deletion();
  toasts.shown[0]?.action?.run();
  vi.advanceTimersByTime(10_000);
  expect(undo).toHaveBeenCalledOnce();
  expect(perform).not.toHaveBeenCalled();
});

test("when the page closes, it goes out at once, and once", () => {
  startUndoable();
  const { perform } = deletion();
  closePage();
  vi.advanceTimersByTime(10_000);
  expect(perform).toHaveBeenCalledExactlyOnceWith({ keepalive: true });
});
