/** Compares two texts line by line. */

export interface Line {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Return the lines of both texts in order: those that both have once, the others as removed or added. */
export function difference(before: string, after: string): Line[] {
  const [old, current] = [before.split("\n"), after.split("\n")];
  const common = lengths(old, current);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < current.length) {
    if (i < old.length && j < current.length && old[i] === current[j]) {
      lines.push({ kind: "same", text: old[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= current.length || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: "removed", text: old[i] ?? "" });
      i += 1;
    } else {
      lines.push({ kind: "added", text: current[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** A run of lines, or how many same lines are left out between two runs. */
export type Hunk = { lines: Line[] } | { hidden: number };

/** Return the lines with what has not changed left out, but for a few lines around each change. */
export function hunksOf(lines: readonly Line[], around = 3): Hunk[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"),
  );
  const hunks: Hunk[] = [];
  for (const [index, line] of lines.entries()) {
    const last = hunks.at(-1);
    if (near[index]) {
      if (last && "lines" in last) last.lines.push(line);
      else hunks.push({ lines: [line] });
    } else if (last && "hidden" in last) last.hidden += 1;
    else hunks.push({ hidden: 1 });
  }
  return hunks;
}

/** Return, for each pair of places, how many lines the rests of both texts have in common. */
function lengths(old: readonly string[], current: readonly string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(current.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = table[i] as number[];
    for (let j = current.length - 1; j >= 0; j -= 1)
      row[j] = old[i] === current[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), row[j + 1] ?? 0);
  }
  return table;
}

function at(table: readonly number[][], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
