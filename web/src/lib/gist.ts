// What is inside a folded list, in a few words, so that it need not be opened to know the story. Pure.

import { count, counted } from "./format";
import { grouped } from "./group";
import { listed, shortened, typeName, typeNames } from "./text";

/** A line of a folded list. */
export interface Folded {
  text: string;
  /** What the line is about, in a few words. */
  gist?: string;
  /** Whether `gist` is a noun that is counted: `failed sign-in`. */
  countable?: boolean;
  /** Whether it concerns only what the same identity had created. */
  own?: boolean;
}

interface Done {
  what: string;
  /** The type of resource that it concerns. */
  thing: string | null;
  events: number;
  targets: number;
  /** Whether it failed because what it concerns did not exist. */
  missing?: boolean;
}

export const lower = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const LONGEST = 110;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const WORD = /^([a-z]+|[A-Z][a-z]+|[A-Z]{2,4}|[a-z0-9-]+:[A-Z]\w+)$/;

/** Several calls may have requested different numbers. */
const uncounted = (text: string): string =>
  text.replace(/ up to \d+(?= )/, "").replace(/( instances?) (of type|from) .*$/, "$1");

/** What a name that is left out may be the name of. */
const NAMED =
  /\b(?:(?:the|an?) )?(policy|role|user|image|statement|rule|instance|volume|snapshot|function|bucket|key) …/;

/** `attached … to` becomes `attached policies to`, `pushed image … to` becomes `pushed images to`. */
const plural = (text: string): string =>
  text
    .replace(/^(Attached|Detached|attach|detach) …(?= (?:to|from)\b)/, "$1 policies")
    .replace(/\bthe route to …/, "routes")
    .replace(NAMED, (_, noun: string) => (noun === "policy" ? "policies" : `${noun}s`));

/** Several events may have different names, of which only the first is known. */
const general = (text: string, events: number): string =>
  events > 1
    ? plural(
        text
          .split(" ")
          .map((word) => (WORD.test(word) ? word : "…"))
          .join(" ")
          .replace(/…( …)+/g, "…"),
      )
    : text;

/** The number in place of the names: `Read secret a` becomes `read 20 secrets`. Undefined if the type is not in the text. */
function numbered({ what, thing, events, targets }: Done): string | undefined {
  if (thing === null) return undefined;
  const [one, many] = [typeName(thing), typeNames(thing)];
  const text = uncounted(what);
  const at = new RegExp(` (?:the |an? )?((?:[A-Z]\\w* )*)(?:${escaped(one)}|${escaped(many)})(?=[ :;,]|$)`).exec(text);
  if (!at) return undefined;
  return `${general(text.slice(0, at.index), events)} ${count(targets)} ${at[1] ?? ""}${targets === 1 ? one : many}`;
}

/** Up to the first word that may be a name, which is kept if the phrase is not complete without it. */
function unnamed({ what, thing, events, targets }: Done): string {
  const [first = "", ...words] = (events > 1 ? uncounted(what) : what).split(" ");
  const end = words.findIndex((word) => !WORD.test(word) && !/^\d+$/.test(word));
  const kept = end < 0 ? words : words.slice(0, end);
  const open = end === 0 || /^(for|from|of|on|to|with|type|document)$/.test(kept.at(-1) ?? "");
  if (open && targets > 1 && thing !== null && end > 0)
    return `${general([first, ...kept].join(" "), events)} ${counted(targets, typeName(thing), typeNames(thing))}`;
  if (open && end >= 0) kept.push(words[end] ?? "");
  return general([first, ...kept].join(" ").replace(/[:;,]+$/, ""), events);
}

/** `read 20 secrets`, `put a policy on 1 bucket for account 111122223333`, `stop logging for 1 trail (3 times)` */
export function gistOf(done: Done): string {
  const { what, events, targets, missing } = done;
  const short = numbered(done) ?? unnamed(done);
  const [, word, outsider] = /\b(lets|with) (account \d{12}|everyone)\b/.exec(what) ?? [];
  const whom = outsider && !short.includes(outsider) ? ` ${word === "lets" ? "for" : "with"} ${outsider}` : "";
  const absent = missing ? ` that did not exist` : "";
  const times = events > 1 && (targets <= 1 || done.thing === null) ? ` (${count(events)} times)` : "";
  return shortened(lower(short.replace(/^Tried to /, "")), LONGEST) + whom + absent + times;
}

/** A heading names one more, because `1 more` would be as long. */
const MOST = 6;

function phrases(lines: readonly Folded[]): string {
  const same = grouped(lines, ({ gist, text }) => gist ?? lower(shortened(text, LONGEST)));
  const all = [...same].map(([gist, each]) => (each[0]?.countable ? counted(each.length, gist) : gist));
  return listed(all.slice(0, all.length === MOST + 1 ? all.length : MOST), all.length);
}

/** The heading of a folded list. `also`: whether other lines are above it. */
export function inside(lines: readonly Folded[], also: boolean): string {
  const [own, others] = [lines.filter((line) => line.own), lines.filter((line) => !line.own)];
  if (!also) return upper(phrases(lines));
  const parts = [
    ...(others.length > 0 ? [`Also: ${phrases(others)}`] : []),
    ...(own.length > 0 ? [`Of what the same identity had created: ${phrases(own)}`] : []),
  ];
  return parts.join(". ");
}
