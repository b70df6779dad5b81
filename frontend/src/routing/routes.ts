/**
 * All pages: their paths below `/app`, and where they are in the navigation.
 *
 * A new page is a folder in src/pages, and an entry here. The navigation, the command palette and the keys follow.
 */

import type { Component } from "svelte";
import type { IconName } from "../design/icons";
import type { Parameters } from "./match";

export interface PageProps {
  /** Values of the parameters in the path. A page is made anew when its path changes. */
  parameters: Parameters;
}

export interface Route {
  path: string;
  load: () => Promise<{ default: Component<PageProps> | Component }>;
  /** Entry of the navigation. `key` opens the page after `g`. */
  navigation?: { label: string; icon: IconName; key: string };
  /** Path of the entry in the navigation that a page without one belongs to. */
  within?: string;
  /** Whether the page is for people who are not logged in, without navigation. */
  isPublic?: boolean;
}

export const ROUTES: readonly Route[] = [
  { path: "/login", load: () => import("../pages/login/LoginPage.svelte"), isPublic: true },
  {
    path: "/",
    load: () => import("../pages/jobs/JobsPage.svelte"),
    navigation: { label: "Jobs", icon: "images", key: "j" },
  },
  { path: "/jobs/:id", load: () => import("../pages/job/JobPage.svelte"), within: "/" },
  {
    path: "/recipes",
    load: () => import("../pages/recipes/RecipesPage.svelte"),
    navigation: { label: "Recipes", icon: "sliders-horizontal", key: "r" },
  },
  { path: "/recipes/:name", load: () => import("../pages/recipes/RecipePage.svelte"), within: "/recipes" },
  {
    path: "/usage",
    load: () => import("../pages/usage/UsagePage.svelte"),
    navigation: { label: "Usage & keys", icon: "chart-column", key: "k" },
  },
  {
    path: "/settings",
    load: () => import("../pages/settings/SettingsPage.svelte"),
    navigation: { label: "Settings", icon: "settings", key: "s" },
  },
  { path: "/upload", load: () => import("../pages/upload/UploadPage.svelte"), within: "/" },
];

/** The page of every other path. */
export const MISSING: Route = { path: "", load: () => import("../pages/missing/MissingPage.svelte") };
