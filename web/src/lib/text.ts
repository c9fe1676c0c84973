// Text from logs is untrusted. It is only ever set as text; this module also makes hidden characters visible.

import { count } from "./format";

// Controls, formats (bidirectional ones, zero widths, tags), separators, lone surrogates, whatever fonts show nothing for,
// the blank Braille pattern, and spaces other than the ordinary space.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const spelled = (char: string) => `⟦U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`;

/** The text with every invisible character as a visible escape: `⟦U+202E⟧`. */
export const visible = (text: string): string => text.replace(HIDDEN, spelled);

/** Like `visible`, but line ends are kept: for formatted JSON, and for the program's own messages. */
export const visibleLines = (text: string): string =>
  text.replace(HIDDEN, (char) => (char === "\n" ? char : spelled(char)));

export interface Clipped {
  text: string;
  /** The number of characters that are not shown. */
  hidden: number;
}

/** The beginning of a text, without splitting a character. */
export function clip(text: string, max: number): Clipped {
  if (text.length <= max) return { text, hidden: 0 };
  const half = /[\ud800-\udbff]$/u.test(text.slice(0, max));
  const end = half ? max - 1 : max;
  return { text: text.slice(0, end), hidden: text.length - end };
}

/** A text of at most this length, with an ellipsis if something was cut off. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${clip(text, max - 1).text}…`;
}

/** A name with the middle left out, because names are distinguished by their ends. */
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

/** A CSV field as in RFC 4180. */
export function csvField(text: string): string {
  const safe = cell(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const KINDS: Record<string, string> = { login: "sign-in", session: "shell", data: "data out" };

/** What a kind of row is called, in the chart, its table, the rows and the filters. */
export const kindName = (kind: string): string => KINDS[kind] ?? kind;

const TYPES: Record<string, string> = {
  vpc: "VPC",
  image: "AMI",
  db_instance: "DB instance",
  db_cluster: "DB cluster",
  db_snapshot: "DB snapshot",
  db_subnet_group: "DB subnet group",
};

/** The type of an entity in words: `access key`. */
export const typeName = (type: string): string => TYPES[type] ?? type.replaceAll("_", " ");

/** The type of several entities in words: `access keys`, `policies`. */
export function typeNames(type: string): string {
  const name = typeName(type);
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return name.endsWith("s") ? `${name}es` : `${name}s`;
}

/** `a, b and c`, or `a, b, c and 4 more`. */
export function listed(values: readonly string[], total = values.length): string {
  const more = total - values.length;
  const all = more > 0 ? [...values, `${count(more)} more`] : [...values];
  const last = all.pop() ?? "";
  return all.length > 0 ? `${all.join(", ")} and ${last}` : last;
}
