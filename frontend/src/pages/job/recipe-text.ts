/** A recipe that somebody writes as JSON. Whether it is valid is for the API to say. */

export interface WrittenRecipe {
  /** Null if the text is not a JSON object. */
  value: Record<string, unknown> | null;
  /** What is wrong, in a sentence; empty if nothing is. */
  fault: string;
}

export function asRecipe(text: string): WrittenRecipe {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      return { value: value as Record<string, unknown>, fault: "" };
    return { value: null, fault: "A recipe is a JSON object with a list of variants." };
  } catch (error) {
    return { value: null, fault: `This is not JSON yet. ${error instanceof Error ? error.message : ""}`.trim() };
  }
}
