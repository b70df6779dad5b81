/** Checks values against the JSON Schema while somebody types, so that obvious faults show at once and cost no request. */

import type { FieldSpec, RecipeSpec } from "./fields";
import type { Part, RecipeForm } from "./form";
import type { Note } from "./notes";

/** Return the faults of a form. The API knows more: what it says of a form without these counts too. */
export function check(spec: RecipeSpec, form: RecipeForm): Note[] {
  return form.variants.flatMap((variant, index) => {
    const pointer = `/variants/${index}`;
    return [
      ...checkPart(spec.variant, variant, pointer),
      ...variant.operations.flatMap((operation, place) =>
        checkPart(spec.operations.get(operation.op)?.fields ?? [], operation, `${pointer}/operations/${place}`),
      ),
      ...checkPart(spec.output, variant.output, `${pointer}/output`),
    ];
  });
}

function checkPart(fields: readonly FieldSpec[], { values }: Part, pointer: string): Note[] {
  return fields.flatMap((field): Note[] => {
    const message = faultOf(field, values[field.name]);
    return message ? [{ pointer: `${pointer}/${field.name}`, message, kind: "fault" }] : [];
  });
}

function faultOf({ isRequired, range, pattern }: FieldSpec, value: unknown): string {
  if (value === null || value === undefined || value === "") return isRequired ? "A value is needed." : "";
  if (range && typeof value === "number") {
    if (range.isInteger && !Number.isInteger(value)) return "Only whole numbers are possible.";
    const isTooLow = range.isAbove ? value <= range.minimum : value < range.minimum;
    if (isTooLow) return range.isAbove ? `More than ${range.minimum} is needed.` : `The least is ${range.minimum}.`;
    return value > range.maximum ? `The most is ${range.maximum}.` : "";
  }
  if (pattern && typeof value === "string" && !new RegExp(pattern).test(value))
    return "This is not written as it has to be.";
  return "";
}
