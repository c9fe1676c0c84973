// The explanation of a click, from the lines that the program writes. Pure.

export interface Explanation {
  /** How the click was found. */
  found: string | null;
  /** The events with their shapes, and the rejected pages. */
  lines: string[];
}

const FOUND = /^ +found +/;
/** The confidence at the end of the line, which is shown separately. */
const CONFIDENCE = /; confidence [0-9.]+$/;

/** The explanation without its first block, which repeats what is shown above it. */
export function explanation(lines: readonly string[]): Explanation {
  const gap = lines.indexOf("");
  const found =
    lines
      .find((line) => FOUND.test(line))
      ?.replace(FOUND, "")
      .replace(CONFIDENCE, "") ?? null;
  return { found, lines: found === null || gap < 0 ? [...lines] : lines.slice(gap + 1) };
}
