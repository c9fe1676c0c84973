// The explanation of a click, as the program tells it in lines. Pure.

export interface Explanation {
  /** How the click was found. */
  found: string | null;
  /** The events with their shapes, and the pages that lost. */
  lines: string[];
}

const FOUND = /^ +found +/;

/** The explanation without its first block, which says again what stands above it. */
export function explanation(lines: readonly string[]): Explanation {
  const gap = lines.indexOf("");
  const found = lines.find((line) => FOUND.test(line))?.replace(FOUND, "") ?? null;
  return { found, lines: found === null || gap < 0 ? [...lines] : lines.slice(gap + 1) };
}
