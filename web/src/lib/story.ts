// The story of a case in sentences, each with its evidence, made only from data in the views. Pure.

import type {
  DataOut,
  Found,
  OpenNeed,
  Overview,
  OverviewActor,
  OverviewCommands,
  OverviewLink,
  SignIn,
} from "../api/types";
import { bytes, count, counted, moment } from "./format";
import { grouped } from "./group";
import { shortPrincipal } from "./session";
import { middle } from "./text";

/** The evidence for a sentence: a timeline row. */
export interface Evidence {
  time: string;
  text: string;
  href: string;
}

export interface Sentence {
  title: string;
  text: string;
  /** Whether it is something that one looks for first. */
  strong: boolean;
  evidence: Evidence[];
  /** A link to all of the evidence, with the number of items. */
  rest?: { text: string; href: string };
}

export interface ActorStory {
  actor: OverviewActor;
  /** Who, when, and how much. */
  lead: string;
  href: string;
  sentences: Sentence[];
}

const FEW = 4;
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

/** `a, b and c`, or `a, b, c and 4 more`. */
export function listed(values: readonly string[], total = values.length): string {
  const more = total - values.length;
  const all = more > 0 ? [...values, `${count(more)} more`] : [...values];
  const last = all.pop() ?? "";
  return all.length > 0 ? `${all.join(", ")} and ${last}` : last;
}

const shorter = (name: string): string => middle(shortPrincipal(name), 44);

function lead(actor: OverviewActor): string {
  const type = actor.identity_types?.map((each) => IDENTITIES[each] ?? each).join(" or ") || "identity of unknown type";
  const account = actor.account_id ? `, account ${actor.account_id}` : "";
  const from = actor.ips.length > 0 ? `, from ${listed(actor.ips.slice(0, 3), actor.ip_count)}` : "";
  const console = actor.console_sessions > 0 ? ` (${count(actor.console_sessions)} in the console)` : "";
  const others = actor.principals.filter((name) => name !== actor.actor && !name.startsWith(`${actor.actor}/`));
  const also =
    others.length > 0
      ? ` These include sessions that used credentials it created: ${listed(others.slice(0, 3).map(shorter), Math.max(others.length, actor.principal_count - 1))}.`
      : "";
  return (
    `${type}${account}${from}: ${counted(actor.events, "event")} in ${counted(actor.sessions, "session")}${console}, ` +
    `${moment(actor.first_time).slice(0, 19)} to ${moment(actor.last_time).slice(0, 19)} UTC.${also}`
  );
}

const evidenceOf = (found: Found): Evidence => ({
  time: found.time,
  text: (found.what ?? found.event_key) + (found.events > 1 ? `, and ${count(found.events - 1)} more like it` : ""),
  href: evidenceHref(found.session_id, found.event_id),
});

/** How they got in: the sign-ins in the trail, and long-term keys that they did not create themselves. */
function cameIn(actor: OverviewActor, { sign_ins, keys, links }: Overview): Sentence | undefined {
  // Sessions that used credentials they created are described together with those credentials.
  const led = new Set(links.filter(isMade).map((link) => link.session_id));
  const own = sign_ins.filter(
    (each) => each.place === actor.place && each.way !== "second factor" && !led.has(each.session_id),
  );
  const worked = own.filter((each) => each.result === "success");
  const failed = own.filter((each) => each.result === "failure");
  const made = new Set(links.map((link) => link.credential));
  const used = keys.filter((each) => each.place === actor.place && !made.has(each.key));
  const parts: string[] = [];
  const first = worked[0];
  if (first) parts.push(signedIn(first, worked.length));
  else if (actor.console_sessions > 0) parts.push("The console sign-in is not in this case.");
  if (failed.length > 0) parts.push(`${counted(failed.length, "sign-in")} failed.`);
  if (used.length > 0) {
    const named = used.slice(0, 2).map((each) => `${each.key} (${counted(each.events, "event")})`);
    parts.push(
      `Programs used ${used.length === 1 ? "access key" : "access keys"} ${listed(named, used.length)}; this case does not show how ${used.length === 1 ? "it was" : "they were"} obtained.`,
    );
  }
  if (parts.length === 0) return undefined;
  const evidence = [...failed.slice(0, 2), ...worked.slice(0, 3)]
    .sort((a, b) => a.time.localeCompare(b.time))
    .map((each) => ({
      time: each.time,
      text: `${each.result === "failure" ? "Failed sign-in" : "Sign-in"} by ${each.principal ?? "unknown"} from ${each.source_ip ?? "unknown"}`,
      href: evidenceHref(each.session_id, each.event_id),
    }));
  const keyed = used.slice(0, 2).map((each) => ({
    time: each.first_time,
    text: `All activity with ${each.key}`,
    href: `/timeline?${new URLSearchParams({ key: each.key })}`,
  }));
  return { title: "Access", text: parts.join(" "), strong: false, evidence: [...evidence, ...keyed] };
}

function signedIn({ way, mfa, source_ip, time, principal }: SignIn, times: number): string {
  const how = way === "password" ? "with a password" : way === "other" ? "" : `by ${way}`;
  const factor = mfa === null ? "MFA use not recorded" : mfa ? "with MFA" : "without MFA";
  const again = times > 1 ? ` There were ${count(times)} sign-ins in total.` : "";
  return `${shortPrincipal(principal ?? "unknown")} signed in ${how ? `${how}, ` : ""}${factor}, from ${source_ip ?? "an unknown address"} at ${moment(time).slice(0, 19)}.${again}`;
}

interface Topic {
  /** The name of the topic's total in the counts. */
  name: string;
  title: string;
  classes: readonly string[];
  /** What a number of events in a class is called. */
  words: Record<string, [string, string]>;
  strong: boolean;
}

const TOPICS: readonly Topic[] = [
  {
    name: "took",
    title: "Took",
    classes: ["secret_read", "exfiltration"],
    words: {
      secret_read: ["read of a secret, parameter or credential", "reads of secrets, parameters and credentials"],
      exfiltration: ["call that exported or exposed data", "calls that exported or exposed data"],
    },
    strong: true,
  },
  {
    name: "made",
    title: "Created",
    classes: ["credential_made", "privilege_change", "persistence"],
    words: {
      credential_made: [
        "call that created or set a credential or secret",
        "calls that created or set credentials and secrets",
      ],
      privilege_change: ["change to identities or permissions", "changes to identities or permissions"],
      persistence: ["change that can preserve access", "changes that can preserve access"],
    },
    strong: true,
  },
  {
    name: "weakened",
    title: "Weakened",
    classes: ["defense_evasion", "data_exposure"],
    words: {
      defense_evasion: [
        "call that stopped, deleted or changed a log or detector",
        "calls that stopped, deleted or changed logs and detectors",
      ],
      data_exposure: [
        "call that shared a resource or opened it to others",
        "calls that shared resources or opened them to others",
      ],
    },
    strong: true,
  },
  {
    name: "destroyed",
    title: "Destroyed",
    classes: ["impact"],
    words: {
      impact: [
        "call that deleted, stopped or disabled a resource",
        "calls that deleted, stopped or disabled resources",
      ],
    },
    strong: true,
  },
  {
    name: "ran",
    title: "Ran",
    classes: ["execution"],
    words: { execution: ["call that ran or changed code or a command", "calls that ran or changed code or commands"] },
    strong: false,
  },
];

const OTHER: [string, string] = ["other finding", "other findings"];

/** One event may be in several classes of a topic, but it is listed as evidence once. */
function distinct(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter(({ event_id }) => {
    if (seen.has(event_id)) return false;
    seen.add(event_id);
    return true;
  });
}

/** The objects that say most about a class of events. */
const FIRST_OBJECTS = ["access_key", "password", "user", "identity provider", "trail", "data"];

function rank(found: Found): number {
  if (found.object && FIRST_OBJECTS.includes(found.object) && found.effect !== "changed") return 0;
  if (found.class === "persistence" || found.effect === "trusts") return 1;
  if (found.effect === "grants") return 2;
  return 3;
}

/** A few events, with at least one from each class. */
function choose(found: readonly Found[], classes: readonly string[], most: number): Found[] {
  const ranked = classes.map((name) =>
    distinct(found.filter((each) => each.class === name)).sort(
      (a, b) => rank(a) - rank(b) || a.time.localeCompare(b.time),
    ),
  );
  const rounds = Array.from({ length: most }, (_, round) => ranked.flatMap((each) => each.slice(round, round + 1)));
  return distinct(rounds.flat())
    .slice(0, most)
    .sort((a, b) => a.time.localeCompare(b.time));
}

/** The numbers of events by class, unless all of them are shown anyway. `apart` of them are described separately. */
function amounts(
  { counts }: Overview,
  actor: OverviewActor,
  { name, classes, words }: Topic,
  shown: readonly Found[],
  apart: number,
) {
  const of = (wanted: string) =>
    counts.find((each) => each.place === actor.place && each.done && each.class === wanted)?.events ?? 0;
  const told = shown.reduce((sum, each) => sum + each.events, 0);
  const all = of(name) - apart;
  const parts = classes.flatMap((each) => {
    const [one, many] = words[each] ?? OTHER;
    const events = of(each) - (each === "exfiltration" ? apart : 0);
    return events > 0 ? [counted(events, one, many)] : [];
  });
  return { all, parts: all > told ? parts : [], rest: all > told };
}

/** Whether objects were downloaded with a credential that was created here, which the sentence about those objects states. */
const isDownload = ({ class: name, effect }: Found) => name === "exfiltration" && effect === "downloaded";

function topic(actor: OverviewActor, overview: Overview, about: Topic): Sentence | undefined {
  const { title, classes, strong } = about;
  const data = title === "Took" ? downloads(actor, overview.data_out) : [];
  const links = title === "Created" ? usesOf(actor, overview.links) : [];
  const found = overview.found.filter(
    (each) => each.actor_place === actor.place && each.done && classes.includes(each.class),
  );
  const apart = data.length > 0 ? found.filter(isDownload) : [];
  const own = found.filter((each) => !apart.includes(each));
  const shown = choose(own, classes, FEW);
  const { all, parts, rest } = amounts(
    overview,
    actor,
    about,
    shown,
    apart.reduce((sum, each) => sum + each.events, 0),
  );
  const typed = title === "Ran" ? overview.commands.find((each) => each.place === actor.place) : undefined;
  if (all === 0 && data.length === 0 && !typed) return undefined;
  const text = [
    ...data.slice(0, 3).map(downloaded),
    parts.length > 0 ? `${sentence(listed(parts))}.` : "",
    ...links.slice(0, 3).map(usedBy),
    typed ? `${counted(typed.commands, "command was", "commands were")} typed in the console.` : "",
  ];
  const evidence = [
    ...data.slice(0, 2).map(downloadEvidence),
    ...shown.map(evidenceOf),
    ...links.slice(0, 3).map(linkEvidence),
    ...(typed ? [typedEvidence(actor, typed)] : []),
  ];
  return {
    title,
    text: text.filter(Boolean).join(" "),
    strong,
    evidence: evidence.sort((a, b) => a.time.localeCompare(b.time)),
    ...(rest ? { rest: { text: "All in the timeline", href: actorHref(actor, classes) } } : {}),
  };
}

const downloadEvidence = ({ first_time, source, session_id }: DataOut): Evidence => ({
  time: first_time,
  text: `Downloads from ${source ?? "unknown"}`,
  href: `/timeline?${new URLSearchParams({ session: session_id, entity_type: "bucket", entity: source ?? "" })}`,
});

const linkEvidence = ({ first_use, user, credential, credential_type, session_id }: OverviewLink): Evidence => ({
  time: first_use,
  text: `How ${user ?? "an unknown identity"} used ${credential_type === "access_key" ? credential : `the ${credential_type}`}`,
  href: `/timeline?${new URLSearchParams({ session: session_id })}`,
});

const typedEvidence = (actor: OverviewActor, { time, what, commands }: OverviewCommands): Evidence => ({
  time,
  text: (what ?? "A command") + (commands > 1 ? `, and ${counted(commands - 1, "more command")}` : ""),
  href: `${actorHref(actor)}&kind=command`,
});

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const downloads = (actor: OverviewActor, data: readonly DataOut[]) =>
  data.filter((each) => each.place === actor.place && each.how === "downloaded");

const downloaded = ({ principal, source, objects, bytes_out, events }: DataOut): string =>
  `${shortPrincipal(principal ?? "unknown")} downloaded ${counted(objects ?? events, "object")} (${bytes(bytes_out)}) from ${source ?? "an unknown bucket"}.`;

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

/** `Access key AKIA… of svc-backup was used from 203.0.113.147, first at 2026-03-11 21:14:05 (47 events).` */
function usedBy({ credential_type, credential, user, uses, ips, ip_count, first_use }: OverviewLink): string {
  const what =
    credential_type === "access_key"
      ? `Access key ${credential}${user ? ` of ${shortPrincipal(user)}` : ""}`
      : credential_type === "password"
        ? `The password of ${credential}`
        : `${sentence(credential_type)} ${credential}`;
  const from = ips?.length ? ` from ${listed(ips.slice(0, 2), ip_count ?? ips.length)}` : "";
  return `${what} was used${from}, first at ${moment(first_use).slice(0, 19)} (${counted(uses, "event")}).`;
}

function tried(actor: OverviewActor, overview: Overview): Sentence | undefined {
  const own = distinct(overview.found.filter((each) => each.actor_place === actor.place && !each.done));
  if (own.length === 0 && actor.denied === 0) return undefined;
  const parts = [
    ...(actor.attempts > 0
      ? [`${counted(actor.attempts, "notable action")} failed or ${actor.attempts === 1 ? "was" : "were"} denied.`]
      : []),
    ...(actor.denied > 0 ? [`${counted(actor.denied, "call was", "calls were")} denied in total.`] : []),
  ];
  const shown = own.sort((a, b) => a.time.localeCompare(b.time)).slice(0, FEW - 1);
  const href = `${actorHref(actor)}&outcome=failed`;
  return {
    title: "Tried",
    text: parts.join(" "),
    strong: false,
    evidence: shown.map(evidenceOf),
    rest: { text: "All failures", href },
  };
}

/** The actors that are described in full, and those for whom one line is enough. */
export function story(overview: Overview): { told: ActorStory[]; others: OverviewActor[] } {
  const [first] = overview.actors;
  const worth = (actor: OverviewActor) =>
    first !== undefined && actor.weight > 0 && actor.weight >= first.weight * SHARE_TOLD;
  const told = overview.actors.filter(worth).slice(0, MOST_TOLD);
  const tell = (actor: OverviewActor): ActorStory => {
    const sentences = [
      cameIn(actor, overview),
      ...TOPICS.map((each) => topic(actor, overview, each)),
      tried(actor, overview),
    ].filter((each): each is Sentence => each !== undefined);
    return { actor, lead: lead(actor), href: actorHref(actor), sentences };
  };
  return { told: told.map(tell), others: overview.actors.filter((actor) => !told.includes(actor)) };
}

const NEEDS: Record<string, [string, string]> = {
  key: ["access key created", "access keys created"],
  password: ["password set", "passwords set"],
  user: ["user created", "users created"],
  policy: ["permission granted", "permissions granted"],
  trust: ["trust relationship changed", "trust relationships changed"],
  role: ["role created", "roles created"],
  share: ["resource shared or exposed", "resources shared or exposed"],
  watch: ["log or detector stopped, changed or deleted", "logs and detectors stopped, changed or deleted"],
  instance: ["instance started", "instances started"],
  other: ["other change that can preserve access", "other changes that can preserve access"],
  secret: ["secret to rotate", "secrets to rotate"],
};

/** What no call in the case ended. */
export function stillOpen(needs: readonly OpenNeed[]): Sentence[] {
  return needs
    .filter((need) => need.open > 0)
    .map(({ need, open, all, items }) => {
      const [one, many] = NEEDS[need] ?? [need, need];
      const ended = all > open ? ` (${count(all - open)} more already undone or deleted)` : "";
      return {
        title: counted(open, one, many),
        text: ended.trim(),
        strong: need !== "secret" && need !== "other",
        evidence: items.slice(0, 3).map((item) => ({
          time: item.time,
          text: item.principal ? `${item.what}, by ${shortPrincipal(item.principal)}` : item.what,
          href: item.event_id ? evidenceHref(item.session_id, item.event_id) : "/timeline",
        })),
        ...(open > 3
          ? { rest: { text: `${count(open - 3)} more; run cartographer report to list all`, href: "" } }
          : {}),
      };
    });
}
