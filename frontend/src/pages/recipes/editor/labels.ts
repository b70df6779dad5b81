/** What the JSON Schema of recipes does not say of its fields: their units, and with which values an operation begins. */

/** Return the label of a field or an operation: its name in the API, as words. */
export function labelOf(name: string): string {
  const words = name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const PIXELS = ["width", "height", "top", "right", "bottom", "left", "radius", "sigma"];
const UNITS: Record<string, string> = {
  ...Object.fromEntries(PIXELS.map((name) => [name, "px"])),
  angle: "°",
  threshold: "levels",
  fraction: "× side",
  scale: "× width",
  margin: "× side",
  max_bytes: "bytes",
  colors: "colours",
};
/** Sides of a crop are in the unit that the operation names. */
const WITHOUT = new Set(["crop"]);

export function unitOf(owner: string, name: string): string {
  return WITHOUT.has(owner) ? "" : (UNITS[name] ?? "");
}

/** Positions that the API refuses for a watermark, though the schema has them. */
const REFUSED = new Set(["smart", "entropy"]);

export function shownChoices<Choice>(owner: string, name: string, choices: readonly Choice[]): readonly Choice[] {
  if (owner !== "watermark" || name !== "position") return choices;
  return choices.filter((choice) => !REFUSED.has(String(choice)));
}

/** Values with which a new operation is valid, and does something that is seen. */
export const STARTS: Record<string, Record<string, unknown>> = {
  resize: { width: 640, fit: "inside" },
  crop: { left: 0.1, top: 0.1, width: 0.8, height: 0.8, unit: "fraction" },
  rotate: { angle: 90 },
  pad: { top: 24, right: 24, bottom: 24, left: 24 },
  round: { fraction: 0.1 },
  blur: { sigma: 4 },
  adjust: { saturation: 1.3 },
  tint: { color: "#2a6f97" },
  watermark: { text: "Darkroom" },
};

/** Fields of an operation of which only one may have a value. */
export const ALTERNATIVES: Record<string, readonly string[]> = {
  round: ["radius", "fraction"],
  watermark: ["text", "image"],
};

/** Fields that a format does not use. The API ignores them; the form does not show them. */
const USED_BY: Record<string, readonly string[]> = {
  quality: ["jpeg", "webp", "avif", "same", "auto"],
  lossless: ["webp", "avif", "same", "auto"],
  effort: ["jpeg", "png", "webp", "avif", "same", "auto"],
  progressive: ["jpeg", "same", "auto"],
  subsampling: ["jpeg", "avif", "same", "auto"],
  colors: ["png", "gif", "same", "auto"],
  frames: ["gif", "webp", "png", "avif", "same", "auto"],
};

/** Return whether a format uses a field of the output. */
export function isUsedBy(format: unknown, field: string): boolean {
  return USED_BY[field]?.includes(String(format)) ?? true;
}

/** Return whether a field has an effect beside the other values of its operation. */
export function hasEffect(op: string, field: string, values: Record<string, unknown>): boolean {
  if (op === "resize" && (field === "position" || field === "background"))
    return values.fit === "contain" || (field === "position" && values.fit === "cover");
  if (op === "watermark" && field === "spacing") return values.tile === true;
  if (op === "watermark" && field === "color") return values.image === null;
  return true;
}
