import { expect, test } from "vitest";
import type { Found, Overview, OverviewActor, OverviewBalance, Remedies, RemedyItem } from "../src/api/types";
import { actionOf } from "../src/lib/action";
import { containment } from "../src/lib/containment";
import { inShort, leftOver, lookedAt } from "../src/lib/inshort";
import { squeeze } from "../src/lib/squeeze";
import { actorHref, evidenceHref, outline, story, usesOfAddress } from "../src/lib/story";
import { kindName, listed, middle, typeNames } from "../src/lib/text";
import { completed, suggestions } from "../src/sql/completion";
import { treesOf } from "../src/timeline/tree";

const actor = (place: number, weight: number, name: string): OverviewActor => ({
  place,
  actor: name,
  account_id: "111122223333",
  weight,
  sessions: 1,
  console_sessions: 0,
  session_id: `s${place}`,
  session_ids: [`s${place}`],
  principals: [name],
  principal_count: 1,
  ips: ["192.0.2.1"],
  ip_count: 1,
  user_agents: [],
  identity_types: ["IAMUser"],
  first_time: "2026-03-11T19:00:00Z",
  last_time: "2026-03-11T20:00:00Z",
  events: 10,
  clicks: 0,
  findings: 1,
  attempts: 0,
  denied: 0,
});

const EMPTY: Overview = {
  actors: [],
  notable_actors: 0,
  all_actors: 0,
  sign_ins: [],
  keys: [],
  addresses: [],
  found: [],
  links: [],
  data_out: [],
  commands: [],
  patterns: [],
  consoles: [],
  balance: [],
  looked: [],
};

const found = (event: string, reason: string, object: string | null, events = 1): Found => ({
  actor_place: 1,
  reason,
  effect: "created",
  object,
  event_key: "iam:CreateAccessKey",
  done: true,
  denied: false,
  administrator: false,
  own: false,
  thing: object,
  events,
  targets: events,
  time: "2026-03-11T19:41:32Z",
  last_time: "2026-03-11T19:41:32Z",
  event_id: event,
  session_id: "s1",
  what: `did ${event}`,
  ended: 0,
  ended_at: null,
  deleted: false,
  outside: false,
  missing: false,
  principals: ["nadia"],
});

test("an empty case has no story", () => {
  expect(story(EMPTY)).toEqual({ told: [], others: [] });
});

test("only actors with nearly the highest weight are described in full", () => {
  const { told, others } = story({ ...EMPTY, actors: [actor(1, 24, "nadia"), actor(2, 13, "eve"), actor(3, 3, "ci")] });
  expect(told.map((each) => each.actor.actor)).toEqual(["nadia", "eve"]);
  expect(others.map((each) => each.actor)).toEqual(["ci"]);
});

/** The sentence with that title about an actor who did this. */
const sentenceOf = (title: string, all: readonly Found[], more: Partial<Overview> = {}) =>
  story({ ...EMPTY, actors: [actor(1, 24, "nadia")], found: [...all], ...more }).told[0]?.sentences.find(
    (each) => each.title === title,
  );
const textsOf = (title: string, all: readonly Found[], more: Partial<Overview> = {}) =>
  sentenceOf(title, all, more)?.evidence.map((each) => each.text);

test("an event with several reasons is listed once, under one heading, and no number counts it three times", () => {
  const key = ["credential_made", "persistence", "privilege_change"].map((reason) => found("e1", reason, "access_key"));
  const shared = { ...found("e2", "exfiltration", null), effect: "shared", outside: true };
  const all = [...key, shared, { ...shared, reason: "data_exposure" }];
  expect(sentenceOf("Created", all)).toMatchObject({ text: "", evidence: [{ text: "did e1" }], more: [] });
  expect(textsOf("Took", all)).toEqual(["did e2"]);
  expect(sentenceOf("Weakened", all)).toBeUndefined();
});

test("evidence says when it was undone", () => {
  const undone = { ...found("e1", "credential_made", "access_key"), ended: 1, ended_at: "2026-03-11T20:01:02Z" };
  const some = { ...found("e2", "persistence", null, 4), ended: 3, ended_at: "2026-03-12T20:01:02Z", deleted: true };
  expect(textsOf("Created", [undone, some])).toEqual([
    "did e1 (undone 20:01:02)",
    "did e2, and 3 more like it (3 deleted later)",
  ]);
});

test("the same thing three times is not three things", () => {
  const read = (targets: number) => [{ ...found("e1", "secret_read", "secret", 3), targets }];
  expect(textsOf("Took", read(1))).toEqual(["did e1, 3 times"]);
  expect(textsOf("Took", read(2))).toEqual(["did e1 and 1 more secret (3 times in total)"]);
  expect(textsOf("Took", read(3))).toEqual(["did e1 and 2 more secrets"]);
  expect(["policy", "db_instance", "access_key", "address"].map(typeNames)).toEqual([
    "policies",
    "DB instances",
    "access keys",
    "addresses",
  ]);
});

test("reads and deletions of what the same identity had created say so, and are folded", () => {
  const own = { ...found("e1", "secret_read", "secret", 60), targets: 20, own: true };
  const other = found("e2", "secret_read", "secret");
  expect(textsOf("Took", [own, other])).toEqual(["did e2"]);
  expect(sentenceOf("Took", [own, other])?.more.map((each) => each.text)).toEqual([
    "did e1 and 19 more secrets (60 times in total); all created by the same identity",
  ]);
  expect(sentenceOf("Destroyed", [{ ...own, reason: "impact" }])).toMatchObject({
    inside: "Only what nadia had created: did …",
    evidence: [],
  });
});

test("the gravest come first: access for others and administrators before secrets, ports and roles", () => {
  const routine = Array.from({ length: 9 }, (_, n) => ({
    ...found(`g${n}`, "privilege_change", null),
    effect: "grants",
  }));
  const port = { ...found("port", "persistence", null), event_key: "ec2:AuthorizeSecurityGroupIngress", outside: true };
  const stored = found("stored", "secret_stored", "secret", 20);
  const trust = { ...found("trust", "privilege_change", null), effect: "trusts", outside: true };
  const anchor = { ...found("anchor", "persistence", "identity provider"), effect: "trusts" };
  const admin = { ...found("admin", "privilege_change", null), effect: "grants", administrator: true };
  const made = sentenceOf("Created", [
    stored,
    port,
    ...routine,
    trust,
    { ...trust, reason: "persistence" },
    anchor,
    admin,
  ]);
  expect(made?.evidence.map((each) => each.text).sort()).toEqual(["did admin", "did anchor", "did trust"]);
  // An opened list stays short: the least severe are counted.
  expect(made?.more).toHaveLength(6);
  expect(made?.rest?.text).toBe("All in the timeline, including 5 less severe items");
});

test("what was tried and denied is told, but not what failed because it did not exist", () => {
  const failed = { ...found("gone", "defense_impairment", "trail", 3), done: false, targets: 1 };
  const left = { ...found("left", "defense_impairment", "organization"), done: false, denied: true };
  const tried = sentenceOf("Tried", [failed, left]);
  expect(tried?.evidence.map((each) => each.text)).toEqual(["did left"]);
  expect(tried?.more.map((each) => each.text)).toEqual(["did gone, 3 times"]);
});

test("a sign-in has its own time and address, and a session without one says so", () => {
  const session = (id: string, first: string, signedIn: string | null) => ({
    place: 1,
    session_id: id,
    principal: "eve",
    first_time: first,
    last_time: first.replace(":00:00", ":20:00"),
    ips: ["192.0.2.1", "198.51.100.7"],
    ip_count: 2,
    mfa: false,
    events: 9,
    clicks: signedIn ? 2 : 1,
    findings: signedIn ? 1 : 0,
    signed_in_at: signedIn,
    way: signedIn ? "password" : null,
    event_id: signedIn ? "e" : null,
    open_until: signedIn ? first.replace(":00:00", ":25:00") : null,
    pages: 1,
    changes: signedIn ? 1 : 0,
    secrets: 0,
    commands: 0,
  });
  const consoles = [
    session("early", "2026-03-11T18:00:00Z", null),
    session("late", "2026-03-11T19:00:00Z", "2026-03-11T19:00:14Z"),
  ];
  const signIn = {
    place: 1,
    time: "2026-03-11T19:00:14Z",
    event_id: "e",
    session_id: "late",
    principal: "eve",
    way: "password",
    result: "success",
    failure: null,
    mfa: false,
    source_ip: "192.0.2.1",
    failures_before: 0,
  };
  const actors = [{ ...actor(1, 9, "eve"), console_sessions: 2 }];
  const came = sentenceOf("Access", [], { actors, consoles, sign_ins: [signIn] });
  expect(came?.evidence.map((each) => [each.time, each.text])).toEqual([
    [
      "2026-03-11T18:00:00Z",
      "Console session from 192.0.2.1 and 198.51.100.7, without MFA, sign-in not in the case; no changes until 18:20:00",
    ],
    ["2026-03-11T19:00:14Z", "Signed in from 192.0.2.1 with password, without MFA; 1 change until 19:20:00"],
  ]);
  expect(came?.evidence[0]?.href).toBe("/timeline?session=early");
});

test("every address is listed with its uses", () => {
  const use = (name: string, of: string | null = null, who: string | null = null) => ({
    use: name,
    name: of,
    who,
    events: 1,
  });
  expect(usesOfAddress([use("sign-in"), use("browser"), use("internal")])).toBe("sign-in, console");
  expect(usesOfAddress([use("internal"), use("CloudShell")])).toBe("CloudShell");
  expect(usesOfAddress([use("internal")])).toBe("AWS service (console)");
  expect(usesOfAddress([use("key", "AKIAX", "svc"), use("instance", "i-1"), use("session", "ops")])).toBe(
    "access key AKIAX of svc, instance i-1, role ops",
  );
  expect(usesOfAddress(["a", "b", "c"].map((role) => use("session", role)))).toBe("3 roles");
  const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"].map((ip) => ({
    place: 1,
    ip,
    events: 1,
    first_time: "2026-03-11T19:00:00Z",
    last_time: "2026-03-11T19:00:00Z",
    uses: [use("browser")],
  }));
  const told = sentenceOf("Addresses", [], { addresses });
  expect(told?.evidence).toHaveLength(5);
  // What the row above names is folded.
  const key = {
    place: 1,
    key: "AKIA",
    principal: "nadia",
    events: 1,
    first_ip: "192.0.2.2",
    first_time: "2026-03-11T19:00:00Z",
    last_time: "2026-03-11T19:00:00Z",
  };
  const folded = sentenceOf("Addresses", [], { addresses, keys: [key] });
  expect(folded?.evidence.map(({ gist }) => gist)).toEqual(["192.0.2.1", "192.0.2.3", "192.0.2.4", "192.0.2.5"]);
  expect([folded?.inside, folded?.more.length]).toEqual(["Also: 192.0.2.2", 1]);
  expect(told?.evidence[0]).toMatchObject({ text: "192.0.2.1: console", href: "/timeline?session=s1&ip=192.0.2.1" });
});

test("patterns of several events come first; a cleanup is folded, another series of deletions is not", () => {
  const pattern = {
    actor_place: 1,
    pattern: "mass_deletion",
    first_time: "2026-03-11T19:00:00Z",
    last_time: "2026-03-11T19:05:00Z",
    principal: "eve",
    what: "Deleted 31 resources: 31 × bucket; according to the trail, the same identity created none of them",
    resources: 31,
    own_resources: 0,
    events: 31,
    session_id: "s1",
    event_id: "e1",
  };
  const moved = {
    ...found("e9", "credential_use", "instance"),
    time: "2026-03-11T18:00:00Z",
    what: "Credentials of instance i-1 were used from 192.0.2.1 (an address that eve and 6 other identities also used), previously only from 198.51.100.0/24: Checked the caller's identity",
  };
  const patterns = [pattern, { ...pattern, own_resources: 30, what: "cleaned up", first_time: "2026-03-11T20:00:00Z" }];
  const first = sentenceOf("Stands out most", [moved], { actors: [actor(1, 24, "eve")], patterns });
  expect(first?.evidence.map((each) => each.text)).toEqual([
    "Credentials of instance i-1 were used from 192.0.2.1, previously only from 198.51.100.0/24",
    `${pattern.what} (until 19:05:00)`,
  ]);
  expect(first?.more.map((each) => each.text)).toEqual(["cleaned up (until 19:05:00)"]);
  expect(first?.evidence[1]?.href).toBe(
    "/timeline?session=s1&kind=delete&from=2026-03-11T19%3A00%3A00Z&to=2026-03-11T19%3A05%3A01.000Z",
  );
});

test("rows, filters, chart and legend call a kind the same", () => {
  expect(["login", "session", "data", "view"].map(kindName)).toEqual(["sign-in", "shell", "data out", "view"]);
});

test("keys that they created themselves are not how they got in, but how they came back", () => {
  const keys = [
    {
      place: 1,
      key: "AKIAOWN",
      principal: "eve",
      events: 4,
      first_ip: "192.0.2.9",
      first_time: "2026-03-11T19:00:00Z",
      last_time: "2026-03-11T19:30:00Z",
    },
    {
      place: 1,
      key: "AKIAMADE",
      principal: "svc",
      events: 4,
      first_ip: "192.0.2.9",
      first_time: "2026-03-11T19:00:00Z",
      last_time: "2026-03-11T19:30:00Z",
    },
  ];
  const link = {
    place: 1,
    method: "CreateAccessKey",
    credential_type: "access_key",
    credential: "AKIAMADE",
    made_at: "2026-03-11T19:10:00Z",
    event_id: "e",
    maker: "eve",
    maker_session_id: "s1",
    session_id: "s2",
    user: "svc",
    first_use: "2026-03-11T19:20:00Z",
    uses: 4,
    ips: null,
    ip_count: null,
  };
  const [came] = story({ ...EMPTY, actors: [actor(1, 2, "eve")], keys, links: [link] }).told[0]?.sentences ?? [];
  expect(came?.evidence.map((each) => each.text)).toEqual([
    "Access key AKIAOWN first used from 192.0.2.9, last at 19:30:00; the case does not show how the key was obtained",
    "Access key AKIAMADE of svc was used (4 events)",
  ]);
});

const item = (need: string, event: string): RemedyItem => ({
  need,
  what: `did ${event}`,
  time: "2026-03-11T19:00:00Z",
  principal: "eve",
  events: 1,
  event_id: event,
  session_id: "s1",
  ended_at: null,
  ending: null,
  ended_by: null,
  deleted: false,
  end_event_id: null,
  end_session_id: null,
  entities: [
    {
      entity_type: need === "secret" ? "secret" : "access_key",
      entity_value: `name-${event}`,
      name: null,
      relation: "created",
    },
  ],
  account_id: null,
  region: "eu-west-1",
});

test("what to act on first is apart from what is routine and from what ended", () => {
  const remedies: Remedies = {
    urgent: 3,
    other: 9,
    ended: 1,
    urgent_items: [
      item("used", "e0"),
      item("key", "e1"),
      { ...item("secret", "e5"), events: 3, commands: ["aws rotate"] },
    ],
    other_items: [item("role", "e2")],
    ended_items: [
      {
        ...item("user", "e3"),
        ended_at: "2026-03-11T20:00:00Z",
        ending: "Deleted user eve",
        deleted: true,
        end_event_id: "e4",
        end_session_id: "s2",
      },
    ],
    data: [
      {
        how: "downloaded",
        thing: "bucket",
        source: "backups",
        what: null,
        objects: 44,
        bytes_out: 5_333_000_000,
        events: 44,
        first_time: "2026-03-11T21:15:09Z",
        last_time: "2026-03-11T21:20:13Z",
        session_id: "s2",
        event_id: null,
        principal: "svc",
      },
    ],
    needs: [
      { need: "used", all: 1, urgent: 1, other: 0, ended: 0 },
      { need: "role", all: 9, urgent: 0, other: 9, ended: 0 },
      { need: "user", all: 1, urgent: 0, other: 0, ended: 1 },
    ],
  };
  const { urgent, data, other, ended } = containment(remedies);
  expect(urgent.map(({ action, evidence }) => [action, evidence.text, evidence.href])).toEqual([
    ["Deactivate access key name-e0", "did e0", "/timeline?session=s1"],
    ["Delete access key name-e1", "did e1, by eve", "/timeline?session=s1&open=e1"],
    ["Rotate secret name-e5", "did e5, 3 times, by eve", "/timeline?session=s1&open=e5"],
  ]);
  expect(urgent[2]?.commands).toEqual(["aws rotate"]);
  expect(data.map(({ action, evidence }) => [action, evidence.text])).toEqual([
    [
      "Assume that the data in bucket backups was exfiltrated",
      "svc downloaded 44 objects (5.3 GB) from backups, until 21:20:13",
    ],
  ]);
  expect(other.map(({ title, groups, left }) => [title, groups.map(({ items }) => items.length), left])).toEqual([
    ["9 roles created", [1], 8],
  ]);
  expect(ended[0]?.groups[0]?.items[0]?.end).toEqual({
    text: "deleted 20:00:00 by “Deleted user eve”",
    href: "/timeline?session=s2&open=e4",
  });
});

const remediesOf = (more: Partial<Remedies>): Remedies => ({
  urgent: 0,
  other: more.other_items?.length ?? 0,
  ended: 0,
  urgent_items: [],
  other_items: [],
  ended_items: [],
  needs: [],
  data: [],
  ...more,
});

test("several grants to one role are one role, and what combines several resources is not one of them", () => {
  const role = (name: string, event: string): RemedyItem => ({
    ...item("policy", event),
    entities: [{ entity_type: "role", entity_value: name, name, relation: "target" }],
  });
  const combined = { ...item("secret", "e5"), entities: [], action: "Rotate them", what: "Read 20 secrets" };
  const { by, other } = containment(
    remediesOf({
      other_items: [role("a", "e1"), role("a", "e2"), role("b", "e3"), role("c", "e4"), role("d", "e6"), combined],
      needs: [
        { need: "policy", all: 5, urgent: 0, other: 5, ended: 0 },
        { need: "secret", all: 1, urgent: 0, other: 1, ended: 0 },
      ],
    }),
  );
  expect(by).toBe("eve");
  expect(other.map(({ title, groups }) => [title, ...groups.map((group) => group.title)])).toEqual([
    ["5 permissions granted", "4 roles: a, b, c and 1 more (5 items)"],
    ["values that were read", ""],
  ]);
  expect(other[1]?.groups[0]?.items[0]?.evidence.text).toBe("Read 20 secrets");
});

test("the use of a key does not name the key again, nor one identity again and again", () => {
  const used = (what: string): RemedyItem => ({ ...item("used", "e1"), what });
  const texts = (what: string) =>
    containment(remediesOf({ urgent: 1, urgent_items: [used(what)] })).urgent[0]?.evidence.text;
  expect(texts("Access key AKIAX of eve signed 2,104 calls, the last at 12:29:09")).toBe(
    "Signed 2,104 calls, the last at 12:29:09",
  );
  expect(texts("eve used the console in 2 sessions")).toBe("eve used the console in 2 sessions");
});

test("an item begins with what to do", () => {
  const of = (need: string): RemedyItem => ({
    ...item(need, "e"),
    entities: [{ entity_type: "user", entity_value: "nadia", name: "nadia", relation: "created" }],
  });
  expect(actionOf(of("user"))).toBe("Block and review user nadia");
  expect(actionOf(of("used"))).toBe("Remove console access and end the sessions of nadia");
});

test("names from logs are only values in an address", () => {
  expect(evidenceHref(null, "a&b")).toBe("/timeline?search=a%26b&open=a%26b");
  const eve = actor(1, 1, "eve&kind=view");
  expect(actorHref({ ...eve, sessions: 2, session_ids: ["s1", "s&2"] })).toBe("/timeline?session=s1&session=s%262");
  expect(actorHref({ ...eve, sessions: 30 })).toBe("/timeline?principal=eve%26kind%3Dview");
  expect(actorHref({ ...eve, sessions: 30, principal_count: 9 })).toBe("/timeline?actor=s1");
  expect(listed(["a", "b"], 5)).toBe("a, b and 3 more");
});

test("long pauses are cut, short ones are not", () => {
  const line = squeeze([0, 10, 30, 10_000], 10);
  expect([0, 10, 30].map((start) => line.at(start))).toEqual([0, 1, 3]);
  expect(line.cuts).toEqual([{ at: 7, seconds: 9960 }]);
  expect(line.at(10_000)).toBe(10);
  expect(line.at(30, true)).toBe(7);
  expect(line.total).toBe(11);
  expect(squeeze([], 10).total).toBe(1);
  expect(squeeze([0], 10, true, true).at(0)).toBe(7);
});

test("the middle of a name is left out, but its ends are not", () => {
  expect(middle("stratus-red-team-ec2-enumerate-role", 20)).toBe("stratus-…merate-role");
  expect(middle("short", 20)).toBe("short");
});

test("completions come from the named tables, and replace the word", () => {
  const schema = [
    { table: "events", column: "event_time", type: "TIMESTAMP" },
    { table: "sessions", column: "session_id", type: "VARCHAR" },
  ];
  expect(suggestions("SELECT ev", 9, schema)).toEqual(["events", "event_time"]);
  expect(suggestions("SELECT event_ FROM events", 13, schema)).toEqual(["event_time"]);
  expect(suggestions("S", 1, schema)).toEqual([]);
  expect(completed("SELECT ev FROM x", 9, "event_time")).toEqual({ text: "SELECT event_time FROM x", caret: 17 });
});

test("links form a tree in which each session occurs once", () => {
  const link = (maker: string, user: string) => ({
    method: "AssumeRole",
    credential_type: "role",
    credential: `${maker}>${user}`,
    event_id: "e",
    maker_session_id: maker,
    maker: maker,
    session_id: user,
    user: user,
    uses: 1,
  });
  const [tree, ...rest] = treesOf([link("a", "b"), link("a", "b"), link("b", "c"), link("a", "c")]);
  expect(rest).toEqual([]);
  expect(tree?.session).toBe("a");
  expect(tree?.links.map((edge) => [edge.to.session, edge.more])).toEqual([["b", 1]]);
  expect(tree?.links[0]?.to.links.map((edge) => edge.to.session)).toEqual(["c"]);
  expect(treesOf([link("a", "b"), link("b", "a")])).toEqual([]);
});

const balance = (more: Partial<OverviewBalance>): OverviewBalance => ({
  place: 1,
  harmed: 0,
  harmed_own: 0,
  opened: 0,
  closed: 0,
  closed_at: null,
  created: 0,
  deleted: 0,
  deleted_at: null,
  by_service: [],
  left_over: [],
  ...more,
});

test("that what was harmed had been created by the same identity is said first, and what is left of it by name", () => {
  const own = balance({
    harmed: 260,
    harmed_own: 260,
    opened: 8,
    closed: 8,
    closed_at: "2026-03-11T19:28:24Z",
    created: 149,
    deleted: 139,
    deleted_at: "2026-03-11T19:28:41Z",
    by_service: ["a", "b", "c", "d"],
    left_over: [
      { entity_type: "vpc", resources: 1, names: ["vpc-1"] },
      { entity_type: "parameter", resources: 5, names: ["/p/1", "/p/2", "/p/3", "/p/4", "/p/5"] },
    ],
  });
  const [first, ...rest] =
    story({ ...EMPTY, actors: [actor(1, 24, "nadia")], balance: [own] }).told[0]?.sentences ?? [];
  expect([first?.title, first?.lines]).toEqual([
    "In short",
    [
      "All 260 events that took, weakened or destroyed something concern only what nadia had created in this case.",
      "143 of 149 resources that nadia created were deleted by 19:28:41, 4 of them by Secrets Manager.",
      "All 8 events that gave others access were undone by 19:28:24.",
    ],
  ]);
  const left = rest.find(({ title }) => title === "Left over");
  expect([left?.folded, left?.inside]).toEqual([true, "Not deleted in this case: 1 VPC and 5 parameters"]);
  expect(left?.lines).toEqual([
    "VPC vpc-1",
    "5 parameters: /p/1, /p/2, /p/3 and 2 more",
    "Deleted by Secrets Manager, without a DeleteSecret request in this case: a, b, c and 1 more",
  ]);
  const told = (more: Partial<OverviewBalance>) =>
    inShort(actor(1, 24, "nadia"), { balance: [balance({ ...own, ...more })] })?.lines?.[0];
  expect(told({ harmed_own: 200 })).toMatch(/^200 of 260 events /);
  // If most of it belonged to others, the story below says what it was.
  expect(told({ harmed_own: 100 })).toBeUndefined();
  expect(leftOver(actor(1, 24, "nadia"), { balance: [balance({ created: 3 })] })).toBeUndefined();
});

test("what the first row says is not said again: whose it was, and that it was deleted", () => {
  const series = (start: string, end: string) => ({
    actor_place: 1,
    pattern: "mass_deletion",
    first_time: `2026-03-11T${start}Z`,
    last_time: `2026-03-11T${end}Z`,
    principal: "nadia",
    what: "Deleted 31 resources",
    resources: 31,
    own_resources: 31,
    events: 31,
    session_id: "s1",
    event_id: `e${start}`,
  });
  const read = { ...found("e1", "secret_read", "secret", 20), own: true, what: "Read secret a" };
  const deleted = { ...found("e2", "impact", "bucket"), own: true, what: "Deleted bucket b" };
  const all = [read, deleted];
  const more = {
    balance: [balance({ harmed: 51, harmed_own: 51 })],
    patterns: [series("19:02:26", "19:14:43"), series("19:28:08", "19:28:41")],
  };
  expect(sentenceOf("Took", all, more)?.inside).toBe("Read 20 secrets");
  expect(sentenceOf("Stands out most", all, more)).toBeUndefined();
  expect(sentenceOf("Destroyed", all, more)).toMatchObject({
    evidence: [],
    inside: "62 resources in series of deletions: 19:02:26 to 19:14:43 and 19:28:08 to 19:28:41",
  });
  expect(sentenceOf("Destroyed", all, more)?.more.map(({ text }) => text)).toEqual([
    "Deleted 31 resources (until 19:14:43)",
    "Deleted 31 resources (until 19:28:41)",
    "Deleted bucket b",
  ]);
  // If something belonged to others, both are told.
  const mixed = { ...more, balance: [balance({ harmed: 52, harmed_own: 51 })] };
  expect(sentenceOf("Took", all, mixed)?.inside).toBe("Only what nadia had created: read 20 secrets");
  expect(sentenceOf("Stands out most", all, mixed)?.inside).toMatch(/all created by the same identity/);
  expect(sentenceOf("Destroyed", all, mixed)?.more.map(({ text }) => text)).toEqual(["Deleted bucket b"]);
});

test("changes in the console are named, unless commands may have made them", () => {
  const session = (commands: number) => ({
    place: 1,
    session_id: "s1",
    principal: "nadia",
    first_time: "2026-03-11T19:00:00Z",
    last_time: "2026-03-11T19:20:00Z",
    ips: [],
    ip_count: 0,
    mfa: true,
    events: 9,
    clicks: 12,
    findings: 1,
    signed_in_at: null,
    way: null,
    event_id: null,
    open_until: null,
    pages: 9,
    changes: 2,
    secrets: 0,
    commands,
  });
  const deleted = { ...found("e2", "impact", "bucket"), what: "Deleted bucket b" };
  const told = (commands: number) => textsOf("Access", [deleted], { consoles: [session(commands)] })?.[0];
  expect(told(0)).toMatch(/; 2 changes \(deleted 1 bucket and 1 more\) until 19:20:00$/);
  expect(told(3)).toMatch(/; 2 changes, 3 commands until 19:20:00$/);
});

test("what an identity looked at: pages of the console by service, and what programs read before the first change", () => {
  const looked = (how: "console" | "program", name: string, before: string | null = null) => ({
    place: 1,
    how,
    name,
    times: 1,
    first_time: "2026-03-11T19:00:00Z",
    before,
    rank: 0,
  });
  const all = [
    "Console › Search",
    "IAM › Dashboard",
    "IAM › Users",
    "IAM › Users › marek › Permissions",
    "IAM › Users › marek › Security credentials",
    "IAM › Users › svc-backup › Permissions",
    "IAM › Roles",
    "VPC › Virtual Private Cloud › Your VPCs › vpc-1",
    "EC2 › EC2 Dashboard",
    "CloudTrail › Dashboard",
    "Secrets Manager › Dashboard",
    "Secrets Manager › Secrets",
  ].map((name) => looked("console", name));
  const calls = ["iam:ListUsers", "sts:GetCallerIdentity"].map((name) =>
    looked("program", name, "2026-03-11T19:54:39Z"),
  );
  expect(lookedAt(actor(1, 1, "eve"), { looked: [...all, ...calls] })).toEqual([
    "Console: CloudTrail (Dashboard), Secrets Manager (Secrets), IAM (Users › marek and svc-backup, Roles) and VPC (Your VPCs › vpc-1)",
    "Programs before the first change, at 19:54:39: iam:ListUsers and sts:GetCallerIdentity",
  ]);
  // What programs call when they start is not what somebody looked at.
  const start = ["ec2:DescribeAccountAttributes", "sts:GetCallerIdentity", "iam:GetUser"];
  expect(lookedAt(actor(1, 1, "eve"), { looked: start.map((name) => looked("program", name)) })).toEqual([]);
  const quiet = { ...actor(1, 0, "eve"), findings: 0 };
  expect(outline(quiet, { ...EMPTY, looked: [looked("program", "iam:ListUsers")] })).toBe(
    "nothing stands out; looked at: Programs: iam:ListUsers",
  );
});

test("a share says with whom and from when to when, and a denied call says as whom", () => {
  const shared = {
    ...found("e1", "exfiltration", "snapshot"),
    effect: "shared",
    own: true,
    what: "Shared snapshot snap-1 with account 111122223333",
    ended: 1,
    ended_at: "2026-03-11T19:45:00Z",
  };
  expect(sentenceOf("Took", [shared])).toMatchObject({
    strong: false,
    inside: "Only what nadia had created: shared 1 snapshot with account 111122223333 (19:41:32 to 19:45:00)",
  });
  expect(sentenceOf("Took", [{ ...shared, ended: 0, ended_at: null }])?.inside).toMatch(/ \(no end in this case\)$/);
  const left = { ...found("e2", "defense_impairment", "organization"), done: false, denied: true };
  expect(textsOf("Tried", [{ ...left, principals: ["ops-role/session-1"] }])).toEqual(["did e2, as ops-role"]);
  expect(textsOf("Tried", [{ ...left, principals: ["nadia", "ops-role/session-1"] }])).toEqual(["did e2"]);
  const gone = {
    ...left,
    event_id: "e3",
    denied: false,
    missing: true,
    what: "Tried to stop logging for trail t: TrailNotFoundException",
    thing: "trail",
  };
  const tried = sentenceOf("Tried", [left, gone]);
  expect(tried?.more.map(({ text, gist }) => [text, gist])).toEqual([
    [
      "Tried to stop logging for trail t: TrailNotFoundException; it did not exist",
      "stop logging for 1 trail that did not exist",
    ],
  ]);
});

test("every command that was typed is named", () => {
  const commands = [
    {
      place: 1,
      commands: 4,
      time: "2026-03-11T19:47:37Z",
      what: ["Ran in CloudShell: sts:GetCallerIdentity", "Ran in CloudShell: s3:ListBuckets", null],
    },
  ];
  expect(textsOf("Ran", [], { commands })).toEqual([
    "Ran in CloudShell: sts:GetCallerIdentity, s3:ListBuckets, a command and 1 more",
  ]);
});

test("a key that was created says when it was last used", () => {
  const remedies = (more: Partial<RemedyItem>): Remedies => ({
    urgent: 1,
    other: 0,
    ended: 0,
    urgent_items: [{ ...item("key", "e1"), ...more }],
    other_items: [],
    ended_items: [],
    needs: [],
    data: [],
  });
  const [used] = containment(remedies({ uses: 47, last_used: "2026-03-11T21:20:13Z" })).urgent;
  expect([used?.evidence.text, used?.brief]).toEqual(["did e1; last used 21:20:13", "did; last used 21:20:13"]);
  expect(containment(remedies({ uses: 0, last_used: null })).urgent[0]?.brief).toBe("did; not used in this case");
  const [mixed] = containment({
    ...remedies({ uses: 47 }),
    other: 1,
    other_items: [{ ...item("role", "e2"), principal: "ci" }],
  }).urgent;
  expect(mixed?.evidence.text).toMatch(/^did e1, by eve/);
});
