import { expect, test } from "vitest";
import type { Overview, OverviewActor } from "../src/api/types";
import { squeeze } from "../src/lib/squeeze";
import { actorHref, evidenceHref, listed, stillOpen, story } from "../src/lib/story";
import { middle } from "../src/lib/text";
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
  found: [],
  counts: [],
  links: [],
  data_out: [],
  commands: [],
};

const found = (event: string, cls: string, object: string | null, events = 1) => ({
  actor_place: 1,
  class: cls,
  effect: "created",
  object,
  event_key: "iam:CreateAccessKey",
  done: true,
  events,
  targets: 1,
  time: "2026-03-11T19:41:32Z",
  last_time: "2026-03-11T19:41:32Z",
  event_id: event,
  session_id: "s1",
  what: `did ${event}`,
});

test("an empty case has no story", () => {
  expect(story(EMPTY)).toEqual({ told: [], others: [] });
});

test("only actors with nearly the highest weight are described in full", () => {
  const { told, others } = story({ ...EMPTY, actors: [actor(1, 24, "nadia"), actor(2, 13, "eve"), actor(3, 3, "ci")] });
  expect(told.map((each) => each.actor.actor)).toEqual(["nadia", "eve"]);
  expect(others.map((each) => each.actor)).toEqual(["ci"]);
});

test("an event in several classes is evidence once, and is not counted if it is shown", () => {
  const overview: Overview = {
    ...EMPTY,
    actors: [actor(1, 24, "nadia")],
    found: [found("e1", "credential_made", "access_key"), found("e1", "persistence", "access_key")],
    counts: [
      { place: 1, class: "credential_made", done: true, events: 1 },
      { place: 1, class: "persistence", done: true, events: 1 },
      { place: 1, class: "made", done: true, events: 1 },
    ],
  };
  const [made] = story(overview).told[0]?.sentences ?? [];
  expect(made?.title).toBe("Created");
  expect(made?.text).toBe("");
  expect(made?.evidence.map((each) => each.text)).toEqual(["did e1"]);
  expect(made?.rest).toBeUndefined();
});

test("keys that they created themselves are not how they got in", () => {
  const keys = [
    { place: 1, key: "AKIAOWN", principal: "eve", events: 4, first_time: "2026-03-11T19:00:00Z", last_time: "" },
    { place: 1, key: "AKIAMADE", principal: "svc", events: 4, first_time: "2026-03-11T19:00:00Z", last_time: "" },
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
  expect(came?.text).toBe("Programs used access key AKIAOWN (4 events); this case does not show how it was obtained.");
});

test("what was undone is not in effect", () => {
  const item = { what: "w", time: "2026-03-11T19:00:00Z", principal: null, events: 1, event_id: "e", session_id: null };
  const open = stillOpen([
    { need: "key", all: 3, open: 1, items: [item] },
    { need: "user", all: 2, open: 0, items: [] },
  ]);
  expect(open.map((each) => [each.title, each.text])).toEqual([
    ["1 access key created", "(2 more already undone or deleted)"],
  ]);
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
