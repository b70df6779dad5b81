/** Compares paths with patterns such as `/jobs/:id`. */

export type Parameters = Record<string, string>;

/** Return the parameters of a path that fits the pattern, or null. */
export function matched(pattern: string, path: string): Parameters | null {
  const wanted = segmentsOf(pattern);
  const given = segmentsOf(path);
  if (wanted.length !== given.length) return null;
  const parameters: Parameters = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? "";
    if (segment.startsWith(":")) parameters[segment.slice(1)] = decoded(value);
    else if (segment !== value) return null;
  }
  return parameters;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
