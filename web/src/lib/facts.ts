// The server's facts about an actor, where the story needs them: facts that a line of the story already states are left out,
// and the others are below it, what the logs do not show last. Pure.

import type { Fact } from "../api/types";
import { day, endTime } from "./format";
import type { Evidence, Sentence } from "./story";

/** What the logs do not show. */
const LIMITS: readonly Fact["kind"][] = ["no data events", "private addresses", "case ends"];

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

const linesOf = (sentences: readonly Sentence[], title: string) =>
  sentences.find((each) => each.title === title)?.evidence ?? [];

/** Whether the story lists each of these failed sign-ins, and a sign-in after them. */
function isListed({ number, name, until }: Fact, sentences: readonly Sentence[]): boolean {
  const lines = linesOf(sentences, "Access");
  const tries = lines.filter(({ text }) => text.startsWith(`Failed sign-in by ${name} from `));
  return until !== null && tries.length === number && lines.some(({ text }) => text.startsWith("Signed in"));
}

/** Adds to the line about the same event what else is known. Returns whether there is such a line. */
function joined({ kind, name, event_id, until, later }: Fact, sentences: readonly Sentence[]): boolean {
  if (later === null || until !== null) return false;
  const isAbout = ({ event, text }: Evidence) =>
    kind === "program sign-in" ? text.startsWith(`The password of ${name} was used`) : event === event_id;
  const line = sentences.flatMap(({ evidence, more }) => [...evidence, ...more]).find(isAbout);
  if (line) line.text += later;
  return line !== undefined;
}

/** Whether a line says that this user's password was used. */
const isUsed = ({ name }: Fact, sentences: readonly Sentence[]): boolean =>
  linesOf(sentences, "Access").some(({ text }) => text.startsWith(`The password of ${name} was used`));

/** Whether a line of the story says the same. */
function isTold(fact: Fact, sentences: readonly Sentence[]): boolean {
  if (fact.kind === "failed sign-ins") return isListed(fact, sentences);
  if (fact.kind === "password of new user") return isUsed(fact, sentences);
  return joined(fact, sentences);
}

const rowOf = (title: string, lines: readonly string[]): Sentence[] =>
  lines.length === 0 ? [] : [{ title, text: "", strong: false, evidence: [], lines, more: [], inside: "" }];

/** The last part of a name that is different each time, which the server leaves out. */
const inFull = (text: string): string => text.replace(/^Clients: /, "").replaceAll(/_…(?=[; ]|$)/g, "_<UUID>");

/** The programs, after how they got in. */
function withClients(sentences: readonly Sentence[], clients: readonly string[]): Sentence[] {
  const at = sentences.findIndex(({ title }) => title === "Access") + 1;
  const after = at > 0 ? at : sentences.findIndex(({ title }) => title === "In short") + 1;
  return [...sentences.slice(0, after), ...rowOf("Clients", clients), ...sentences.slice(after)];
}

export interface Facts {
  /** Added to the first line. */
  lead: string;
  sentences: Sentence[];
}

/** The sentences with these facts about `name`, who was active in `span`. */
export function withFacts(facts: readonly Fact[], sentences: Sentence[], name: string, span: Span): Facts {
  const first = facts.find((fact) => fact.kind === "first seen" && fact.name === name);
  const isNew = first !== undefined;
  const since = first?.until && endTime(span.first_time, first.until);
  const others = facts.filter((fact) => !(isNew && fact.kind === "first seen") && !isTold(fact, sentences));
  const rest = others.filter(({ kind }) => kind !== "clients");
  const clients = others.filter(({ kind }) => kind === "clients").map(({ text }) => inFull(short(text, span)));
  const [limits, also] = [true, false].map((limit) =>
    rest.filter(({ kind }) => LIMITS.includes(kind) === limit).map((fact) => short(fact.text, span)),
  );
  return {
    lead: isNew ? `; no earlier activity by ${name}${since ? `, in a case that begins at ${since}` : ""}` : "",
    sentences: [
      ...withClients(sentences, clients),
      ...rowOf("Context", also ?? []),
      ...rowOf("Limits", limits ?? []).map((row) => ({ ...row, background: true })),
    ],
  };
}
