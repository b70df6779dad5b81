/** The scopes of API keys, and what each of them allows. */

import type { components } from "@darkroom/client";

export type Scope = components["schemas"]["Scope"];

export const SCOPES: readonly { scope: Scope; text: string }[] = [
  { scope: "upload", text: "Send images, and run recipes" },
  { scope: "read", text: "See jobs, and fetch results" },
  { scope: "recipes", text: "Save and delete presets" },
  { scope: "admin", text: "All of these, and what operators do" },
];
