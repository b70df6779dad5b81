/** Reads from the JSON Schema of recipes which fields an operation, an output and a variant have. */

import { labelOf, shownChoices, unitOf } from "./labels";
import { firstSentence, plainText, type RecipeSchema, resolved, type Schema } from "./schema";

export type FieldKind = "number" | "choice" | "switch" | "color" | "text" | "position" | "image";

export interface FieldSpec {
  name: string;
  label: string;
  /** What the field means, from the schema. */
  hint: string;
  kind: FieldKind;
  unit: string;
  isRequired: boolean;
  /** Value of a field that the document leaves out; null if it has none. */
  default: unknown;
  /** Bounds and kind of a number. */
  range: NumberRange | null;
  choices: readonly (string | number)[];
  /** Whether a colour may be transparent, and a position a point. */
  isWide: boolean;
  maxLength: number | undefined;
  /** Regular expression that a text must match; empty if it may be any text. */
  pattern: string;
}

export interface NumberRange {
  minimum: number;
  /** Whether the minimum itself is too small. */
  isAbove: boolean;
  maximum: number;
  isInteger: boolean;
  /** Step of the slider; null if the range is too long for one. */
  step: number | null;
}

export interface OperationSpec {
  op: string;
  label: string;
  /** What it does, in a sentence. */
  summary: string;
  fields: FieldSpec[];
}

export interface RecipeSpec {
  operations: ReadonlyMap<string, OperationSpec>;
  output: FieldSpec[];
  /** Fields of a variant beside its operations and output. */
  variant: FieldSpec[];
  /** Fields of the recipe beside its variants. */
  recipe: FieldSpec[];
}

/** Values up to which a number gets a slider. */
const LONGEST_SLIDER = 1000;
const NESTED = new Set(["operations", "output", "variants"]);

/** Return the fields of all parts of a recipe. */
export function specOf(root: RecipeSchema): RecipeSpec {
  const variant = resolved(root, root.$defs.Variant);
  const operations = (variant.properties?.operations?.items?.oneOf ?? []).map((reference): OperationSpec => {
    const schema = resolved(root, reference);
    const op = String(schema.properties?.op?.const ?? "");
    return { op, label: labelOf(op), summary: firstSentence(schema.description), fields: fieldsOf(root, schema, op) };
  });
  return {
    operations: new Map(operations.map((operation) => [operation.op, operation])),
    output: fieldsOf(root, resolved(root, root.$defs.Output), "output"),
    variant: fieldsOf(root, variant, "variant"),
    recipe: fieldsOf(root, root, "recipe"),
  };
}

function fieldsOf(root: RecipeSchema, schema: Schema, owner: string): FieldSpec[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name, field]) => field.const === undefined && !NESTED.has(name))
    .map(([name, field]) =>
      fieldOf(root, field, { owner, name, isRequired: schema.required?.includes(name) ?? false }),
    );
}

interface Place {
  owner: string;
  name: string;
  isRequired: boolean;
}

function fieldOf(root: RecipeSchema, field: Schema, { owner, name, isRequired }: Place): FieldSpec {
  const inner = resolved(root, field.anyOf?.find(({ type }) => type !== "null") ?? field);
  const place = resolved(
    root,
    inner.oneOf?.find((option) => resolved(root, option).enum),
  );
  const kind = place.enum || name === "position" ? "position" : kindOf(inner);
  return {
    name,
    label: labelOf(name),
    hint: plainText(field.description ?? inner.description),
    kind,
    unit: unitOf(owner, name),
    isRequired,
    default: field.default ?? null,
    range: kind === "number" ? rangeOf(inner) : null,
    choices: shownChoices(owner, name, inner.enum ?? place.enum ?? []),
    isWide: place.enum !== undefined || (inner.pattern?.includes("transparent") ?? false),
    maxLength: inner.maxLength,
    pattern: inner.pattern ?? "",
  };
}

function kindOf(schema: Schema): FieldKind {
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "object") return "image";
  return schema.pattern?.startsWith("^(#") ? "color" : "text";
}

function rangeOf({ type, minimum, exclusiveMinimum, maximum }: Schema): NumberRange {
  const range = {
    minimum: minimum ?? exclusiveMinimum ?? 0,
    isAbove: minimum === undefined,
    maximum: maximum ?? 0,
    isInteger: type === "integer",
  };
  const length = range.maximum - range.minimum;
  const step = range.isInteger || length > 100 ? 1 : length > 1 ? 0.1 : 0.01;
  return { ...range, step: length <= LONGEST_SLIDER ? step : null };
}
