/** The parts of JSON Schema that the schema of recipes uses. */

export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  const?: unknown;
  enum?: (string | number)[];
  default?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema & { oneOf?: Schema[] };
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

export interface RecipeSchema extends Schema {
  $defs: Record<string, Schema>;
}

/** Return the schema that another one refers to, or itself. */
export function resolved(root: RecipeSchema, schema: Schema | undefined): Schema {
  if (!schema?.$ref) return schema ?? {};
  return root.$defs[schema.$ref.replace("#/$defs/", "")] ?? {};
}

/** Return a description as one line, without the marks around names. */
export function plainText(description = ""): string {
  return description.replace(/`/g, "").replace(/\s+/g, " ").trim();
}

/** Return the first sentence of a description. */
export function firstSentence(description = ""): string {
  return plainText(description).replace(/([.!?]) .*$/, "$1");
}
