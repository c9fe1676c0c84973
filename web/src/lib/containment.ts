// What to contain or undo, in words: what to act on first, what is no longer confidential, what is less urgent and what ended. Pure.

import type { DisclosedData, Remedies, RemedyItem } from "../api/types";
import { actionOf, subjectOf } from "./action";
import { count, counted, endTime } from "./format";
import { upper } from "./gist";
import { grouped } from "./group";
import { shortPrincipal } from "./session";
import { downloadEvidence, type Evidence, ended, evidenceHref } from "./story";
import { listed, middle, typeName, typeNames } from "./text";

/** Kinds of items that combine several resources, which a number of items would not count. */
const COMBINED: Record<string, string> = {
  watch: "changes to logging or detection",
  secret: "values that were read",
};

const NEEDS: Record<string, [string, string]> = {
  used: ["credential used", "credentials used"],
  key: ["access key created", "access keys created"],
  password: ["password set", "passwords set"],
  user: ["user created", "users created"],
  policy: ["permission granted", "permissions granted"],
  trust: ["trust relationship changed", "trust relationships changed"],
  role: ["role created", "roles created"],
  share: ["resource shared or exposed", "resources shared or exposed"],
  network: ["security group opened", "security groups opened"],
  watch: ["log or detector stopped, changed or deleted", "logs or detectors stopped, changed or deleted"],
  instance: ["instance started", "instances started"],
  other: ["other change that can preserve access", "other changes that can preserve access"],
  secret: ["secret to rotate", "secrets to rotate"],
};

/** An item to contain or undo: what to do, what happened, the commands to review, and how it ended. */
export interface Item {
  action: string;
  /** What happened, if the action and the story above say the rest: `Stopped by nadia`. */
  brief?: string;
  evidence: Evidence;
  commands: string[];
  end?: { text: string; href: string };
}

/** Items about resources of one type, such as secrets that were read. `title` is empty if they are too few to share a line. */
export interface Group {
  title: string;
  items: Item[];
}

/** Items of one kind, and how many more there are. */
export interface KindOfItems {
  title: string;
  /** How many there are. */
  items: number;
  groups: Group[];
  left: number;
}

/** What to contain or undo: what to act on first, data that is no longer confidential, what else is still in effect and what
 * ended later in the case, both by kind. */
export interface Containment {
  /** Who caused all of it, if it was one principal. */
  by: string | null;
  urgent: Item[];
  data: Item[];
  other: KindOfItems[];
  ended: KindOfItems[];
  /** Who caused what is less urgent, if the list is complete and none of it is the work of the identities that are described. */
  others: string[];
}

/** Several events that an item combines: for a secret, reads of the same secret. */
const again = ({ events, need }: RemedyItem): string => {
  if (events <= 1) return "";
  return need === "secret" ? `, ${count(events)} times` : `, and ${count(events - 1)} more like it`;
};

/** `; last used 21:20:13` */
function lastUse({ need, time, uses, last_used }: RemedyItem): string {
  if (need !== "key" || uses == null) return "";
  return last_used ? `; last used ${endTime(time, last_used)}` : "; not used in this case";
}

/** Without the name of the key that the action states: `Signed 2,104 calls, the last at 2026-03-11 21:20:13`. */
const withoutKey = (what: string): string => what.replace(/^Access key \S+ (?:of .*? )?signed (?=\d)/, "Signed ");

/** `alone`: whether everything is the work of the same principal, which then need not be named. */
function itemOf(item: RemedyItem, alone: boolean): Item {
  const by = item.principal && item.need !== "used" && !alone ? `, by ${shortPrincipal(item.principal)}` : "";
  const evidence = {
    time: item.time,
    text: `${item.need === "used" ? withoutKey(item.what) : item.what}${again(item)}${by}${lastUse(item)}`,
    href:
      item.need === "used" && item.session_id
        ? `/timeline?${new URLSearchParams({ session: item.session_id })}`
        : item.event_id
          ? evidenceHref(item.session_id, item.event_id)
          : "/timeline",
  };
  const action = item.action ?? actionOf(item);
  const brief =
    item.need === "used" || item.events > 1
      ? {}
      : { brief: `${item.what.split(" ")[0] ?? ""}${by.replace(",", "")}${lastUse(item)}` };
  if (item.ended_at === null) return { action, evidence, commands: item.commands ?? [], ...brief };
  const end = {
    text: `${ended(item.time, item.ended_at, item.deleted)}${item.ending ? ` by “${item.ending}”` : ""}`,
    href: item.end_event_id ? evidenceHref(item.end_session_id, item.end_event_id) : evidence.href,
  };
  return { action, evidence, commands: [], end };
}

/** `Assume that the data in bucket prod-db-backups was exfiltrated` */
function disclosed(data: DisclosedData, alone: boolean): Item {
  const { how, thing, source, what, principal, first_time, last_time, session_id, event_id } = data;
  const until = first_time === last_time ? "" : `, until ${endTime(first_time, last_time)}`;
  const base = downloadEvidence({ ...data, place: 0 });
  const text = what ?? (how === "downloaded" ? base.text : upper(how));
  const by = what === null || principal === null || alone ? "" : `, by ${shortPrincipal(principal)}`;
  const place = [thing && typeName(thing), source].filter(Boolean).join(" ");
  return {
    action: `Assume that the data${place && ` in ${place}`} was exfiltrated`,
    evidence: {
      time: first_time,
      text: `${text}${by}${until}`,
      href: event_id ? evidenceHref(session_id, event_id) : base.href,
    },
    commands: [],
  };
}

/** From this number, items about resources of one type share a line. */
const SHARED = 3;
const MOST_NAMED = 3;

/** `20 secrets: a, b, c and 17 more` */
function groupsOf(items: readonly RemedyItem[], by: boolean): Group[] {
  const told = (item: RemedyItem) => itemOf(item, by);
  const subjects = new Map(items.map((item) => [item, subjectOf(item)]));
  const types = grouped(items, (item) => {
    const about = subjects.get(item);
    return about ? `${about.entity_type} ${about.relation === "deleted"}` : "";
  });
  const alone: Group = { title: "", items: [] };
  const shared: Group[] = [];
  for (const same of types.values()) {
    const about = same.flatMap((item) => subjects.get(item) ?? []);
    const [first] = about;
    if (!first || same.length < SHARED) alone.items.push(...same.map(told));
    else {
      // Several items may be about the same resource.
      const names = [...new Set(about.map((each) => each.name ?? each.entity_value))];
      const some = names.slice(0, MOST_NAMED).map((name) => middle(name, 44));
      const all = names.length === same.length ? "" : ` (${counted(same.length, "item")})`;
      const title = `${counted(names.length, typeName(first.entity_type), typeNames(first.entity_type))}: ${listed(some, names.length)}${all}`;
      shared.push({ title, items: same.map(told) });
    }
  }
  return [...(alone.items.length > 0 ? [alone] : []), ...shared];
}

/** The principals of these items, if none of them is one of `told`. */
function byOthers(items: readonly RemedyItem[], all: number, told: readonly string[]): string[] {
  const names = [...new Set(items.map(({ principal }) => principal))];
  const known = names.filter((name): name is string => name !== null);
  return items.length === all && known.length === names.length && !known.some((name) => told.includes(name))
    ? known
    : [];
}

/** The principal of all items, if the lists are complete and there is only one. */
function onlyOne({ urgent, other, ended, urgent_items, other_items, ended_items, data }: Remedies): string | null {
  const items = [...urgent_items, ...other_items, ...ended_items];
  const [first, ...more] = new Set([...items, ...data].map(({ principal }) => principal));
  return more.length === 0 && items.length === urgent + other + ended ? (first ?? null) : null;
}

/** `told`: the principals whose activity the stories describe. */
export function containment(remedies: Remedies, told: readonly string[] = []): Containment {
  const { needs, urgent_items, data, other, other_items, ended_items } = remedies;
  const by = onlyOne(remedies);
  const alone = by !== null;
  const byKind = (all: readonly RemedyItem[], of: "other" | "ended"): KindOfItems[] =>
    needs
      .filter((each) => each[of] > 0)
      .map((each) => {
        const [one, many] = NEEDS[each.need] ?? [each.need, each.need];
        const items = all.filter((item) => item.need === each.need);
        const isCombined = items.some(({ action }) => typeof action === "string");
        return {
          title: (isCombined ? COMBINED[each.need] : undefined) ?? counted(each[of], one, many),
          items: each[of],
          groups: groupsOf(items, alone),
          left: each[of] - items.length,
        };
      });
  return {
    by,
    urgent: urgent_items.map((item) => itemOf(item, alone)),
    data: data.map((each) => disclosed(each, alone)),
    other: byKind(other_items, "other"),
    ended: byKind(ended_items, "ended"),
    others: byOthers(other_items, other, told),
  };
}
