/** Light, dark, or as the system is. The choice is kept in this browser. */

import { keep, kept } from "./browser";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

class ThemeStore {
  chosen = $state<Theme>(themeOf(kept("theme")));

  /** Show the chosen theme. Called once before anything is drawn, and by `choose`. */
  apply(): void {
    const { dataset } = document.documentElement;
    if (this.chosen === "system") delete dataset.theme;
    else dataset.theme = this.chosen;
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    keep("theme", theme === "system" ? null : theme);
    this.apply();
  }

  /** Follow a choice that was made in another tab. */
  start(): void {
    this.apply();
    addEventListener("storage", () => {
      this.chosen = themeOf(kept("theme"));
      this.apply();
    });
  }
}

function themeOf(text: string | null): Theme {
  return THEMES.find((theme) => theme === text) ?? "system";
}

export const theme = new ThemeStore();
