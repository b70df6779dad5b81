/** What the configuration says of the files that are taken. */

import type { Config } from "@darkroom/client";

export type Limits = Pick<Config, "limits" | "formats" | "features">;

/** Return the formats that can be read: "JPEG, PNG, WEBP". */
export function formatsText({ formats, features }: Limits): string {
  return [...formats.read, ...(features.heic && !formats.read.includes("heic") ? ["heic"] : [])]
    .map((name) => name.toUpperCase())
    .join(", ");
}
