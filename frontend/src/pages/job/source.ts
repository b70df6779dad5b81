/** What is known of an original, as people read it. */

import type { Job } from "@darkroom/client";
import { bytesText, countText, pixelsText } from "../../formats/sizes";

export type Fact = readonly [name: string, value: string | null];

/** Return what the file is. */
export function factsOf({ source }: Job): Fact[] {
  const { width, height, frames, dpi, orientation } = source;
  const isKnown = source.format != null;
  return [
    ["Format", source.format ?? source.content_type],
    ["Size", width && height ? pixelsText(width, height) + megapixelsText(width * height) : null],
    ["File", source.bytes === null ? null : bytesText(source.bytes)],
    ["Colours", source.mode ? `${source.mode}${source.has_alpha ? ", transparent" : ""}` : null],
    ["Profile", isKnown ? (source.icc_profile ?? "none") : null],
    ["Frames", frames && frames > 1 ? countText(frames) : null],
    ["Orientation", orientation && orientation > 1 ? `${orientation}, results are upright` : null],
    ["Density", dpi ? `${Math.round(dpi[0])} dpi` : null],
  ];
}

function megapixelsText(pixels: number): string {
  return pixels < 100_000 ? "" : `, ${(pixels / 1e6).toFixed(1)} MP`;
}

/** Return what the camera wrote, by the names of EXIF. */
export function cameraFactsOf({ source }: Job): Fact[] {
  return Object.entries(source.exif ?? {}).map(([name, value]) => [name, String(value)]);
}

export interface Privacy {
  tone: "ok" | "warn" | "quiet";
  title: string;
  text: string;
}

/** Return what becomes of the position at which the image was taken; null if nobody has looked yet. */
export function privacyOf(job: Job): Privacy | null {
  if (job.source.has_gps == null) return null;
  if (!job.source.has_gps)
    return { tone: "quiet", title: "No position", text: "The original does not say where it was taken." };
  const telling = tellingVariants(job);
  if (telling.length > 0)
    return {
      tone: "warn",
      title: "Position passed on",
      text: `The original says where it was taken. The recipe keeps all metadata in ${telling.join(", ")}: whoever has these files can read it.`,
    };
  return {
    tone: "ok",
    title: "Position found, and not passed on",
    text: "The original says where it was taken. No result has that, and Darkroom shows it nowhere. Only the original file still does.",
  };
}

/** Return the variants that keep all metadata of the original. */
function tellingVariants({ recipe_document }: Job): string[] {
  const variants = (recipe_document?.variants ?? []) as { name: string; output?: { keep_metadata?: string } }[];
  return variants.filter(({ output }) => output?.keep_metadata === "all").map(({ name }) => name);
}
