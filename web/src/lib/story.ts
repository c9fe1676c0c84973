// The story of a case in sentences, each with its evidence, made only from data in the views. Pure.

import type {
  DataOut,
  Found,
  Overview,
  OverviewActor,
  OverviewAddress,
  OverviewCommands,
  OverviewConsole,
  OverviewLink,
  OverviewPattern,
} from "../api/types";
import { withFacts } from "./facts";
import { bytes, clock, count, counted, day, endTime, moment, rfc3339, seconds } from "./format";
import { type Folded, gistOf, inside, lower, upper } from "./gist";
import { grouped } from "./group";
import { inShort, isAllOwn, leftOver, lookedAt, looks, MOST_CALLS_BRIEF } from "./inshort";
import { shortPrincipal } from "./session";
import { listed, middle, typeName, typeNames } from "./text";

/** The evidence for a sentence: a timeline row. */
export interface Evidence extends Folded {
  /** Whether it is folded even if it is the only line that is. */
  minor?: boolean;
  /** Empty if the line is not about a moment. */
  time: string;
  href: string;
  /** The event that the line is about. */
  event?: string;
}

export interface Sentence {
  title: string;
  text: string;
  /** Whether it is something that one looks for first. */
  strong: boolean;
  evidence: Evidence[];
  /** Facts without a row of their own. */
  lines?: readonly string[];
  /** Whether the lines are folded under `inside`. */
  folded?: boolean;
  /** Whether the story is complete without it. Such sentences are folded together. */
  background?: boolean;
  /** Less grave evidence, which is folded, and what it is about. */
  more: Evidence[];
  inside: string;
  /** A link to all of the evidence. */
  rest?: { text: string; href: string };
}

export interface ActorStory {
  actor: OverviewActor;
  /** Who, when, and how much. */
  lead: string;
  href: string;
  sentences: Sentence[];
}

const MOST_TRIED = 2;
/** An actor is described in full if its most severe session has at least this share of the highest weight in the case. */
const SHARE_TOLD = 0.3;
const MOST_TOLD = 4;

/** The address of one event in the timeline, or of the click that explains it. */
export const evidenceHref = (session: string | null, event: string): string => {
  const params = new URLSearchParams();
  if (session) params.append("session", session);
  else params.append("search", event);
  params.append("open", event);
  return `/timeline?${params}`;
};

/** The address of everything that an actor did, or only what stands out for some reasons. */
export function actorHref(actor: OverviewActor, reasons: readonly string[] = []) {
  const { sessions, session_ids, principals, principal_count, session_id } = actor;
  const params = new URLSearchParams();
  // The sessions are exactly what the overview counts. An identity may also have sessions of somebody else.
  if (sessions <= session_ids.length) for (const id of session_ids) params.append("session", id);
  else if (principal_count <= principals.length) for (const name of principals) params.append("principal", name);
  else params.append("actor", session_id);
  for (const reason of reasons) params.append("reason", reason);
  return `/timeline?${params}`;
}

const IDENTITIES: Record<string, string> = {
  Root: "root user",
  IAMUser: "IAM user",
  AssumedRole: "role",
  FederatedUser: "federated user",
  SAMLUser: "SAML user",
  WebIdentityUser: "web identity",
  IdentityCenterUser: "Identity Center user",
  AWSService: "AWS service",
  AWSAccount: "another account",
};

const shorter = (name: string): string => middle(shortPrincipal(name), 44);

function lead(actor: OverviewActor): string {
  const type = actor.identity_types?.map((each) => IDENTITIES[each] ?? each).join(" or ") || "identity of unknown type";
  const account = actor.account_id ? `, account ${actor.account_id}` : "";
  const others = actor.principals.filter((name) => name !== actor.actor && !name.startsWith(`${actor.actor}/`));
  const all = Math.max(others.length, actor.principal_count - 1);
  const named = all <= 2 ? listed(others.map(shorter)) : `${count(all)} identities`;
  const also = others.length > 0 ? `; credentials that ${shorter(actor.actor)} created were used as ${named}` : "";
  return (
    `${type}${account}: ${counted(actor.events, "event")} in ${counted(actor.sessions, "session")}, ` +
    `${moment(actor.first_time).slice(0, 19)} to ${endTime(actor.first_time, actor.last_time)} UTC${also}`
  );
}

/** `undone 12:28:24`. The date is left out if it is that of the change. */
export function ended(time: string, endedAt: string, deleted: boolean): string {
  const at = day(time) === day(endedAt) ? clock(endedAt).slice(0, 8) : moment(endedAt).slice(0, 19);
  return `${deleted ? "deleted" : "undone"} ${at}`;
}

function endOf({ time, events, ended: number, ended_at, deleted }: Found): string {
  if (ended_at === null || number === 0) return "";
  if (events === 1) return ` (${ended(time, ended_at, deleted)})`;
  return ` (${number === events ? "all" : count(number)} ${deleted ? "deleted" : "undone"} later)`;
}

/** What was done, and how often: `Read secret a and 2 more secrets` for different resources, `Read secret a, 3 times` for the
 * same one. */
function repeated({ what, event_key, events, targets, thing }: Found): string {
  const text = what ?? event_key;
  if (events === 1) return text;
  if (targets <= 1) return `${text}, ${count(events)} times`;
  if (thing === null) return `${text}, and ${count(events - 1)} more like it`;
  const more = `${count(targets - 1)} more ${targets === 2 ? typeName(thing) : typeNames(thing)}`;
  // The number belongs to the resource, not to why the calls failed.
  const [, done = text, cause = ""] = /^(Tried to .*?)(: [^:]+)$/.exec(text) ?? [];
  return `${done} and ${more}${cause}${events > targets ? ` (${count(events)} times in total)` : ""}`;
}

/** Reasons for which it matters whether the same identity had created what an event concerns. */
const OWNED = ["secret_read", "impact", "defense_impairment"];
const EXPOSED = ["exfiltration", "data_exposure"];
const isOwn = ({ own, reason }: Found) => own && OWNED.includes(reason);

/** Whether it took, weakened or destroyed only what the same identity had created. */
const concernsOwn = (found: Found) => isOwn(found) || (found.own && EXPOSED.includes(found.reason));

function ownedBy(found: Found): string {
  if (!isOwn(found)) return "";
  return found.events === 1 || found.targets <= 1
    ? "; created by the same identity"
    : "; all created by the same identity";
}

/** `, as svc-backup`, unless the actor itself called. */
function asWhom({ principals }: Found, actor: OverviewActor): string {
  const others = principals.filter((name) => name !== actor.actor && !name.startsWith(`${actor.actor}/`));
  return others.length > 0 && others.length === principals.length
    ? `, as ${listed(others.slice(0, 2).map(roleOf), others.length)}`
    : "";
}

/** Without the name of the session. */
const roleOf = (principal: string): string => middle(shortPrincipal(principal).split("/")[0] ?? principal, 44);

/** `says`: whether the line says that the same identity had created what it concerns. */
const evidenceOf = (found: Found, actor: OverviewActor, says = true): Evidence => ({
  time: found.time,
  text:
    repeated(found) +
    (found.missing ? "; it did not exist" : "") +
    asWhom(found, actor) +
    (says ? ownedBy(found) : "") +
    endOf(found),
  href: evidenceHref(found.session_id, found.event_id),
  event: found.event_id,
  gist: gistOf({ ...found, what: found.what ?? found.event_key }) + spanOf(found),
  own: concernsOwn(found),
  minor: !(found.done || found.denied),
});

/** ` (12:11:01 to 12:11:57)`: from when to when something was shared or exposed. */
function spanOf({ reason, done, time, events, ended: number, ended_at }: Found): string {
  if (!done || !EXPOSED.includes(reason)) return "";
  if (ended_at === null || number < events) return number === 0 ? " (no end in this case)" : "";
  return ` (${clock(time).slice(0, 8)} to ${endTime(time, ended_at)})`;
}

const MOST_ENTRIES = 4;

/** How they got in: console sessions with their sign-ins, long-term keys that they did not create themselves, and how they
 * used the credentials that they created. */
function cameIn(actor: OverviewActor, all: Overview): Sentence | undefined {
  const { sign_ins, keys, links, consoles } = all;
  // Sessions that used credentials they created are described together with those credentials.
  const led = new Set(links.filter(isMade).map((link) => link.session_id));
  const own = consoles.filter((each) => each.place === actor.place && !led.has(each.session_id));
  const failed = sign_ins.filter(
    (each) => each.place === actor.place && each.result === "failure" && !led.has(each.session_id),
  );
  const made = new Set(links.map((link) => link.credential));
  const used = keys.filter((each) => each.place === actor.place && !made.has(each.key));
  const later = usesOf(actor, links);
  if (own.length + failed.length + used.length + later.length === 0) return undefined;
  const evidence = [
    ...used.map((each) => keyEvidence(actor, each)),
    ...own.map((each) => consoleEvidence(actor, each, all)),
    ...later.map(linkEvidence),
    ...failed.map((each) => ({
      time: each.time,
      text: `Failed sign-in by ${each.principal ?? "unknown"} from ${each.source_ip ?? "an unknown address"}`,
      href: evidenceHref(each.session_id, each.event_id),
      gist: "failed sign-in",
      countable: true,
    })),
  ];
  const left = actor.console_sessions - consoles.filter((each) => each.place === actor.place).length;
  return {
    title: "Access",
    text: "",
    strong: false,
    ...split(evidence, MOST_ENTRIES),
    ...(left > 0 ? { rest: { text: "All sessions", href: "/sessions" } } : {}),
  };
}

/** ` of svc-backup`, unless it is the actor itself. */
const unlessActor = (actor: OverviewActor, word: string, principal: string | null): string =>
  principal === actor.actor ? "" : ` ${word} ${shortPrincipal(principal ?? "unknown")}`;

function keyEvidence(actor: OverviewActor, used: Overview["keys"][number]): Evidence {
  const { key, principal, events, first_ip, first_time, last_time } = used;
  return {
    time: first_time,
    text:
      `Access key ${key}${unlessActor(actor, "of", principal)} first used from ${first_ip ?? "an unknown address"}` +
      (first_ip && isPrivate(first_ip) ? " (a private address)" : "") +
      `${events > 1 ? `, last at ${endTime(first_time, last_time)}` : ""}; the case does not show how the key was obtained`,
    href: `/timeline?${new URLSearchParams({ key })}`,
    gist: "access key",
    countable: true,
  };
}

const isPrivate = (ip: string): boolean => /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(ip);

const WAYS: Record<string, string> = {
  password: "with password",
  federation: "through federation",
  "role switch": "by switching roles",
  "second factor": "with a second factor",
  recovery: "through password recovery",
};

/** Reasons for which a click that changed something stands out. */
const CHANGES = [
  "impact",
  "defense_impairment",
  "data_exposure",
  "credential_made",
  "privilege_change",
  "persistence",
  "secret_stored",
];

/** `2 changes (deleted 1 DB instance and 1 more)`. Commands change something, too, so that it may not have been a click. */
function changesOf({ session_id, changes, commands }: OverviewConsole, found: readonly Found[]): string {
  if (changes === 0) return "no changes";
  const own = found.filter(
    (each) => each.session_id === session_id && each.done && each.events === 1 && CHANGES.includes(each.reason),
  );
  const names = [
    ...new Map(own.map((each) => [each.event_id, gistOf({ ...each, what: each.what ?? each.event_key })])),
  ];
  const isKnown = commands === 0 && names.length > 0 && names.length <= changes;
  const all = names.map(([, name]) => name);
  return counted(changes, "change") + (isKnown ? ` (${listed(all, changes)})` : "");
}

/** `1 change, 3 secrets and keys, 5 commands` */
function clicksOf(each: OverviewConsole, found: readonly Found[]): string {
  const { clicks, secrets, commands } = each;
  if (clicks === 0) return "no clicks";
  const parts = [
    changesOf(each, found),
    secrets > 0 ? counted(secrets, "secret or key", "secrets and keys") : "",
    commands > 0 ? counted(commands, "command") : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** `Signed in from 203.0.113.66 with password, without MFA; 1 change, 5 commands until 19:54:02` */
function consoleEvidence(actor: OverviewActor, each: OverviewConsole, { sign_ins, found }: Overview): Evidence {
  const { principal, ips, ip_count, way, mfa, first_time, last_time, signed_in_at } = each;
  const address = sign_ins.find((one) => one.event_id === each.event_id)?.source_ip;
  const from = address ? ` from ${address}` : ips.length > 0 ? ` from ${listed(ips, ip_count)}` : "";
  const factor = mfa === null ? "MFA use not recorded" : mfa ? "with MFA" : "without MFA";
  const words = (way === null ? undefined : WAYS[way]) ?? "";
  const how =
    signed_in_at === null
      ? `Console session${unlessActor(actor, "of", principal)}${from}, ${factor}, sign-in not in the case`
      : `Signed in${unlessActor(actor, "as", principal)}${from}${words && ` ${words}`}, ${factor}`;
  const time = signed_in_at ?? first_time;
  const did = `${clicksOf(each, found)} until ${endTime(time, last_time)}`;
  const href = `/timeline?${new URLSearchParams({ session: each.session_id })}`;
  return { time, text: `${how}; ${did}`, href, gist: "console session", countable: true };
}

const MOST_ROLES = 2;

/** What an address was used for: `sign-in, console` or `access key AKIA… of svc-backup`. */
export function usesOfAddress(uses: OverviewAddress["uses"]): string {
  const has = (use: string) => uses.some((each) => each.use === use);
  const roles = uses.filter((each) => each.use === "session").map((each) => each.name ?? "unknown");
  const words = uses.flatMap(({ use, name, who }) => {
    if (use === "browser") return ["console"];
    // The console's servers usually pass on the address of the browser.
    if (use === "internal") return has("browser") || has("CloudShell") ? [] : ["AWS service (console)"];
    if (use === "key") return [`access key ${name}${who ? ` of ${shortPrincipal(who)}` : ""}`];
    if (use === "instance") return [`instance ${name}`];
    return use === "session" ? [] : [use];
  });
  if (roles.length > MOST_ROLES) words.push(`${count(roles.length)} roles`);
  else words.push(...roles.map((name) => `role ${shorter(name)}`));
  return words.join(", ");
}

const MOST_ADDRESSES = 8;

const isNamed = (name: string, text: string): boolean => text.split(/[ ,;()]+/).includes(name);

/** From where: each address with what it was used for. What `access` names is folded. */
function addresses(
  actor: OverviewActor,
  { addresses: all }: Overview,
  access: Sentence | undefined,
): Sentence | undefined {
  const own = all.filter((each) => each.place === actor.place);
  if (own.length === 0) return undefined;
  const scope = actorHref(actor);
  const isKnown = (ip: string) => access?.evidence.some(({ text }) => isNamed(ip, text)) ?? false;
  const [fresh, known] = [own.filter(({ ip }) => !isKnown(ip)), own.filter(({ ip }) => isKnown(ip))];
  const lines = [...fresh, ...known].map(({ ip, uses }) => ({
    time: "",
    text: `${ip}: ${usesOfAddress(uses)}`,
    href: `${scope}&${new URLSearchParams({ ip })}`,
    gist: ip,
    minor: isKnown(ip),
  }));
  const parts = split(lines, Math.min(fresh.length, MOST_ADDRESSES));
  return { title: "Addresses", text: "", strong: false, background: true, ...parts };
}

/** Without the sentence of the first call, which the link shows. */
const movedEvidence = (found: Found, actor: OverviewActor): Evidence => {
  const evidence = evidenceOf({ ...found, principals: [] }, actor);
  const text = evidence.text
    .replace(/(, previously only from .*?): .*$/, "$1")
    .replace(/ \(an address that (\S+) and .*? also used\)/, (_, name: string) =>
      name === actor.actor ? "" : ` (also used by ${name})`,
    );
  return { ...evidence, text };
};

/** A series of deletions in which nearly everything had been created by the same identity. */
const isCleanup = ({ pattern, resources, own_resources }: OverviewPattern) =>
  pattern === "mass_deletion" && own_resources >= resources * 0.9;

/** The series of deletions, if they and everything else that was destroyed concern only what the same identity had created,
 * which the first row says. */
function cleanups(actor: OverviewActor, overview: Overview, destroyed: readonly Found[]): OverviewPattern[] {
  const series = overview.patterns.filter(
    (each) => each.actor_place === actor.place && each.pattern === "mass_deletion",
  );
  const isSaid = isAllOwn(actor, overview) && isRoutine(destroyed);
  return isSaid && series.every((each) => each.own_resources === each.resources) ? series : [];
}

/** What several events show together: administrators that were created, and series of deletions. */
function together(
  actor: OverviewActor,
  { patterns, found }: Overview,
  told: readonly OverviewPattern[],
): Sentence | undefined {
  const own = patterns.filter((each) => each.actor_place === actor.place && !told.includes(each));
  const moved = found.filter((each) => each.actor_place === actor.place && each.reason === "credential_use");
  if (own.length + moved.length === 0) return undefined;
  const [grave, routine] = [own.filter((each) => !isCleanup(each)), own.filter(isCleanup)];
  const lines = [
    ...moved.map((each) => movedEvidence(each, actor)),
    ...[...grave, ...routine].map((each) => patternEvidence(actor, each)),
  ];
  return {
    title: "Stands out most",
    text: "",
    strong: true,
    ...split(lines, Math.min(MOST_PATTERNS, Math.max(1, grave.length + moved.length))),
  };
}

const MOST_PATTERNS = 6;

/** A link to the deletions of a series, or to the creation of an administrator. */
function patternEvidence(actor: OverviewActor, each: OverviewPattern): Evidence {
  const { first_time, last_time, pattern, session_id, event_id, what } = each;
  if (pattern !== "mass_deletion") {
    // The date of an end on the same day.
    const text = what.replaceAll(`deleted at ${day(first_time)} `, "deleted ");
    const gist = what.split(/[(;]/)[0]?.trim() ?? what;
    return { time: first_time, text, href: evidenceHref(session_id, event_id), gist };
  }
  const until = rfc3339(seconds(last_time) + 1);
  return {
    time: first_time,
    text: `${what} (until ${clock(last_time).slice(0, 8)})`,
    minor: isCleanup(each),
    gist: `deletion of ${count(each.resources)} resources (${clock(first_time).slice(0, 8)} to ${endTime(first_time, last_time)}${isCleanup(each) ? `, ${each.own_resources === each.resources ? "all" : count(each.own_resources)} created by the same identity` : ""})`,
    href: `${actorHref(actor)}&${new URLSearchParams({ kind: "delete", from: first_time, to: until })}`,
  };
}

interface Topic {
  title: string;
  reasons: readonly string[];
  /** The maximum number of lines that are not folded. */
  few: number;
  strong: boolean;
}

/** What was done, in the order in which an event with several reasons is assigned to one of them. */
const TOPICS: readonly Topic[] = [
  { title: "Took", reasons: ["exfiltration", "secret_read"], few: 3, strong: true },
  { title: "Weakened", reasons: ["defense_impairment", "data_exposure"], few: 3, strong: true },
  {
    title: "Created",
    reasons: ["credential_made", "privilege_change", "persistence", "token_issued", "secret_stored"],
    few: 3,
    strong: true,
  },
  { title: "Destroyed", reasons: ["impact"], few: 2, strong: true },
  { title: "Ran", reasons: ["execution"], few: 1, strong: false },
];
/** The order in which they are told. */
const TOLD = ["Took", "Created", "Weakened", "Destroyed", "Ran"];

const isNetwork = ({ event_key, reason }: Found) => reason === "persistence" && event_key.startsWith("ec2:");

/** From this gravity, it is routine. */
const ROUTINE = 6.5;

/** What matters most comes first: access for others, then what hides or takes something, and last what is routine. */
export function gravity(found: Found): number {
  const { outside, administrator, reason, effect, object, own } = found;
  // What the same identity had created holds nobody else's data.
  if (own && EXPOSED.includes(reason)) return ROUTINE;
  if (outside && isNetwork(found)) return 6;
  if (outside || administrator || (effect === "trusts" && object === "identity provider")) return 0;
  if (isOwn(found) || reason === "secret_stored" || reason === "token_issued") return 7;
  if (reason === "defense_impairment") return effect === "changed" ? 3 : 1;
  if (reason === "exfiltration" || reason === "data_exposure") return 1;
  if (object === "access_key" || object === "password") return 2;
  if (reason === "secret_read" || reason === "impact") return 3;
  if (reason === "persistence" && effect === "created") return 4;
  if (reason === "execution") return 4;
  return effect === "creates" ? 6 : 5;
}

/** Whether all of it concerns only what the same identity had created, and opened nothing to anybody. */
const isRoutine = (own: readonly Found[]): boolean =>
  own.length > 0 && own.every((each) => gravity(each) >= ROUTINE && concernsOwn(each));

/** A denied attempt shows more than a call that failed because something did not exist. */
const DARED = ["defense_impairment", "privilege_change", "credential_made", "persistence", "exfiltration"];

export function daring(found: Found): number {
  if (!found.denied) return 20;
  const place = DARED.indexOf(found.reason);
  return place < 0 ? DARED.length : place;
}

const byRank = (rank: (found: Found) => number) => (a: Found, b: Found) =>
  rank(a) - rank(b) || Number(a.ended > 0) - Number(b.ended > 0) || a.time.localeCompare(b.time);

/** One event may stand out for several reasons, but it is listed as evidence once: for the gravest. */
function distinct(found: readonly Found[], rank: (found: Found) => number): Found[] {
  const events = grouped([...found].sort(byRank(rank)), ({ event_id }) => event_id);
  return [...events.values()].flatMap((same) => same.slice(0, 1));
}

/** Whether objects were downloaded with a credential that was created here, which the line about those objects states. */
const isDownload = ({ reason, effect }: Found) => reason === "exfiltration" && effect === "downloaded";

/** What an actor did, by topic: each event under one topic, and nothing that is listed as standing out most. */
function byTopic(actor: OverviewActor, { found, patterns }: Overview): Map<string, Found[]> {
  const made = patterns.filter((each) => each.actor_place === actor.place && each.pattern !== "mass_deletion");
  const own = found.filter((each) => each.actor_place === actor.place && each.done && !isDownload(each));
  const claimed = new Set(made.map((each) => each.event_id));
  const administrators = own.filter((each) => each.administrator);
  // The pattern names the administrators that were created.
  if (administrators.reduce((sum, each) => sum + each.events, 0) <= made.length)
    for (const each of administrators) claimed.add(each.event_id);
  const topics = new Map<string, Found[]>();
  for (const { title, reasons } of TOPICS) {
    const open = own.filter((each) => reasons.includes(each.reason) && !claimed.has(each.event_id));
    const mine = distinct(open, gravity);
    for (const each of mine) claimed.add(each.event_id);
    topics.set(title, mine);
  }
  return topics;
}

/** Up to this gravity, an opened topic lists everything. */
const SEVERE = 4;
/** How many other lines an opened topic has, and one with nothing but routine. */
const MOST_MORE = 6;
const MOST_ROUTINE = 4;

function topic(actor: OverviewActor, overview: Overview, about: Topic, own: readonly Found[]): Sentence | undefined {
  const { title, reasons, strong, few } = about;
  const data = title === "Took" ? downloads(actor, overview.data_out) : [];
  const commands = title === "Ran" ? overview.commands.find((each) => each.place === actor.place) : undefined;
  const apart = [...data.map(downloadEvidence), ...(commands ? [commandsEvidence(actor, commands)] : [])];
  if (own.length + apart.length === 0) return undefined;
  const grave = own.filter((each) => gravity(each) < ROUTINE).length;
  const atLeast = (strong && grave > 0) || apart.length === 0 ? 1 : 0;
  const routine = isRoutine(own);
  const onlyOwn = routine && apart.length === 0;
  const lines = own.map((each) => evidenceOf(each, actor, !onlyOwn));
  const shownLines = routine ? 0 : Math.min(Math.max(few - apart.length, atLeast), Math.max(grave, 1));
  const severe = own.filter((each) => gravity(each) <= SEVERE).length;
  const most = Math.max(severe, shownLines + (onlyOwn && own.every(isOwn) ? MOST_ROUTINE : MOST_MORE));
  const first = [...apart.slice(0, few), ...lines.slice(0, shownLines)];
  const others = [...apart.slice(few), ...lines.slice(shownLines, most)];
  const left = Math.max(0, lines.length - most);
  const all = left > 0 ? `All in the timeline, including ${counted(left, "less severe item")}` : "All in the timeline";
  const parts = split([...first, ...others], first.length);
  const heading = inside([...parts.more, ...lines.slice(most)], parts.evidence.length > 0);
  const isSaid = onlyOwn && isAllOwn(actor, overview);
  const series = title === "Destroyed" ? cleanups(actor, overview, own) : [];
  if (series.length > 0) return deletions(actor, series, parts.more, { text: all, href: actorHref(actor, reasons) });
  return {
    title,
    text: "",
    strong: strong && !onlyOwn,
    ...parts,
    inside: onlyOwn && !isSaid ? `Only what ${shorter(actor.actor)} had created: ${lower(heading)}` : heading,
    ...(parts.more.length > 0 || left > 0 ? { rest: { text: all, href: actorHref(actor, reasons) } } : {}),
  };
}

/** One line about series of deletions that the first row counts: when they were, and folded, what was deleted. */
function deletions(
  actor: OverviewActor,
  series: readonly OverviewPattern[],
  lines: readonly Evidence[],
  rest: Sentence["rest"],
): Sentence {
  const deleted = series.reduce((sum, each) => sum + each.resources, 0);
  const when = series.map(
    ({ first_time, last_time }) => `${clock(first_time).slice(0, 8)} to ${endTime(first_time, last_time)}`,
  );
  return {
    title: "Destroyed",
    text: "",
    strong: false,
    evidence: [],
    more: [...series.map((each) => patternEvidence(actor, each)), ...lines],
    inside: `${counted(deleted, "resource")} in series of deletions: ${listed(when)}`,
    ...(rest ? { rest } : {}),
  };
}

/** The first lines, and the rest, each in order of time. */
function split(lines: readonly Evidence[], most: number): Pick<Sentence, "evidence" | "more" | "inside"> {
  const byTime = (a: Evidence, b: Evidence) => a.time.localeCompare(b.time);
  // A heading would be as long as a single line.
  const single = most > 0 && lines.length === most + 1 && !lines[most]?.own && !lines[most]?.minor;
  const first = single ? lines.length : most;
  const more = lines.slice(first).sort(byTime);
  return { evidence: lines.slice(0, first).sort(byTime), more, inside: inside(more, first > 0) };
}

export const downloadEvidence = ({
  first_time,
  source,
  session_id,
  principal,
  objects,
  bytes_out,
  events,
}: DataOut): Evidence => ({
  time: first_time,
  gist: `${counted(objects ?? events, "object")} downloaded from ${source ?? "an unknown bucket"}`,
  text: `${shortPrincipal(principal ?? "unknown")} downloaded ${counted(objects ?? events, "object")} (${bytes(bytes_out)}) from ${source ?? "an unknown bucket"}`,
  href: `/timeline?${new URLSearchParams({ session: session_id, call: "s3:GetObject", entity_type: "bucket", entity: source ?? "" })}`,
});

/** `Access key AKIA… of svc-backup was used from 203.0.113.147 (47 events)` */
function linkEvidence({
  first_use,
  user,
  credential,
  credential_type,
  session_id,
  uses,
  ips,
  ip_count,
}: OverviewLink): Evidence {
  const what =
    credential_type === "access_key"
      ? `Access key ${credential}${user ? ` of ${shortPrincipal(user)}` : ""}`
      : credential_type === "password"
        ? `The password of ${credential}`
        : `${upper(credential_type)} ${credential}`;
  const from = ips?.length ? ` from ${listed(ips, ip_count ?? ips.length)}` : "";
  return {
    time: first_use,
    text: `${what} was used${from}${credential_type === "access_key" || uses > 1 ? ` (${counted(uses, "event")})` : ""}`,
    gist: `use of ${credential_type === "password" ? `the password of ${credential}` : `${typeName(credential_type)} ${credential}`}`,
    href: `/timeline?${new URLSearchParams({ session: session_id })}`,
  };
}

const RAN = /^Ran in [^:]+: /;

/** `Ran in CloudShell: sts:GetCallerIdentity, s3:ListBuckets and 3 more` */
const commandsEvidence = (actor: OverviewActor, { time, what, commands }: OverviewCommands): Evidence => ({
  time,
  text: listed(
    what.map((each, index) => (index === 0 ? (each ?? "A command") : (each ?? "a command").replace(RAN, ""))),
    commands,
  ),
  href: `${actorHref(actor)}&kind=command`,
});

const downloads = (actor: OverviewActor, data: readonly DataOut[]) =>
  data.filter((each) => each.place === actor.place && each.how === "downloaded");

/** Role sessions are temporary; keys, passwords and users last. */
const isMade = ({ credential_type, method }: OverviewLink) =>
  ["user", "password"].includes(credential_type) || (credential_type === "access_key" && method === "CreateAccessKey");

/** One use for each session: a user that was created and given a password is one way in. */
function usesOf(actor: OverviewActor, links: readonly OverviewLink[]): OverviewLink[] {
  const own = links.filter((each) => each.place === actor.place && isMade(each));
  const order = ["access_key", "password", "user"];
  const rank = (each: OverviewLink) => order.indexOf(each.credential_type);
  const sessions = grouped(own, (each) => each.session_id);
  return [...sessions.values()].flatMap((same) => same.sort((a, b) => rank(a) - rank(b)).slice(0, 1));
}

function tried(actor: OverviewActor, overview: Overview): Sentence | undefined {
  const own = distinct(
    overview.found.filter((each) => each.actor_place === actor.place && !each.done),
    daring,
  );
  if (own.length === 0 && actor.denied === 0) return undefined;
  const denied = own.filter((each) => each.denied).length;
  const all = own.map((each) => evidenceOf(each, actor));
  const most = Math.max(denied, MOST_TRIED + MOST_MORE);
  const parts = split(all.slice(0, most), Math.min(denied, MOST_TRIED));
  return {
    title: "Tried",
    text: "",
    strong: false,
    ...parts,
    inside: inside([...parts.more, ...all.slice(most)], parts.evidence.length > 0),
    rest: { text: "All denied and failed calls", href: `${actorHref(actor)}&outcome=failed` },
  };
}

/** What an actor did that stands out, in a few words; empty if the case has no such event in the overview. */
export function outline(actor: OverviewActor, { found, looked }: Overview): string {
  const own = distinct(
    found.filter((each) => each.actor_place === actor.place),
    gravity,
  );
  const [did, tries] = [own.filter(({ done }) => done), own.filter(({ done }) => !done)];
  const words = (some: readonly Found[]) =>
    inside(
      some.map((each) => evidenceOf(each, actor)),
      false,
    );
  const seen = own.length > 0 ? [] : lookedAt(actor, { looked }, MOST_CALLS_BRIEF);
  return [
    words(did),
    tries.length > 0 ? `tried to ${lower(words(tries))}` : "",
    seen.length > 0 ? `nothing stands out; looked at: ${seen.join("; ")}` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

/** The actors that are described in full, and those for whom one line is enough. */
export function story(overview: Overview): { told: ActorStory[]; others: OverviewActor[] } {
  const [first] = overview.actors;
  const worth = (actor: OverviewActor) =>
    first !== undefined && actor.weight > 0 && actor.weight >= first.weight * SHARE_TOLD;
  const told = overview.actors.filter(worth).slice(0, MOST_TOLD);
  const tell = (actor: OverviewActor): ActorStory => {
    const own = byTopic(actor, overview);
    const topics = TOLD.flatMap((title) => TOPICS.filter((each) => each.title === title));
    const access = cameIn(actor, overview);
    const sentences = [
      inShort(actor, overview),
      access,
      addresses(actor, overview, access),
      looks(actor, overview),
      together(actor, overview, cleanups(actor, overview, own.get("Destroyed") ?? [])),
      ...topics.map((each) => topic(actor, overview, each, own.get(each.title) ?? [])),
      leftOver(actor, overview),
      tried(actor, overview),
    ].filter((each): each is Sentence => each !== undefined);
    const all = withFacts(actor.facts ?? [], sentences, actor.actor, actor);
    return { actor, lead: lead(actor) + all.lead, href: actorHref(actor), sentences: all.sentences };
  };
  return { told: told.map(tell), others: overview.actors.filter((actor) => !told.includes(actor)) };
}
