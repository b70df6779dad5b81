/** Recipes as JSON documents, as the API takes and shows them. docs/recipe.schema.json says what is in them. */

export interface RecipeDocument {
  variants: VariantDocument[];
  publish?: boolean;
  keep_original?: boolean;
}

export interface VariantDocument {
  name: string;
  folder?: string | null;
  operations?: OperationDocument[];
  output?: Record<string, unknown>;
  when?: string;
}

export interface OperationDocument {
  op: string;
  [field: string]: unknown;
}

/** Name in the address of a recipe that is not a preset yet. The API gives it to no preset. */
export const UNSAVED = "custom";

/** Return the recipe of a preset, without the preset's name, version and time. */
export function recipeIn({ variants, publish, keep_original }: RecipeDocument): RecipeDocument {
  return {
    variants,
    ...(publish ? { publish } : {}),
    ...(keep_original ? { keep_original } : {}),
  };
}
