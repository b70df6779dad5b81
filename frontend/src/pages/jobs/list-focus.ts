/** Moves the focus among the jobs of the list, which have the attribute `data-job`. */

/** Return the id of the job that has the focus, or null. */
export function focusedJob(): string | null {
  return document.activeElement?.closest<HTMLElement>("[data-job]")?.dataset.job ?? null;
}

/** Focus the job that many places further, or the first one. */
export function moveFocus(places: number): void {
  const items = itemsShown();
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at < 0 ? items.find(isSeen) : items[Math.min(items.length - 1, Math.max(0, at + places))];
  focus(next);
}

/** Focus the job at a place of the list, or the last one. */
export function focusPlace(place: number): void {
  focus(
    itemsShown()
      .slice(0, place + 1)
      .at(-1),
  );
}

function focus(item: HTMLElement | undefined): void {
  item?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: "nearest" });
}

function itemsShown(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-job]")];
}

function isSeen(item: HTMLElement): boolean {
  return item.getBoundingClientRect().bottom > 0;
}
