/** Commands that are there on every page. */

import type { Command } from "../actions/commands.svelte";
import { router } from "../routing/router.svelte";
import { ROUTES } from "../routing/routes";
import { session } from "../session/session.svelte";
import { THEMES, theme } from "../stores/theme.svelte";
import { overlays } from "./overlays.svelte";

/** Return them: every page of the navigation, the themes, the help, the way out. */
export function frameCommands(): Command[] {
  const pages = ROUTES.flatMap(({ path, navigation }): Command[] => {
    if (!navigation) return [];
    const { label, icon, key } = navigation;
    return [{ label: `Go to ${label}`, icon, key: `g ${key}`, group: "Go to", run: () => void router.open(path) }];
  });
  const themes = THEMES.map((name): Command => {
    const icon = ({ system: "monitor", light: "sun", dark: "moon" } as const)[name];
    return { label: `Theme: ${name}`, icon, run: () => theme.choose(name) };
  });
  return [
    ...pages,
    { label: "Show all keys", icon: "keyboard", key: "?", group: "Everywhere", run: () => overlays.openKeys() },
    ...themes,
    { label: "Log out", icon: "log-out", run: () => void session.logOut() },
  ];
}
