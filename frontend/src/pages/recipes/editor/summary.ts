/** Says in a few words what an operation does, and what a variant becomes. */

import { plainText } from "./schema";

type Values = Record<string, unknown>;

/** Return the values of an operation as a text: "600 × 400, cover". Defaults are left out. */
export function operationText(op: string, values: Values, usual: (name: string) => unknown): string {
  const differing = Object.keys(values).filter((name) => isGiven(values[name]) && !same(values[name], usual(name)));
  const parts = differing.filter((name) => !LEADING[op]?.names.includes(name)).map((name) => part(name, values[name]));
  return [LEADING[op]?.text(values), ...parts].filter(Boolean).join(", ");
}

/** What is said first, and of which fields it is made. */
const LEADING: Record<string, { names: string[]; text: (values: Values) => string }> = {
  resize: {
    names: ["width", "height", "fit"],
    text: ({ width, height, fit }) => `${width ?? "auto"} × ${height ?? "auto"}${width && height ? `, ${fit}` : ""}`,
  },
  crop: {
    names: ["width", "height", "left", "top", "unit"],
    text: ({ width, height, left, top, unit }) => {
      const shown = (value: unknown) => (unit === "fraction" ? `${Math.round(Number(value) * 100)} %` : `${value} px`);
      return `${shown(width)} × ${shown(height)} from ${shown(left)}, ${shown(top)}`;
    },
  },
  pad: {
    names: ["top", "right", "bottom", "left"],
    text: ({ top, right, bottom, left }) => `${top} ${right} ${bottom} ${left} px`,
  },
  rotate: { names: ["angle"], text: ({ angle }) => `${angle ?? 0}°` },
  watermark: { names: ["text", "image"], text: ({ text, image }) => (image ? "an image" : `“${text ?? ""}”`) },
  tint: { names: ["color"], text: ({ color }) => String(color ?? "") },
};

function part(name: string, value: unknown): string {
  const words = plainText(name.replace(/_/g, " "));
  if (value === true) return words;
  if (name === "background") return `on ${value}`;
  if (typeof value === "object") return words;
  return `${words} ${value}`;
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
