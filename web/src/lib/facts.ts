// The server's facts about an actor, where the story needs them: facts that a line of the story already states are left out,
// and the others are below it, what the logs do not show last. Pure.

import { day } from "./format";
import type { Sentence } from "./story";

/** What the logs do not show. */
const LIMITS = /\bno data events\b|^No data events\b|\bprivate address/;
const LEFT_OPEN =
  /^After the last activity in the console session of (.*) at (\S+ \S+), the page stayed open until (.*) \(background requests only\)$/;
const SIGN_INS = /^(\d+) failed sign-ins? as (.*) from .*; the next sign-in succeeded at /;
const NEW = /^First seen at .*?; (no earlier activity by (.*) in the case)$/;

interface Span {
  first_time: string;
  last_time: string;
}

/** Without this date, and without the zone of the times that it is removed from. */
export const undated = (text: string, date: string): string =>
  text.replaceAll(new RegExp(`${date} (\\d\\d:\\d\\d:\\d\\d)( UTC)?`, "g"), "$1");

/** Without the date, if everything happened on one day; the first line of the story has it. */
const short = (text: string, { first_time, last_time }: Span): string =>
  day(first_time) === day(last_time) ? undated(text, day(first_time)) : text;

/** Whether the story lists each of these failed sign-ins, and the sign-in after them. */
function isListed(note: string, sentences: readonly Sentence[]): boolean {
  const [, failed, who] = SIGN_INS.exec(note) ?? [];
  const lines = sentences.find(({ title }) => title === "Access")?.evidence ?? [];
  const tries = lines.filter(({ text }) => text.startsWith(`Failed sign-in by ${who} from `));
  return (
    failed !== undefined && tries.length === Number(failed) && lines.some(({ text }) => text.startsWith("Signed in"))
  );
}

/** Adds to a line what the note says about the time after it. Returns whether there is such a line. */
function joined(note: string, sentences: readonly Sentence[]): boolean {
  const [, did, later] = /^(.*) at \S+ \S+ UTC(; no later event in the case .*)$/.exec(note) ?? [];
  const line = sentences.flatMap(({ evidence, more }) => [...evidence, ...more]).find(({ text }) => text === did);
  if (line) line.text += later;
  return line !== undefined;
}

/** `12:14:47 to 12:23:30, background requests only` */
function leftOpen(note: string, name: string): string | undefined {
  const [, who, from, to] = LEFT_OPEN.exec(note) ?? [];
  return who && `${who === name ? "" : `${who}: `}${from} to ${to}, background requests only`;
}

/** Whether a line says that this credential was used, and the user it was made for was created with it. */
function isUsed(note: string, sentences: readonly Sentence[]): boolean {
  const [, user] = /^A console password was set for user (.*), which was created in the case at /.exec(note) ?? [];
  const lines = sentences.find(({ title }) => title === "Created")?.evidence ?? [];
  return user !== undefined && lines.some(({ text }) => text.startsWith(`The password of ${user} was used`));
}

const rowOf = (title: string, lines: readonly string[]): Sentence[] =>
  lines.length === 0 ? [] : [{ title, text: "", strong: false, evidence: [], lines, more: [], inside: "" }];

export interface Facts {
  /** Added to the first line. */
  lead: string;
  sentences: Sentence[];
}

/** The sentences with these notes about `name`, who was active in `span`. */
export function withFacts(notes: readonly string[], sentences: Sentence[], name: string, span: Span): Facts {
  let lead = "";
  const [also, limits, open]: [string[], string[], string[]] = [[], [], []];
  for (const note of notes) {
    const [, isNew, who] = NEW.exec(note) ?? [];
    const idle = leftOpen(note, name);
    if (isNew && who === name) lead = `; ${isNew}`;
    else if (idle) open.push(short(idle, span));
    else if (!isListed(note, sentences) && !isUsed(note, sentences) && !joined(note, sentences))
      (LIMITS.test(note) ? limits : also).push(short(note, span));
  }
  return {
    lead,
    sentences: [
      ...sentences,
      ...rowOf("Context", also),
      ...rowOf("Not recorded", limits),
      ...rowOf("Page left open", open),
    ],
  };
}
