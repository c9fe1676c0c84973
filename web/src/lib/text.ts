// Text from logs is hostile. It is only ever set as text; here it is made visible too.

// Controls, formats (bidirectional ones, zero widths, tags), separators, lone surrogates, whatever fonts show nothing for,
// the blank pattern of Braille, and spaces that are not a space.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const spelled = (char: string) => `⟦U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`;

/** The text with every character that shows nothing of itself as a visible escape: `⟦U+202E⟧`. */
export const visible = (text: string): string => text.replace(HIDDEN, spelled);

/** As `visible`, but line ends stay: for JSON that is laid out, and for messages of our own. */
export const visibleLines = (text: string): string =>
  text.replace(HIDDEN, (char) => (char === "\n" ? char : spelled(char)));

export interface Clipped {
  text: string;
  /** How many characters are not shown. */
  hidden: number;
}

/** The beginning of a text, never half a character. */
export function clip(text: string, max: number): Clipped {
  if (text.length <= max) return { text, hidden: 0 };
  const half = /[\ud800-\udbff]$/u.test(text.slice(0, max));
  const end = half ? max - 1 : max;
  return { text: text.slice(0, end), hidden: text.length - end };
}

/** A name of which the middle is left out, for names are told apart by their ends. */
export function middle(text: string, max: number): string {
  const characters = [...text];
  if (characters.length <= max) return text;
  const end = Math.floor((max - 1) * 0.6);
  return `${characters.slice(0, max - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}

/** A cell for a spreadsheet: what would start a formula gets a leading `'`, as in the program's own CSV. */
export function cell(text: string): string {
  const shown = visible(text);
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${shown}` : shown;
}

/** A field of CSV by RFC 4180. */
export function csvField(text: string): string {
  const safe = cell(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
