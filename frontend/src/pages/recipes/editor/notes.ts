/** What the API says of a recipe, each at the place in the document that it is about. */

import type { components, Problem } from "@darkroom/client";
import type { RecipeDocument, VariantDocument } from "../recipe";

type Warning = components["schemas"]["WarningBody"];

export interface Note {
  /** JSON pointer into the recipe; empty for the whole of it. */
  pointer: string;
  message: string;
  /** A fault makes the recipe invalid, or the variant certain to fail. */
  kind: "fault" | "warning";
}

/** Return the faults that a refused recipe has. */
export function faultsOf(problem: Problem): Note[] {
  return (problem.errors ?? []).map(({ pointer, message }) => ({ pointer, message, kind: "fault" }));
}

/** Return the warnings of a plan, beside the fields that could prevent them. */
export function warningsOf(warnings: readonly Warning[], { variants }: RecipeDocument): Note[] {
  return warnings.map((warning) => {
    const index = variants.findIndex(({ name }) => name === warning.variant);
    const variant = variants[index];
    const pointer = variant ? `/variants/${index}${placeOf(warning, variant)}` : "";
    return { pointer, message: warning.message.replace(/`/g, ""), kind: warning.fatal ? "fault" : "warning" };
  });
}

/** Return the place of a warning within its variant. */
function placeOf({ code, message }: Warning, variant: VariantDocument): string {
  const operations = variant.operations ?? [];
  const field = (op: string | undefined, name: string, isFitting = (_: Record<string, unknown>) => true) => {
    const index = operations.findIndex((operation) => operation.op === op && isFitting(operation));
    return index < 0 ? "" : `/operations/${index}/${name}`;
  };
  switch (code) {
    case "not_enlarged":
      return field("resize", "enlarge", ({ enlarge }) => enlarge !== true);
    case "transparency_lost":
      // "Transparent parts become #ffffff: pad puts the image on that background."
      return field(/: (\w+) puts /.exec(message)?.[1], "background") || "/output/format";
    case "first_frame_only":
    case "frame_limit":
    case "pixel_limit":
      return "/output/frames";
    case "overlay_missing":
      return field("watermark", "image", ({ image }) => Boolean(image));
    case "output_limit":
      return /rotation/.test(message) ? field("rotate", "angle") : "";
    default:
      return "";
  }
}

/** Return the notes of a field, with those of the parts of its value. */
export function notesAt(notes: readonly Note[], pointer: string): Note[] {
  return notes.filter((note) => note.pointer === pointer || note.pointer.startsWith(`${pointer}/`));
}

/** Return the notes of an operation, a variant or the recipe itself, and not of its fields. */
export function notesOn(notes: readonly Note[], pointer: string): Note[] {
  return notes.filter((note) => note.pointer === pointer);
}
