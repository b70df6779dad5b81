/** Finds commands by the beginnings of their words. */

/** Return what has all words of the text, each as the beginning of a word; first what begins with the text. */
export function searched<Item extends { label: string }>(items: readonly Item[], text: string): Item[] {
  const wanted = wordsOf(text);
  const found = items.filter(({ label }) => {
    const words = wordsOf(label);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  });
  const beginning = text.trim().toLowerCase();
  const begins = ({ label }: Item) => (label.toLowerCase().startsWith(beginning) ? 0 : 1);
  return found.toSorted((one, other) => begins(one) - begins(other));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
