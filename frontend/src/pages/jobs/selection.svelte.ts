/** Which jobs of the list are selected. */

export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** The job that was selected last: a range begins there. */
  #anchor: string | null = null;

  has(id: string): boolean {
    return this.ids.has(id);
  }

  toggle(id: string): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
    this.#anchor = id;
  }

  /** Select all from the job that was selected last to this one, in the order of the list. */
  extend(id: string, order: readonly string[]): void {
    const [from, to] = [this.#anchor === null ? -1 : order.indexOf(this.#anchor), order.indexOf(id)];
    if (from < 0 || to < 0) this.toggle(id);
    else this.ids = new Set([...this.ids, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]);
  }

  selectAll(order: readonly string[]): void {
    this.ids = new Set(order);
  }

  clear(): void {
    this.ids = new Set();
    this.#anchor = null;
  }
}
