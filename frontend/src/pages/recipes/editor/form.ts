/** Turns a recipe into what a form shows, and back. A document that goes through both means the same. */

import type { OperationDocument, RecipeDocument, VariantDocument } from "../recipe";
import type { FieldSpec, RecipeSpec } from "./fields";

/** Values by the names of their fields. Every field has one: null stands for an empty field. */
export type Values = Record<string, unknown>;

export interface Part {
  values: Values;
  /** Fields that the document has, even if their values are the defaults. They stay in it. */
  given: readonly string[];
}

export interface OperationForm extends Part {
  /** Tells operations apart while they change places. */
  id: number;
  op: string;
}

export interface VariantForm extends Part {
  id: number;
  operations: OperationForm[];
  output: Part;
}

export interface RecipeForm extends Part {
  variants: VariantForm[];
}

let lastId = 0;

/** Return a number that no other variant or operation of this page has. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}

/** Return the form of a document. Throws Unknown if it has what the form cannot show. */
export function formOf(spec: RecipeSpec, document: RecipeDocument): RecipeForm {
  return {
    ...partOf(spec.recipe, document as unknown as Values, "", ["variants"]),
    variants: document.variants.map((variant, index) => variantForm(spec, variant, `/variants/${index}`)),
  };
}

export function variantForm(spec: RecipeSpec, document: VariantDocument, pointer = ""): VariantForm {
  const operations = document.operations ?? [];
  return {
    id: nextId(),
    ...partOf(spec.variant, document as unknown as Values, pointer, ["operations", "output"]),
    operations: operations.map((each, index) => operationForm(spec, each, `${pointer}/operations/${index}`)),
    output: partOf(spec.output, document.output ?? {}, `${pointer}/output`),
  };
}

export function operationForm(spec: RecipeSpec, document: OperationDocument, pointer = ""): OperationForm {
  const operation = spec.operations.get(document.op);
  if (!operation) throw new Unknown(pointer, `There is no operation "${document.op}".`);
  return { id: nextId(), op: document.op, ...partOf(operation.fields, document, pointer, ["op"]) };
}

/** The document has a field or an operation that the schema does not know. */
export class Unknown extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/** Return the document of a form. Empty fields are left out, and so are defaults that the document did not have. */
export function recipeOf(spec: RecipeSpec, form: RecipeForm): RecipeDocument {
  return {
    variants: form.variants.map((variant) => variantOf(spec, variant)),
    ...documentOf(spec.recipe, form),
  };
}

export function variantOf(spec: RecipeSpec, form: VariantForm): VariantDocument {
  const { name = "", ...rest } = documentOf(spec.variant, form);
  const output = documentOf(spec.output, form.output);
  return {
    name: String(name),
    ...rest,
    ...(form.operations.length > 0 ? { operations: form.operations.map((each) => operationOf(spec, each)) } : {}),
    ...(Object.keys(output).length > 0 ? { output } : {}),
  };
}

export function operationOf(spec: RecipeSpec, form: OperationForm): OperationDocument {
  return { op: form.op, ...documentOf(spec.operations.get(form.op)?.fields ?? [], form) };
}

function partOf(fields: readonly FieldSpec[], document: Values, pointer: string, others: readonly string[] = []): Part {
  const names = new Set(fields.map(({ name }) => name));
  const given = Object.keys(document).filter((name) => !others.includes(name));
  const unknown = given.find((name) => !names.has(name));
  if (unknown !== undefined) throw new Unknown(`${pointer}/${unknown}`, `There is no field "${unknown}".`);
  const values = fields.map(({ name, default: usual }) => [name, structuredClone(document[name] ?? usual)]);
  return { values: Object.fromEntries(values), given };
}

function documentOf(fields: readonly FieldSpec[], { values, given }: Part): Values {
  const kept = fields.filter(({ name, default: usual }) => {
    const value = values[name];
    if (value === null || value === undefined || value === "") return false;
    return given.includes(name) || JSON.stringify(value) !== JSON.stringify(usual);
  });
  return Object.fromEntries(kept.map(({ name }) => [name, values[name]]));
}
