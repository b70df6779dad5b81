/** What the form of the upload page says, and what is wrong with it. */

import type { Options } from "../../uploads/upload.svelte";

/** Stands for a recipe that is typed in, in place of a preset's name. */
export const OWN_RECIPE = "{}";
export const MOST_METADATA = 16;

export type Choice = "default" | "yes" | "no";

export interface UploadForm {
  /** A preset's name, or `OWN_RECIPE`. */
  preset: string;
  json: string;
  publish: Choice;
  keepOriginal: Choice;
  metadata: readonly { key: string; value: string }[];
  callbackUrl: string;
}

export interface Faults {
  json: string;
  metadata: string;
  callbackUrl: string;
}

export const EXAMPLE_RECIPE = JSON.stringify(
  { variants: [{ name: "card", operations: [{ op: "resize", width: 1200 }], output: { format: "webp" } }] },
  null,
  2,
);

/** Return the recipe as requests say it: a preset's name or a document. Undefined if it is not JSON. */
export function recipeOf({ preset, json }: UploadForm): string | Record<string, unknown> | undefined {
  if (preset !== OWN_RECIPE) return preset;
  try {
    const parsed: unknown = JSON.parse(json);
    return parsed !== null && typeof parsed === "object" && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Return what is wrong with each field; empty texts if nothing is. */
export function faultsOf(form: UploadForm): Faults {
  const keys = form.metadata.map(({ key }) => key.trim());
  const isDouble = keys.some((key, index) => key && keys.indexOf(key) !== index);
  const isNameless = form.metadata.some(({ key, value }) => !key.trim() && value.trim());
  return {
    json: recipeOf(form) === undefined ? "This is not JSON. A recipe is an object with a list of variants." : "",
    metadata: isDouble ? "Each key can be there once." : isNameless ? "A value needs a key." : "",
    callbackUrl: !form.callbackUrl || isHttp(form.callbackUrl) ? "" : "A callback URL begins with https:// or http://.",
  };
}

export function optionsOf(form: UploadForm): Options {
  const recipe = recipeOf(form);
  const pairs = form.metadata.map(({ key, value }) => [key.trim(), value.trim()] as const);
  return {
    recipe: typeof recipe === "string" ? recipe : JSON.stringify(recipe),
    metadata: Object.fromEntries(pairs.filter(([key]) => key)),
    publish: chosen(form.publish),
    keepOriginal: chosen(form.keepOriginal),
    callbackUrl: form.callbackUrl.trim(),
  };
}

/** Return the addresses of images in a text, one a line, or null if it has anything else. */
export function addressesIn(text: string): string[] | null {
  const lines = text.split(/\s+/).filter(Boolean);
  return lines.length > 0 && lines.every(isHttp) ? lines : null;
}

function isHttp(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text.trim()) && URL.canParse(text.trim());
}

function chosen(choice: Choice): boolean | null {
  return choice === "default" ? null : choice === "yes";
}
