/**
 * The address of the page, and what changes it.
 *
 * Paths are written without the prefix `/app`, as in address.ts. Links are ordinary links: the router
 * takes over clicks on those that lead to other pages.
 */

import { tick } from "svelte";
import { BASE } from "./address";
import { matched } from "./match";
import { MISSING, ROUTES } from "./routes";

/** Asked before the page is left. Returns whether it may be left. */
export type Guard = () => boolean | Promise<boolean>;

interface Entry {
  /** Number of the entry in this tab's history, to know how far the browser went. */
  index: number;
  /** How far the page was scrolled when it was closed or loaded again, in pixels. */
  scroll: number;
}

class Router {
  #url = $state.raw(new URL(location.href));
  #guards = new Set<Guard>();
  #index = 0;
  /** How far the pages were scrolled when they were left, by the numbers of their entries. */
  #scrolls = new Map<number, number>();
  #isGoingBack = false;
  /** Whether a page was opened by a navigation within this tab, and not by loading it. */
  hasNavigated = false;

  path = $derived(this.#url.pathname.slice(BASE.length) || "/");
  query = $derived(this.#url.searchParams);
  found = $derived.by(() => {
    for (const route of ROUTES) {
      const parameters = matched(route.path, this.path);
      if (parameters) return { route, parameters };
    }
    return { route: MISSING, parameters: {} };
  });

  /** Follow links and the browser's history. */
  start(): void {
    history.scrollRestoration = "manual";
    const entry = history.state as Entry | null;
    this.#index = entry?.index ?? 0;
    this.#scrolls.set(this.#index, entry?.scroll ?? 0);
    this.#write(this.#index, entry?.scroll ?? 0);
    addEventListener("popstate", (event) => void this.#popped(event.state as Entry | null));
    addEventListener("pagehide", () => this.#write(this.#index, scrollY));
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Open a path of this application, with a query or without. */
  async open(target: string, { replace = false } = {}): Promise<void> {
    const url = new URL(BASE + target, location.origin);
    if (!replace && url.pathname !== this.#url.pathname && !(await this.#mayLeave())) return;
    if (replace) {
      history.replaceState(history.state, "", url);
    } else {
      this.#scrolls.set(this.#index, scrollY);
      this.#index += 1;
      this.#scrolls.delete(this.#index);
      history.pushState({ index: this.#index, scroll: 0 } satisfies Entry, "", url);
    }
    const isOtherPage = url.pathname !== this.#url.pathname;
    this.#show(url);
    if (isOtherPage) scrollTo(0, 0);
  }

  /** Change the query of this page: null removes a value. The history keeps one entry. */
  setQuery(values: Record<string, string | string[] | null>): void {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(values)) {
      query.delete(name);
      for (const item of [value ?? []].flat()) query.append(name, item);
    }
    const search = query.toString();
    void this.open(this.path + (search && `?${search}`), { replace: true });
  }

  /** Ask `guard` before this page is left. Returns what ends that. */
  guard(guard: Guard): () => void {
    this.#guards.add(guard);
    return () => this.#guards.delete(guard);
  }

  /** Scroll to where the reader was. Pages call it when their content is there. */
  async restoreScroll(): Promise<void> {
    await tick();
    scrollTo(0, this.#scrolls.get(this.#index) ?? 0);
  }

  #show(url: URL): void {
    this.hasNavigated ||= url.pathname !== this.#url.pathname;
    this.#url = url;
  }

  async #popped(entry: Entry | null): Promise<void> {
    if (this.#isGoingBack) {
      this.#isGoingBack = false;
      return;
    }
    const index = entry?.index ?? 0;
    const url = new URL(location.href);
    if (url.pathname !== this.#url.pathname && !(await this.#mayLeave())) {
      this.#isGoingBack = true;
      history.go(this.#index - index);
      return;
    }
    this.#scrolls.set(this.#index, scrollY);
    this.#index = index;
    this.#show(url);
    await this.restoreScroll();
  }

  async #mayLeave(): Promise<boolean> {
    for (const guard of this.#guards) if (!(await guard())) return false;
    return true;
  }

  #write(index: number, scroll: number): void {
    history.replaceState({ index, scroll } satisfies Entry, "");
  }

  #clicked(event: MouseEvent): void {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    const link = (event.target as Element).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !`${url.pathname}/`.startsWith(`${BASE}/`)) return;
    // A link within the page, such as that to its content.
    if (url.pathname === location.pathname && url.hash) return;
    event.preventDefault();
    void this.open(url.pathname.slice(BASE.length) + url.search || "/");
  }
}

export const router = new Router();
